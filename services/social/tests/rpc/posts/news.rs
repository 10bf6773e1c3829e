//! What authors are told of likes, shares and replies.

use connectus_proto::social::v1::{NotificationKind, PostContent, Visibility};
use connectus_testkit::{Person, Suite};

use crate::support::{connect, like, notifications, post, reply, say, share, unlike, unshare, until_delivered, words};

async fn told(suite: &Suite, person: &Person) -> Vec<(NotificationKind, String, String, String)> {
    let all = notifications(suite, person).await.into_iter();
    all.map(|news| (news.kind(), news.actor_id.clone(), news.subject_id.clone(), news.content)).collect()
}

#[tokio::test]
async fn an_author_is_told_once_of_each_who_likes_or_shares_and_of_every_reply() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let first = say(&suite, &ann, &"ä".repeat(301)).await;
    for _ in 0..2 {
        like(&suite, &ben, &first.id).await.unwrap();
        share(&suite, &ben, &first.id).await.unwrap();
        unlike(&suite, &ben, &first.id).await.unwrap();
        unshare(&suite, &ben, &first.id).await.unwrap();
    }
    let answers = [
        post(&suite, &ben, reply(&first, "one")).await.unwrap(),
        post(&suite, &ben, reply(&first, "two")).await.unwrap(),
    ];
    let start = "ä".repeat(300);
    let news = |kind, subject: &str, content: &str| (kind, ben.id.clone(), subject.to_owned(), content.to_owned());
    let expected = [
        news(NotificationKind::PostReplied, &answers[1].id, "two"),
        news(NotificationKind::PostReplied, &answers[0].id, "one"),
        news(NotificationKind::PostShared, &first.id, &start),
        news(NotificationKind::PostLiked, &first.id, &start),
    ];
    assert_eq!(told(&suite, &ann).await, expected);
    assert_eq!(told(&suite, &ben).await, []);
}

#[tokio::test]
async fn nobody_is_told_what_they_do_themselves_or_what_is_not_for_them() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let first = say(&suite, &ann, "first").await;
    like(&suite, &ann, &first.id).await.unwrap();
    share(&suite, &ann, &first.id).await.unwrap();
    post(&suite, &ann, reply(&first, "own")).await.unwrap();
    let answer = |visibility: Visibility| PostContent { visibility: visibility.into(), ..reply(&first, "answer") };
    post(&suite, &ben, answer(Visibility::Private)).await.unwrap();
    post(&suite, &ben, answer(Visibility::Connections)).await.unwrap();
    post(&suite, &ben, words("of something else")).await.unwrap();
    assert_eq!(told(&suite, &ann).await, []);
    connect(&suite, &ann, &ben).await;
    until_delivered(&suite).await;
    post(&suite, &ben, answer(Visibility::Connections)).await.unwrap();
    let kinds: Vec<_> = told(&suite, &ann).await.into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == NotificationKind::PostReplied).count(), 1, "{kinds:?}");
}
