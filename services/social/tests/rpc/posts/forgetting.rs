//! What becomes of what others have made of a post that is deleted.

use connectus_testkit::{Person, Suite, eventually, refusal};

use super::NOT_FOUND;
use crate::support::{
    count, delete, erase, feed, get, miscounted, notifications, posts_of, say, share, until_delivered, until_totals,
};

/// How many like a post that everybody likes, and have shared it.
const MANY: i64 = 20_000;

/// Has everybody like a post and share it, and its author told so.
async fn everybody_likes(suite: &Suite, author: &Person, post: &str) {
    let each = format!("SELECT account_id FROM social.likes WHERE post_id = '{post}'");
    suite
        .database
        .execute(&format!(
            "INSERT INTO social.likes (post_id, account_id) SELECT '{post}', gen_random_uuid() FROM generate_series(1, {MANY}); \
             INSERT INTO social.shares (id, post_id, account_id) SELECT gen_random_uuid(), '{post}', account_id FROM ({each}) a; \
             UPDATE social.posts SET likes_count = {MANY}, shares_count = {MANY} WHERE id = '{post}'; \
             UPDATE social.post_counts SET liked_count = {MANY}, shared_count = {MANY} WHERE account_id = '{author}'; \
             INSERT INTO social.boxes (account_id, last_id) VALUES ('{author}', gen_random_uuid()) \
             ON CONFLICT DO NOTHING; \
             INSERT INTO social.notifications \
                (id, account_id, event_id, kind, actor_id, subject_id, content, created_at, expires_at) \
             SELECT gen_random_uuid(), '{author}', gen_random_uuid(), 'post_liked', account_id, '{post}', 'x', now(), \
                now() + interval '1 day' FROM ({each}) a",
            author = author.id
        ))
        .await;
}

/// Waits until nothing is left of what others have made of posts.
async fn until_forgotten(suite: &Suite) {
    for table in ["likes", "shares", "notifications"] {
        eventually(table, async || (count(suite, table).await == 0).then_some(())).await;
    }
    until_delivered(suite).await;
}

#[tokio::test]
async fn a_post_that_everybody_likes_is_gone_at_once_and_the_rest_in_portions() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let first = say(&suite, &ann, "first").await;
    everybody_likes(&suite, &ann, &first.id).await;
    until_delivered(&suite).await;
    // Somebody is slow with one of them, and the shares cannot be deleted at all.
    let holder = suite.database.connect().await;
    holder.batch_execute("BEGIN; SELECT FROM social.likes ORDER BY account_id DESC LIMIT 1 FOR UPDATE").await.unwrap();
    suite.database.execute("REVOKE DELETE ON social.shares FROM connectus_social").await;
    delete(&suite, &ann, &first.id).await.unwrap();
    assert_eq!(refusal(get(&suite, Some(&ann), &first.id).await), NOT_FOUND);
    assert!(posts_of(&suite, None, &ann.id).await.unwrap().is_empty() && feed(&suite, &ann).await.is_empty());
    assert_eq!(refusal(share(&suite, &ben, &first.id).await), NOT_FOUND);
    until_totals(&suite, &ann, (0, 0, 0)).await;
    eventually("most is gone", async || (1..=1000).contains(&count(&suite, "likes").await).then_some(())).await;
    holder.batch_execute("COMMIT").await.unwrap();
    eventually("the likes are gone", async || (count(&suite, "likes").await == 0).then_some(())).await;
    let failed = "SELECT count(*) FROM social.outbox WHERE payload->>'kind' = 'forget_post' AND last_error IS NOT NULL";
    eventually("it was tried", async || (suite.database.value::<i64>(failed).await == 1).then_some(())).await;
    assert_eq!(count(&suite, "shares").await, MANY);
    suite.database.execute("GRANT DELETE ON social.shares TO connectus_social").await;
    until_forgotten(&suite).await;
    assert_eq!((notifications(&suite, &ann).await, miscounted(&suite).await), (vec![], String::new()));
}

#[tokio::test]
async fn an_account_that_everybody_likes_is_erased_and_its_posts_are_forgotten() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let (first, other) = (say(&suite, &ann, "first").await, say(&suite, &ben, "other").await);
    everybody_likes(&suite, &ann, &first.id).await;
    let holder = suite.database.connect().await;
    holder.batch_execute("BEGIN; SELECT FROM social.likes LIMIT 1 FOR UPDATE").await.unwrap();
    erase(&suite, &ann.id).await.unwrap();
    assert_eq!(count(&suite, "posts").await, 1);
    holder.batch_execute("COMMIT").await.unwrap();
    until_forgotten(&suite).await;
    get(&suite, None, &other.id).await.unwrap();
}
