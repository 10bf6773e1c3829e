//! What is made again of calls that a service turns away, or whose connection breaks.

use connectus_platform::{
    peer::{self, Channel},
    status,
};
use connectus_proto::{
    auth::v1::{PollAccessRequest, auth_internal_service_client::AuthInternalServiceClient},
    common::v1::ErrorReason,
};
use connectus_testkit::{Fate, Rough};
use tonic::{Code, Status};

use crate::{
    probe::{PATH, Served, ask},
    replicas::Name,
};

async fn call(channel: &Channel) -> Result<(), Status> {
    let request = PollAccessRequest { cursor: ask::ANSWER, uses: Vec::new() };
    AuthInternalServiceClient::new(channel.clone()).poll_access(request).await.map(drop)
}

fn assert_unavailable(outcome: Result<(), Status>) {
    let status = outcome.unwrap_err();
    assert_eq!((status.code(), status::reason(&status)), (Code::Unavailable, Some(ErrorReason::Unavailable)));
}

#[tokio::test]
async fn a_call_that_one_replica_has_not_worked_on_is_made_at_another() {
    for fate in [Fate::Refused, Fate::SentAway] {
        let (rough, good) = (Rough::start(fate).await, Served::start().await);
        while rough.calls() < 5 {
            // Each channel is new to both.
            let channel = Name::of(&[rough.address, good.address]).channel();
            call(&channel).await.unwrap();
            call(&channel).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_call_that_nobody_works_on_is_given_up() {
    for fate in [Fate::Refused, Fate::SentAway] {
        let rough = Rough::start(fate).await;
        assert_unavailable(call(&rough.channel()).await);
        // Over a new connection there may have been somebody else.
        assert_eq!(rough.calls(), 2);
    }
}

#[tokio::test]
async fn a_call_that_may_have_been_worked_on_is_not_made_again() {
    let rough = Rough::start(Fate::Cut).await;
    assert_unavailable(call(&rough.channel()).await);
    assert_eq!(rough.calls(), 1);
    let channel = peer::again(rough.channel(), |path| path != PATH);
    assert_unavailable(call(&channel).await);
    assert_eq!(rough.calls(), 2);
}

#[tokio::test]
async fn a_call_that_changes_nothing_is_made_once_more() {
    let rough = Rough::start(Fate::Cut).await;
    let channel = peer::again(rough.channel(), |path| path == PATH);
    assert_unavailable(call(&channel).await);
    assert_eq!(rough.calls(), 2);
    for fate in [Fate::Cut, Fate::BrokenOff] {
        let (rough, good) = (Rough::start(fate).await, Served::start().await);
        while rough.calls() == 0 {
            // Each channel is new to both.
            let channel = Name::of(&[rough.address, good.address]).channel();
            call(&peer::again(channel, |path| path == PATH)).await.unwrap();
        }
    }
}

#[tokio::test]
async fn few_calls_are_made_once_more_while_all_fail() {
    let rough = Rough::start(Fate::Cut).await;
    let channel = peer::again(rough.channel(), |_| true);
    for _ in 0..1000 {
        assert_unavailable(call(&channel).await);
    }
    // One for each ten calls, beside the hundred that it begins with.
    assert!((1150..=1200).contains(&rough.calls()), "{}", rough.calls());
}
