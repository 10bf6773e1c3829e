//! ListPosts, page by page.

use connectus_proto::common::v1::ErrorReason;
use connectus_testkit::{Suite, invalid_field, refusal};
use tonic::Code;

use crate::support::{like, post, posts_of, posts_page, reply, say, share, texts, unknown_id};

#[tokio::test]
async fn pages_cover_the_posts_once_newest_first_while_more_come() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    say(&suite, &ben, "of somebody else").await;
    let first = say(&suite, &ann, "1").await;
    post(&suite, &ann, reply(&first, "2")).await.unwrap();
    for text in ["3", "4", "5"] {
        say(&suite, &ann, text).await;
    }
    let (mut seen, mut token) = (Vec::new(), String::new());
    for size in [2, 2, 1] {
        let page = posts_page(&suite, None, &ann.id, (2, &token)).await.unwrap();
        assert_eq!(page.posts.len(), size);
        seen.extend(page.posts);
        token = page.next_page_token;
        say(&suite, &ann, "meanwhile").await;
    }
    assert_eq!((texts(&seen), &*token), (vec!["5", "4", "3", "2", "1"], ""));
    let whole = posts_page(&suite, None, &ann.id, (8, "")).await.unwrap();
    assert_eq!((whole.posts.len(), &*whole.next_page_token), (8, ""));
}

#[tokio::test]
async fn a_list_says_what_the_viewer_has_made_of_each() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let (one, two) = (say(&suite, &ann, "1").await, say(&suite, &ann, "2").await);
    like(&suite, &ben, &one.id).await.unwrap();
    share(&suite, &ben, &two.id).await.unwrap();
    let listed = posts_of(&suite, Some(&ben), &ann.id).await.unwrap();
    let marks: Vec<_> = listed.iter().map(|post| (post.is_liked, post.is_shared, &*post.sharer_id)).collect();
    assert_eq!(marks, [(false, true, ""), (true, false, "")]);
}

#[tokio::test]
async fn there_must_be_an_account_and_a_page() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for id in ["", "x", &unknown_id()] {
        assert_eq!(
            refusal(posts_of(&suite, Some(&ann), id).await),
            (Code::NotFound, ErrorReason::AccountNotFound),
            "{id:?}"
        );
    }
    assert_eq!(refusal(posts_of(&suite, None, "me").await), (Code::Unauthenticated, ErrorReason::TokenMissing));
    for size in [-1, 201] {
        assert_eq!(invalid_field(posts_page(&suite, None, &ann.id, (size, "")).await), "page_size");
    }
    assert_eq!(invalid_field(posts_page(&suite, None, &ann.id, (0, "x")).await), "page_token");
    assert!(posts_of(&suite, None, &ann.id).await.unwrap().is_empty());
}
