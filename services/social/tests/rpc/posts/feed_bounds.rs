//! How much is looked at for a page of a feed: a member of whom little is shown holds nobody up.

use connectus_testkit::{Person, Suite};

use crate::support::{connect, feed_page, say, share, texts};

/// The pages of one element each, to the last.
async fn pages(suite: &Suite, of: &Person) -> Vec<Vec<String>> {
    let (mut pages, mut token) = (Vec::new(), String::new());
    loop {
        let page = feed_page(suite, of, 1, &token).await;
        pages.push(texts(&page.posts).into_iter().map(str::to_owned).collect());
        token = page.next_page_token;
        if token.is_empty() {
            return pages;
        }
    }
}

#[tokio::test]
async fn a_page_is_short_where_too_much_is_not_for_its_owner() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    connect(&suite, &ann, &ben).await;
    say(&suite, &ben, "long ago").await;
    suite
        .database
        .execute(&format!(
            "INSERT INTO social.posts (id, account_id, text, visibility, tags, multimedia, created_at) \
             SELECT ('ffffffff-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid, '{}', 'x', 'private', '{{}}', '[]', now() \
             FROM generate_series(1, 30) AS number",
            ben.id
        ))
        .await;
    let pages = pages(&suite, &ann).await;
    assert_eq!(pages[0], [] as [&str; 0], "the newest are for Ben alone");
    assert_eq!(pages.concat(), ["long ago"]);
    assert!(pages.len() <= 6, "it goes on: {pages:?}");
}

#[tokio::test]
async fn a_page_is_short_where_too_much_is_shared_that_stands_elsewhere() {
    let suite = Suite::start().await;
    let (ann, ben, eve) = (suite.user("Ann").await, suite.user("Ben").await, suite.user("Eve").await);
    connect(&suite, &ann, &ben).await;
    let foreign = say(&suite, &eve, "of a stranger").await;
    share(&suite, &ben, &foreign.id).await.unwrap();
    suite
        .database
        .execute(&format!(
            "INSERT INTO social.posts (id, account_id, text, visibility, tags, multimedia, created_at) \
             SELECT ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid, '{ben}', number, 'public', '{{}}', '[]', now() \
             FROM generate_series(1, 30) AS number; \
             INSERT INTO social.shares (id, post_id, account_id) SELECT ('ffffffff' || substr(id::text, 9))::uuid, id, '{ben}' \
             FROM social.posts WHERE account_id = '{ben}'",
            ben = ben.id
        ))
        .await;
    let pages = pages(&suite, &ann).await;
    assert_eq!(pages[0], [] as [&str; 0], "what Ben has shared last stands where he has said it");
    let expected: Vec<String> =
        std::iter::once("of a stranger".to_owned()).chain((1..=30).rev().map(|number| number.to_string())).collect();
    assert_eq!(pages.concat(), expected);
}
