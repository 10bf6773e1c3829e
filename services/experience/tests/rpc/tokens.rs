//! Whose token is accepted, by every rpc that needs a caller.

use std::time::Duration;

use connectus_proto::{
    common::v1::ErrorReason,
    experience::v1::{
        CreateExperienceRequest, DecideValidationRequest, DeleteExperienceRequest, ExportDataRequest,
        ListExperiencesRequest, ListValidationRequestsRequest, ReplaceExperienceRequest,
    },
};
use connectus_testkit::{Options, Suite, eventually, refusal};
use tonic::{Code, Request, Status};

use crate::support::{create, details, list, read_link, stored};

/// Calls every rpc that needs a caller, with this `authorization`.
async fn answers(suite: &Suite, authorization: Option<&str>) -> [(&'static str, Result<(), Status>); 7] {
    let mut client = suite.experience();
    let experience = CreateExperienceRequest { details: Some(details("x")), validator: None };
    let me = ListExperiencesRequest { user_id: "me".to_owned(), ..ListExperiencesRequest::default() };
    let (replace, delete) = (ReplaceExperienceRequest::default(), DeleteExperienceRequest::default());
    let (inbox, decide) = (ListValidationRequestsRequest::default(), DecideValidationRequest::default());
    [
        ("CreateExperience", client.create_experience(with(authorization, experience)).await.map(drop)),
        ("ReplaceExperience", client.replace_experience(with(authorization, replace)).await.map(drop)),
        ("DeleteExperience", client.delete_experience(with(authorization, delete)).await.map(drop)),
        ("ExportData", client.export_data(with(authorization, ExportDataRequest {})).await.map(drop)),
        ("ListExperiences", client.list_experiences(with(authorization, me)).await.map(drop)),
        ("ListValidationRequests", client.list_validation_requests(with(authorization, inbox)).await.map(drop)),
        ("DecideValidation", client.decide_validation(with(authorization, decide)).await.map(drop)),
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
    for token in ["x", "a.b.c", &format!("{}x", ann.token), &stranger.token] {
        let authorization = format!("Bearer {token}");
        all_refuse(&suite, Some(&authorization), Code::Unauthenticated, ErrorReason::TokenInvalid).await;
    }
}

#[tokio::test]
async fn a_token_is_refused_while_the_address_is_not_verified() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    suite
        .database
        .execute(&format!(
            "INSERT INTO auth.access_changes (account_id, min_generation, email_verified, expires_at) \
             VALUES ('{}', 0, false, now() + interval '1 day')",
            ann.id
        ))
        .await;
    eventually("the change is known", async || list(&suite, Some(&ann), "me").await.err()).await;
    let authorization = format!("Bearer {}", ann.token);
    all_refuse(&suite, Some(&authorization), Code::PermissionDenied, ErrorReason::EmailUnverified).await;
}

#[tokio::test]
async fn no_token_is_accepted_while_revocations_cannot_be_learnt_of() {
    let access_max_age = Some(Duration::from_secs(1));
    let suite = Suite::with(Options { access_max_age, ..Options::default() }).await;
    let ann = suite.user("Ann").await;
    create(&suite, &ann, "Soup kitchen", None).await.unwrap();
    suite.database.execute("ALTER TABLE auth.access_changes RENAME TO gone").await;
    eventually("the news are too old", async || list(&suite, Some(&ann), "me").await.err()).await;
    let authorization = format!("Bearer {}", ann.token);
    all_refuse(&suite, Some(&authorization), Code::Unavailable, ErrorReason::AccessUnknown).await;
    // Who needs no caller is served.
    assert_eq!(list(&suite, None, &ann.id).await.unwrap().len(), 1);
    let answer = read_link(&suite, "x").await;
    assert_eq!(refusal(answer), (Code::InvalidArgument, ErrorReason::LinkInvalid));
}
