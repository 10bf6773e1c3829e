//! Whose token is accepted, by every rpc that needs a caller.

use std::time::Duration;

use connectus_proto::{
    common::v1::ErrorReason,
    social::v1::{
        ClearNotificationsRequest, CreatePostRequest, DeletePostRequest, DismissNotificationRequest, ExportDataRequest,
        LikePostRequest, ListFeedRequest, ListNotificationsRequest, ListPostsRequest, SharePostRequest,
        StreamNotificationsRequest, UnlikePostRequest, UnsharePostRequest,
    },
};
use connectus_testkit::{Options, Suite, eventually, refusal};
use tonic::{Code, Request, Status};

use crate::support::{get, posts_of, say, stored, words};

/// Calls every rpc that needs a caller, with this `authorization`.
async fn answers(suite: &Suite, authorization: Option<&str>) -> Vec<(&'static str, Result<(), Status>)> {
    let (mut posts, mut notifications) = (suite.posts(), suite.notifications());
    let create = CreatePostRequest { content: Some(words("x")) };
    let me = ListPostsRequest { account_id: "me".to_owned(), ..ListPostsRequest::default() };
    let (delete, feed) = (DeletePostRequest::default(), ListFeedRequest::default());
    let (like, unlike) = (LikePostRequest::default(), UnlikePostRequest::default());
    let (share, unshare) = (SharePostRequest::default(), UnsharePostRequest::default());
    let (list, stream) = (ListNotificationsRequest::default(), StreamNotificationsRequest::default());
    let dismiss = DismissNotificationRequest::default();
    vec![
        ("CreatePost", posts.create_post(with(authorization, create)).await.map(drop)),
        ("DeletePost", posts.delete_post(with(authorization, delete)).await.map(drop)),
        ("ListPosts", posts.list_posts(with(authorization, me)).await.map(drop)),
        ("ListFeed", posts.list_feed(with(authorization, feed)).await.map(drop)),
        ("LikePost", posts.like_post(with(authorization, like)).await.map(drop)),
        ("UnlikePost", posts.unlike_post(with(authorization, unlike)).await.map(drop)),
        ("SharePost", posts.share_post(with(authorization, share)).await.map(drop)),
        ("UnsharePost", posts.unshare_post(with(authorization, unshare)).await.map(drop)),
        ("ExportData", posts.export_data(with(authorization, ExportDataRequest {})).await.map(drop)),
        ("ListNotifications", notifications.list_notifications(with(authorization, list)).await.map(drop)),
        ("StreamNotifications", notifications.stream_notifications(with(authorization, stream)).await.map(drop)),
        ("DismissNotification", notifications.dismiss_notification(with(authorization, dismiss)).await.map(drop)),
        (
            "ClearNotifications",
            notifications.clear_notifications(with(authorization, ClearNotificationsRequest {})).await.map(drop),
        ),
    ]
}

fn with<M>(authorization: Option<&str>, message: M) -> Request<M> {
    let mut request = Request::new(message);
    if let Some(authorization) = authorization {
        request.metadata_mut().insert("authorization", authorization.parse().unwrap());
    }
    request
}

/// Every rpc that needs a caller refuses this `authorization` so, and nothing is written.
async fn all_refuse(suite: &Suite, authorization: Option<&str>, code: Code, reason: ErrorReason) {
    let before = stored(suite).await;
    for (rpc, answer) in answers(suite, authorization).await {
        assert_eq!(refusal(answer), (code, reason), "{rpc} with {authorization:?}");
    }
    assert_eq!(stored(suite).await, before);
}

#[tokio::test]
async fn without_a_token_there_is_no_caller() {
    let suite = Suite::start().await;
    for authorization in [None, Some(""), Some("Bearer "), Some("Basic YTpi")] {
        all_refuse(&suite, authorization, Code::Unauthenticated, ErrorReason::TokenMissing).await;
    }
}

#[tokio::test]
async fn a_token_that_auth_did_not_make_is_refused() {
    let (suite, other) = (Suite::start().await, Suite::start().await);
    let (ann, stranger) = (suite.user("Ann").await, other.user("Ann").await);
    let post = say(&suite, &ann, "x").await;
    for token in ["x", "a.b.c", &format!("{}x", ann.token), &stranger.token] {
        let authorization = format!("Bearer {token}");
        all_refuse(&suite, Some(&authorization), Code::Unauthenticated, ErrorReason::TokenInvalid).await;
    }
    // Where none is needed it counts as none.
    get(&suite, Some(&stranger), &post.id).await.unwrap();
}

#[tokio::test]
async fn a_token_is_refused_while_the_address_is_not_verified() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let unverify = format!(
        "INSERT INTO auth.access_changes (account_id, min_generation, email_verified, expires_at) \
         VALUES ('{}', 0, false, now() + interval '1 day')",
        ann.id
    );
    suite.database.execute(&unverify).await;
    eventually("the change is known", async || posts_of(&suite, Some(&ann), "me").await.err()).await;
    let authorization = format!("Bearer {}", ann.token);
    all_refuse(&suite, Some(&authorization), Code::PermissionDenied, ErrorReason::EmailUnverified).await;
}

#[tokio::test]
async fn no_token_is_accepted_while_revocations_cannot_be_learnt_of() {
    let access_max_age = Some(Duration::from_secs(1));
    let suite = Suite::with(Options { access_max_age, ..Options::default() }).await;
    let ann = suite.user("Ann").await;
    let post = say(&suite, &ann, "x").await;
    suite.database.execute("ALTER TABLE auth.access_changes RENAME TO gone").await;
    eventually("the news are too old", async || posts_of(&suite, Some(&ann), "me").await.err()).await;
    let authorization = format!("Bearer {}", ann.token);
    all_refuse(&suite, Some(&authorization), Code::Unavailable, ErrorReason::AccessUnknown).await;
    // Who needs no caller is served.
    assert_eq!(get(&suite, None, &post.id).await.unwrap().id, post.id);
}
