//! DeletePost: with what others have made of it, and nothing else.

use connectus_proto::social::v1::{PostContent, Visibility};
use connectus_testkit::{Suite, refusal};

use super::NOT_FOUND;
use crate::support::{
    comments, count, delete, get, like, miscounted, notifications, numbers, post, posts_of, reply, say, share, texts,
    traces, unknown_id, until_delivered, until_totals,
};

#[tokio::test]
async fn likes_and_shares_go_with_a_post_and_replies_stay() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let (first, second) = (say(&suite, &ann, "first").await, say(&suite, &ann, "second").await);
    for post in [&first, &second] {
        like(&suite, &ben, &post.id).await.unwrap();
        share(&suite, &ben, &post.id).await.unwrap();
    }
    let answer = post(&suite, &ben, reply(&first, "answer")).await.unwrap();
    until_totals(&suite, &ann, (2, 2, 2)).await;
    delete(&suite, &ann, &first.id).await.unwrap();
    until_totals(&suite, &ann, (1, 1, 1)).await;
    until_delivered(&suite).await;
    assert_eq!((count(&suite, "likes").await, count(&suite, "shares").await), (1, 1));
    assert_eq!(refusal(get(&suite, Some(&ann), &first.id).await), NOT_FOUND);
    assert_eq!(refusal(comments(&suite, None, &first.id).await), NOT_FOUND);
    assert_eq!(refusal(delete(&suite, &ann, &first.id).await), NOT_FOUND);
    assert_eq!(texts(&posts_of(&suite, None, &ann.id).await.unwrap()), ["second"]);
    assert_eq!(texts(&posts_of(&suite, None, &ben.id).await.unwrap()), ["answer"]);
    // A reply to nothing can be deleted too.
    delete(&suite, &ben, &answer.id).await.unwrap();
    until_totals(&suite, &ben, (0, 0, 0)).await;
    assert_eq!(miscounted(&suite).await, "");
}

#[tokio::test]
async fn a_reply_that_is_deleted_counts_no_more_and_its_words_are_gone() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let first = say(&suite, &ann, "first").await;
    let answer = post(&suite, &ben, reply(&first, "unforgettable")).await.unwrap();
    let whispered = PostContent { visibility: Visibility::Private.into(), ..reply(&first, "whispered") };
    let whispered = post(&suite, &ben, whispered).await.unwrap();
    assert_eq!(numbers(&get(&suite, None, &first.id).await.unwrap()), (0, 1, 0));
    assert_eq!(notifications(&suite, &ann).await.len(), 1);
    delete(&suite, &ben, &whispered.id).await.unwrap();
    assert_eq!(numbers(&get(&suite, None, &first.id).await.unwrap()), (0, 1, 0));
    delete(&suite, &ben, &answer.id).await.unwrap();
    assert_eq!(numbers(&get(&suite, None, &first.id).await.unwrap()), (0, 0, 0));
    assert_eq!(notifications(&suite, &ann).await, []);
    assert_eq!(traces(&suite, "unforgettable").await, 0);
}

#[tokio::test]
async fn only_the_author_deletes_a_post() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let first = say(&suite, &ann, "first").await;
    for id in [&*first.id, "", "x", &unknown_id()] {
        assert_eq!(refusal(delete(&suite, &ben, id).await), NOT_FOUND, "{id:?}");
    }
    get(&suite, None, &first.id).await.unwrap();
}
