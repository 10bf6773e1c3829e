//! The record of security events: who, what, when, from where; readable by its account and by operators, and never changed.

use connectus_platform::store::{Connection, connection};
use connectus_proto::auth::v1::{
    ChangePasswordRequest, ListSecurityEventsRequest, LoginRequest, SearchSecurityEventsRequest, SecurityEvent,
    SecurityEventKind as Kind,
};
use connectus_testkit::{Behaviour, PASSWORD, Suite, as_caller, invalid_field, suite::pool};
use tonic::Request;

use crate::support::{NEW_PASSWORD, login, request_reset, reset_password, reset_token, until, until_settled};

async fn events(suite: &Suite, token: &str) -> Vec<SecurityEvent> {
    let request = as_caller(token, ListSecurityEventsRequest { page_size: 200, page_token: String::new() });
    suite.auth().list_security_events(request).await.unwrap().into_inner().events
}

fn kinds(events: &[SecurityEvent]) -> Vec<Kind> {
    events.iter().map(SecurityEvent::kind).collect()
}

#[tokio::test]
async fn what_happens_to_an_account_is_written_down_newest_first() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    login(&suite, &ann.email, "a wrong password").await.unwrap_err();
    let link = reset_token(&suite, &ann.email).await;
    reset_password(&suite, &link, NEW_PASSWORD).await.unwrap();
    let token = suite.login(&ann.email, NEW_PASSWORD).await;
    let request = ChangePasswordRequest { password: NEW_PASSWORD.to_owned(), new_password: PASSWORD.to_owned() };
    let changed = suite.auth().change_password(as_caller(&token, request)).await.unwrap().into_inner();
    let expected = [
        Kind::PasswordChanged,
        Kind::LoggedIn,
        Kind::PasswordReset,
        Kind::PasswordResetRequested,
        Kind::PasswordRefused,
        Kind::LoggedIn,
        Kind::EmailVerified,
        Kind::Registered,
    ];
    let listed = events(&suite, &changed.access_token).await;
    assert_eq!(kinds(&listed), expected);
    assert!(listed.iter().all(|event| event.account_id == ann.id && event.operator.is_empty()));
    assert!(listed.iter().all(|event| event.create_time.is_some()));
}

#[tokio::test]
async fn it_says_from_where() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let mut request = Request::new(LoginRequest { id: ann.email.clone(), password: "a guess".to_owned() });
    request.metadata_mut().insert("x-connectus-client-address", "2001:db8::7".parse().unwrap());
    request.metadata_mut().insert("x-connectus-device", "a guesser's browser".parse().unwrap());
    suite.auth().login(request).await.unwrap_err();
    let newest = &events(&suite, &ann.token).await[0];
    assert_eq!(newest.kind(), Kind::PasswordRefused);
    assert_eq!((newest.client_address.as_str(), newest.device.as_str()), ("2001:db8::7", "a guesser's browser"));
}

#[tokio::test]
async fn an_account_sees_its_own_and_operators_see_all() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    login(&suite, "stranger@example.org", PASSWORD).await.unwrap_err();
    assert!(events(&suite, &ann.token).await.iter().all(|event| event.account_id == ann.id));
    let search = async |account_id: &str| {
        let request = SearchSecurityEventsRequest { account_id: account_id.to_owned(), ..Default::default() };
        suite.auth_admin().search_security_events(suite.as_service(request)).await
    };
    let all = search("").await.unwrap().into_inner().events;
    assert_eq!(all[0].account_id, "", "a guess at nobody's account has none: {:?}", all[0]);
    assert!([&ann.id, &ben.id].iter().all(|id| all.iter().any(|event| event.account_id == **id)));
    let of_ben = search(&ben.id).await.unwrap().into_inner().events;
    assert!(!of_ben.is_empty() && of_ben.iter().all(|event| event.account_id == ben.id));
    assert_eq!(invalid_field(search("nobody").await), "account_id");
}

async fn run(conn: &mut Connection, statement: &str) -> diesel::QueryResult<usize> {
    diesel_async::RunQueryDsl::execute(diesel::sql_query(statement), conn).await
}

#[tokio::test]
async fn a_message_that_is_delivered_again_is_written_down_once() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    suite.mail.behave(Behaviour::Trouble);
    request_reset(&suite, &ann.email).await.unwrap();
    until(&suite.database, "SELECT max(attempts) >= 2 FROM auth.outbox").await;
    let asked = "SELECT count(*) FROM auth.security_events WHERE kind = 'password_reset_requested'";
    assert_eq!(suite.database.value::<i64>(asked).await, 1);
}

#[tokio::test]
async fn auth_itself_cannot_change_or_delete_what_is_written_down() {
    let suite = Suite::start().await;
    suite.user("Ann").await;
    until_settled(&suite).await;
    let expired = "INSERT INTO auth.security_events (id, kind, expires_at) \
                   VALUES (gen_random_uuid(), 'registered', now() - interval '1 second')";
    suite.database.execute(expired).await;
    let nobodys = "INSERT INTO auth.security_events (id, kind, detail) VALUES (gen_random_uuid(), 'keys_rotated', 'x')";
    suite.database.execute(nobodys).await;
    let mut conn = connection(&pool(&suite.database, "auth")).await.unwrap();
    // A table of its own in the way of the real one does not help.
    run(&mut conn, "CREATE TEMP TABLE accounts (id uuid)").await.unwrap();
    for statement in [
        "UPDATE security_events SET kind = 'logged_in'",
        "UPDATE security_events SET client_address = '', device = '', detail = ''",
        "DELETE FROM security_events",
        "TRUNCATE security_events",
    ] {
        run(&mut conn, statement).await.expect_err(statement);
    }
    // What has expired may go.
    let delete = "DELETE FROM security_events WHERE expires_at < now()";
    assert_eq!(run(&mut conn, delete).await.unwrap(), 1);
}
