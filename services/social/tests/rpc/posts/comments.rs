//! ListComments, page by page.

use connectus_proto::social::v1::{PostContent, Visibility};
use connectus_testkit::{Suite, invalid_field, refusal};

use super::NOT_FOUND;
use crate::support::{block, comments, comments_page, numbers, post, reply, say, texts, unknown_id};

#[tokio::test]
async fn pages_cover_the_replies_once_newest_first_while_more_come() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let (first, other) = (say(&suite, &ann, "first").await, say(&suite, &ann, "other").await);
    post(&suite, &ben, reply(&other, "elsewhere")).await.unwrap();
    let mut last = None;
    for (number, author) in [&ann, &ben, &ann, &ben, &ann].into_iter().enumerate() {
        last = Some(post(&suite, author, reply(&first, &number.to_string())).await.unwrap());
    }
    // A reply to a reply is a reply to that one only.
    post(&suite, &ben, reply(&last.unwrap(), "deeper")).await.unwrap();
    let (mut seen, mut token) = (Vec::new(), String::new());
    for size in [2, 2, 1] {
        let page = comments_page(&suite, Some(&ben), &first.id, (2, &token)).await.unwrap();
        assert_eq!(page.posts.len(), size);
        seen.extend(page.posts);
        token = page.next_page_token;
        post(&suite, &ben, reply(&first, "meanwhile")).await.unwrap();
    }
    assert_eq!((texts(&seen), &*token), (vec!["4", "3", "2", "1", "0"], ""));
    assert_eq!(numbers(&seen[0]), (0, 1, 0));
}

#[tokio::test]
async fn a_page_may_be_short_and_not_the_last() {
    let suite = Suite::start().await;
    let (ann, ben, cem) = (suite.user("Ann").await, suite.user("Ben").await, suite.user("Cem").await);
    let first = say(&suite, &ann, "first").await;
    post(&suite, &cem, reply(&first, "seen")).await.unwrap();
    for _ in 0..3 {
        let hidden = PostContent { visibility: Visibility::Private.into(), ..reply(&first, "hidden") };
        post(&suite, &ben, hidden).await.unwrap();
    }
    let (mut pages, mut token) = (Vec::new(), String::new());
    loop {
        let page = comments_page(&suite, None, &first.id, (1, &token)).await.unwrap();
        pages.push(texts(&page.posts).len());
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(pages, [0, 0, 0, 1]);
    assert_eq!(texts(&comments(&suite, Some(&ben), &first.id).await.unwrap()), ["hidden", "hidden", "hidden", "seen"]);
    // Neither who has blocked the viewer, nor whom the viewer has blocked.
    block(&suite, &cem, &ann).await;
    assert!(comments(&suite, Some(&ann), &first.id).await.unwrap().is_empty());
    block(&suite, &ben, &cem).await;
    assert_eq!(texts(&comments(&suite, Some(&ben), &first.id).await.unwrap()), ["hidden", "hidden", "hidden"]);
}

#[tokio::test]
async fn there_must_be_a_post_and_a_page() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let first = say(&suite, &ann, "first").await;
    for id in ["", "x", &unknown_id()] {
        assert_eq!(refusal(comments(&suite, Some(&ann), id).await), NOT_FOUND, "{id:?}");
    }
    for size in [-1, 201] {
        assert_eq!(invalid_field(comments_page(&suite, None, &first.id, (size, "")).await), "page_size");
    }
    assert_eq!(invalid_field(comments_page(&suite, None, &first.id, (0, "x")).await), "page_token");
}
