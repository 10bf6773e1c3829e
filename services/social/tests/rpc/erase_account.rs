//! EraseAccount: nothing is left of an account, and everything of others is right.

use connectus_proto::social::v1::{PostContent, Visibility};
use connectus_testkit::{Suite, invalid_field, refusal};

use crate::{
    posts::NOT_FOUND,
    support::{
        comments, connect, count, erase, feed, get, like, miscounted, notifications, numbers, post, reply, say, share,
        stored, texts, totals, traces, unknown_id, until_delivered, until_totals, words_for,
    },
};

#[tokio::test]
async fn nothing_is_left_of_an_account_and_others_are_counted_right() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let (of_ann, of_ben) = (say(&suite, &ann, "of Ann").await, say(&suite, &ben, "of Ben").await);
    for (post, other) in [(&of_ann, &ben), (&of_ben, &ann)] {
        like(&suite, other, &post.id).await.unwrap();
        share(&suite, other, &post.id).await.unwrap();
        like(&suite, &ann, &post.id).await.unwrap();
    }
    let answer = post(&suite, &ann, reply(&of_ben, "an answer of Ann")).await.unwrap();
    let whispered = PostContent { visibility: Visibility::Private.into(), ..reply(&of_ben, "whispered") };
    post(&suite, &ann, whispered).await.unwrap();
    let bens = post(&suite, &ben, reply(&answer, "again")).await.unwrap();
    until_totals(&suite, &ann, (2, 2, 1)).await;
    until_totals(&suite, &ben, (2, 1, 1)).await;
    assert!(!notifications(&suite, &ben).await.is_empty());
    erase(&suite, &ann.id).await.unwrap();
    assert_eq!(traces(&suite, &ann.id).await, 0);
    assert_eq!((traces(&suite, "of Ann").await, traces(&suite, "whispered").await), (0, 0));
    until_delivered(&suite).await;
    assert_eq!((count(&suite, "likes").await, count(&suite, "shares").await), (0, 0));
    assert_eq!(notifications(&suite, &ben).await, []);
    assert_eq!(refusal(get(&suite, None, &of_ann.id).await), NOT_FOUND);
    assert_eq!(numbers(&get(&suite, None, &of_ben.id).await.unwrap()), (0, 0, 0));
    assert!(comments(&suite, None, &of_ben.id).await.unwrap().is_empty());
    // What Ben has replied stays, though not what he has replied to.
    assert_eq!(get(&suite, None, &bens.id).await.unwrap().content.unwrap().reply_to_id, answer.id);
    assert_eq!(miscounted(&suite).await, "");
    until_totals(&suite, &ben, (2, 0, 0)).await;
}

#[tokio::test]
async fn more_than_a_portion_is_erased_too() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let first = say(&suite, &ben, "first").await;
    // Each of hers replies to his, and to each of his she likes and shares, he has one of his own.
    suite
        .database
        .execute(&format!(
            "INSERT INTO social.posts (id, account_id, text, reply_to_id, visibility, tags, multimedia, created_at) \
             SELECT gen_random_uuid(), author, 'x', '{first}', 'public', '{{}}', '[]', now() \
             FROM generate_series(1, 450), unnest(ARRAY['{ann}', '{ben}']::uuid[]) AS author; \
             INSERT INTO social.likes (post_id, account_id) SELECT id, '{ann}' FROM social.posts; \
             INSERT INTO social.shares (id, post_id, account_id) SELECT gen_random_uuid(), id, '{ann}' FROM social.posts; \
             UPDATE social.posts SET likes_count = 1, shares_count = 1; \
             UPDATE social.posts SET comments_count = 900 WHERE id = '{first}'; \
             INSERT INTO social.post_counts SELECT account_id, count(*), count(*), count(*), 1 FROM social.posts \
             GROUP BY account_id ON CONFLICT (account_id) DO UPDATE SET posts_count = excluded.posts_count, \
                liked_count = excluded.liked_count, shared_count = excluded.shared_count; \
             INSERT INTO social.boxes (account_id, last_id) SELECT gen_random_uuid(), gen_random_uuid() FROM generate_series(1, 450); \
             INSERT INTO social.notifications (id, account_id, event_id, kind, actor_id, subject_id, content, created_at, expires_at) \
             SELECT gen_random_uuid(), account_id, gen_random_uuid(), 'post_replied', '{ann}', '', '', now(), now() + interval '1 day' \
             FROM social.boxes",
            first = first.id,
            ann = ann.id,
            ben = ben.id,
        ))
        .await;
    assert_eq!(miscounted(&suite).await, "");
    erase(&suite, &ann.id).await.unwrap();
    assert_eq!(traces(&suite, &ann.id).await, 0);
    assert_eq!((count(&suite, "posts").await, count(&suite, "notifications").await), (451, 0));
    assert_eq!(miscounted(&suite).await, "");
    until_totals(&suite, &ben, (451, 0, 0)).await;
}

#[tokio::test]
async fn what_was_to_be_told_of_an_account_is_told_no_more() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    until_delivered(&suite).await;
    suite.database.execute("ALTER TABLE account.accounts RENAME COLUMN post_counts_version TO gone").await;
    let first = say(&suite, &ann, "first").await;
    suite.database.execute("ALTER TABLE account.accounts RENAME COLUMN gone TO post_counts_version").await;
    like(&suite, &ben, &first.id).await.unwrap();
    erase(&suite, &ann.id).await.unwrap();
    assert_eq!(traces(&suite, &ann.id).await, 0);
    until_delivered(&suite).await;
    assert_eq!(totals(&suite, &ben).await, (0, 0, 0));
}

#[tokio::test]
async fn others_stay_as_they_were_and_a_repeat_removes_what_came_in_between() {
    let suite = Suite::start().await;
    let (ann, ben, cem) = (suite.user("Ann").await, suite.user("Ben").await, suite.user("Cem").await);
    connect(&suite, &ben, &cem).await;
    let first = say(&suite, &ben, "first").await;
    like(&suite, &cem, &first.id).await.unwrap();
    post(&suite, &cem, words_for(Visibility::Connections, "for friends")).await.unwrap();
    until_delivered(&suite).await;
    let before = stored(&suite).await;
    for id in [&ann.id, &unknown_id()] {
        for _ in 0..2 {
            erase(&suite, id).await.unwrap();
        }
    }
    for id in ["", "me", "x"] {
        assert_eq!(invalid_field(erase(&suite, id).await), "account_id", "{id:?}");
    }
    assert_eq!(stored(&suite).await, before);
    // Her token is good for a moment more.
    let late = post(&suite, &ann, reply(&first, "late")).await.unwrap();
    like(&suite, &ann, &late.id).await.unwrap();
    erase(&suite, &ann.id).await.unwrap();
    assert_eq!((traces(&suite, &ann.id).await, miscounted(&suite).await), (0, String::new()));
    assert_eq!(texts(&feed(&suite, &ben).await), ["for friends", "first"]);
    assert_eq!(numbers(&get(&suite, None, &first.id).await.unwrap()), (1, 0, 0));
}
