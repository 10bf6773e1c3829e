//! ListSessions and EndSession: where somebody is logged in.

use connectus_proto::{
    auth::v1::{
        EndSessionRequest, ListSessionsRequest, ListSessionsResponse, LoginRequest, LogoutEverywhereRequest,
        LogoutRequest, Session,
    },
    common::v1::ErrorReason,
};
use connectus_testkit::{PASSWORD, Person, Suite, as_caller, eventually, invalid_field, refusal};
use tonic::{Code, Request, Status};

use crate::support::{claims, is_accepted, until_refused};

const NOT_FOUND: (Code, ErrorReason) = (Code::NotFound, ErrorReason::SessionNotFound);

async fn page(suite: &Suite, token: &str, request: ListSessionsRequest) -> Result<ListSessionsResponse, Status> {
    Ok(suite.auth().list_sessions(as_caller(token, request)).await?.into_inner())
}

async fn sessions(suite: &Suite, token: &str) -> Vec<Session> {
    page(suite, token, ListSessionsRequest::default()).await.unwrap().sessions
}

async fn end(suite: &Suite, person: &Person, id: &str) -> Result<(), Status> {
    suite.auth().end_session(person.asks(EndSessionRequest { session_id: id.to_owned() })).await?;
    Ok(())
}

/// Logs in through a gateway that names a client.
async fn login_from(suite: &Suite, person: &Person, address: &str, device: &str) -> String {
    let mut request = Request::new(LoginRequest { id: person.email.clone(), password: PASSWORD.to_owned() });
    request.metadata_mut().insert("x-connectus-client-address", address.parse().unwrap());
    request.metadata_mut().insert("x-connectus-device", device.parse().unwrap());
    suite.auth().login(request).await.unwrap().into_inner().access_token
}

fn id_of(token: &str) -> String {
    claims(token)["jti"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_login_is_a_session_with_its_device_and_address() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let token = login_from(&suite, &ann, "192.0.2.7", "Firefox on Linux").await;
    let listed = sessions(&suite, &token).await;
    assert_eq!(listed.len(), 2, "newest first: {listed:?}");
    let newest = &listed[0];
    assert_eq!((newest.device.as_str(), newest.client_address.as_str()), ("Firefox on Linux", "192.0.2.7"));
    assert_eq!((newest.id.clone(), newest.is_current), (id_of(&token), true));
    assert_eq!((listed[1].id.clone(), listed[1].is_current), (id_of(&ann.token), false));
    let exp = claims(&token)["exp"].as_i64().unwrap();
    assert_eq!(newest.expire_time.unwrap().seconds, exp);
}

#[tokio::test]
async fn the_use_of_a_session_is_seen_whichever_service_it_is_used_at() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    suite.database.execute("UPDATE auth.sessions SET last_used_at = now() - interval '1 hour'").await;
    // A new token, since a use is told once a minute.
    let token = suite.login(&ann.email, PASSWORD).await;
    let aged =
        format!("UPDATE auth.sessions SET last_used_at = now() - interval '1 hour' WHERE id = '{}'", id_of(&token));
    suite.database.execute(&aged).await;
    assert!(is_accepted(&suite, &token).await);
    eventually("the use is seen", async || {
        let query = format!(
            "SELECT last_used_at > now() - interval '1 minute' FROM auth.sessions WHERE id = '{}'",
            id_of(&token)
        );
        suite.database.value::<bool>(&query).await.then_some(())
    })
    .await;
}

#[tokio::test]
async fn one_session_ends_and_the_others_go_on() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let other = suite.login(&ann.email, PASSWORD).await;
    end(&suite, &ann, &id_of(&other)).await.unwrap();
    until_refused(&suite, &other).await;
    assert!(is_accepted(&suite, &ann.token).await);
    let left: Vec<_> = sessions(&suite, &ann.token).await.into_iter().map(|session| session.id).collect();
    assert_eq!(left, [id_of(&ann.token)]);
    assert_eq!(refusal(end(&suite, &ann, &id_of(&other)).await), NOT_FOUND, "it has ended already");
}

#[tokio::test]
async fn nobody_ends_or_sees_the_session_of_somebody_else() {
    let suite = Suite::start().await;
    let (ann, eve) = (suite.user("Ann").await, suite.user("Eve").await);
    for id in [id_of(&ann.token).as_str(), "", "me", "018f0000-0000-7000-8000-000000000001"] {
        assert_eq!(refusal(end(&suite, &eve, id).await), NOT_FOUND, "{id}");
    }
    assert!(is_accepted(&suite, &ann.token).await);
    assert_eq!(sessions(&suite, &eve.token).await.len(), 1);
}

#[tokio::test]
async fn who_logs_out_has_no_session_any_more() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let other = suite.login(&ann.email, PASSWORD).await;
    suite.auth().logout(ann.asks(LogoutRequest {})).await.unwrap();
    assert_eq!(sessions(&suite, &other).await.len(), 1);
    suite.auth().logout_everywhere(as_caller(&other, LogoutEverywhereRequest {})).await.unwrap();
    let count = "SELECT count(*) FROM auth.sessions";
    assert_eq!(suite.database.value::<i64>(count).await, 0);
}

#[tokio::test]
async fn sessions_come_in_pages() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for _ in 0..4 {
        suite.login(&ann.email, PASSWORD).await;
    }
    let (mut seen, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListSessionsRequest { page_size: 2, page_token };
        let response = page(&suite, &ann.token, request).await.unwrap();
        seen.extend(response.sessions.into_iter().map(|session| session.id));
        page_token = response.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.is_sorted_by(|one, next| one > next), "newest first, each once");
    let bad = ListSessionsRequest { page_size: 201, ..ListSessionsRequest::default() };
    assert_eq!(invalid_field(page(&suite, &ann.token, bad).await), "page_size");
    let bad = ListSessionsRequest { page_token: "?".to_owned(), ..ListSessionsRequest::default() };
    assert_eq!(invalid_field(page(&suite, &ann.token, bad).await), "page_token");
}
