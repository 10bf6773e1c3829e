//! Reads that may be stale, where the database has a replica that is held up: what it does not have tells that it answered.

use std::fmt::Debug;

use connectus_proto::{
    common::v1::ErrorReason,
    social::v1::{
        GetPostRequest, LikePostRequest, ListCommentsRequest, ListFeedRequest, ListNotificationsRequest,
        ListPostsRequest, Post,
    },
};
use connectus_testkit::{Behind, Person, Suite, patient, refusal};
use tonic::{Code, Request, Response, Status};

use crate::support::{block, connect, post, reply, say};

/// Whether an answer has what was written last; an error has not.
fn has_it<M: Debug>(answer: Result<Response<M>, Status>) -> bool {
    answer.is_ok_and(|answer| format!("{answer:?}").contains("After"))
}

/// Whether the rpcs that may be stale answer somebody with what was written last.
async fn have_it(suite: &Suite, who: &Person, can_wait: bool, (old, new): (&Post, &Post)) -> [(&'static str, bool); 4] {
    fn asks<M>(who: &Person, can_wait: bool, message: M) -> Request<M> {
        if can_wait { patient(who.asks(message)) } else { who.asks(message) }
    }
    let mut posts = suite.posts();
    let one = GetPostRequest { post_id: new.id.clone() };
    let listed = ListPostsRequest { account_id: old.account_id.clone(), ..ListPostsRequest::default() };
    let comments = ListCommentsRequest { post_id: old.id.clone(), ..ListCommentsRequest::default() };
    [
        ("GetPost", has_it(posts.get_post(asks(who, can_wait, one)).await)),
        ("ListPosts", has_it(posts.list_posts(asks(who, can_wait, listed)).await)),
        ("ListComments", has_it(posts.list_comments(asks(who, can_wait, comments)).await)),
        ("ListFeed", has_it(posts.list_feed(asks(who, can_wait, ListFeedRequest::default())).await)),
    ]
}

#[tokio::test]
async fn posts_are_answered_by_the_replica_to_who_can_wait_and_nothing_else_is() {
    let behind = Behind::start().await;
    let suite = &behind.suite;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    connect(suite, &ann, &ben).await;
    let old = say(suite, &ann, "Before").await;
    behind.hold().await;
    let new = post(suite, &ben, reply(&old, "After")).await.unwrap();
    say(suite, &ann, "After that").await;
    for can_wait in [true, false] {
        for (rpc, has_it) in have_it(suite, &ben, can_wait, (&old, &new)).await {
            assert_eq!(has_it, !can_wait, "{rpc}");
        }
    }
    // What is about to be changed is looked for where it is, and notifications are where their stream begins.
    suite.posts().like_post(patient(ben.asks(LikePostRequest { post_id: new.id.clone() }))).await.unwrap();
    let request = || patient(ann.asks(ListNotificationsRequest::default()));
    let listed = suite.notifications().list_notifications(request()).await;
    assert!(has_it(listed));
}

#[tokio::test]
async fn who_has_blocked_somebody_is_not_seen_by_them_however_long_they_can_wait() {
    let behind = Behind::start().await;
    let suite = &behind.suite;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let said = say(suite, &ann, "Before").await;
    behind.hold().await;
    let request = || patient(ben.asks(GetPostRequest { post_id: said.id.clone() }));
    suite.posts().get_post(request()).await.unwrap();
    block(suite, &ann, &ben).await;
    assert_eq!(refusal(suite.posts().get_post(request()).await), (Code::NotFound, ErrorReason::PostNotFound));
}
