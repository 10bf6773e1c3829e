//! What operators do: AuthAdminService.

use connectus_platform::identity::ServiceIdentity;
use connectus_proto::{
    auth::v1::{
        DeleteAccountRequest, FindAccountRequest, ImportCredentialsRequest, ImportCredentialsResponse,
        ListDeadMessagesRequest, LockAccountRequest, RequeueDeadMessagesRequest, RotateSigningKeysRequest,
        SearchSecurityEventsRequest, SecurityEventKind, UnlockAccountRequest,
    },
    common::v1::{AccountType, DeadMessage, ErrorReason},
};
use connectus_testkit::{Behaviour, PASSWORD, Suite, as_caller, invalid_field, people::user_registration, refusal};
use prost_types::Timestamp;
use tonic::{Code, Request, Status};

use crate::support::{
    LOGIN_REFUSED, is_accepted, login, register, reset_password, reset_token, until, until_refused, until_settled,
};

const LOCKED: (Code, ErrorReason) = (Code::PermissionDenied, ErrorReason::AccountLocked);
const FORMER_ID: &str = "507f1f77bcf86cd799439011";

async fn lock(suite: &Suite, account_id: &str) -> Result<(), Status> {
    let (account_id, operator) = (account_id.to_owned(), "Olga".to_owned());
    let request = LockAccountRequest { account_id, operator, reason: "sends spam".to_owned() };
    suite.auth_admin().lock_account(suite.as_service(request)).await?;
    Ok(())
}

async fn unlock(suite: &Suite, account_id: &str) -> Result<(), Status> {
    let (account_id, operator) = (account_id.to_owned(), "Olga".to_owned());
    let request = UnlockAccountRequest { account_id, operator, reason: String::new() };
    suite.auth_admin().unlock_account(suite.as_service(request)).await?;
    Ok(())
}

async fn dead(suite: &Suite) -> Vec<DeadMessage> {
    let request = suite.as_service(ListDeadMessagesRequest::default());
    suite.auth_admin().list_dead_messages(request).await.unwrap().into_inner().messages
}

async fn requeue(suite: &Suite, message_ids: Vec<String>) -> Result<i64, Status> {
    let request = suite.as_service(RequeueDeadMessagesRequest { message_ids });
    Ok(suite.auth_admin().requeue_dead_messages(request).await?.into_inner().requeued_count)
}

fn credentials() -> ImportCredentialsRequest {
    ImportCredentialsRequest {
        account_id: FORMER_ID.to_owned(),
        email: "Old.Ann@example.org".to_owned(),
        password_hash: bcrypt::hash(PASSWORD, 4).unwrap(),
        account_type: AccountType::User.into(),
        email_verified: true,
        create_time: Some(Timestamp { seconds: 1_500_000_000, nanos: 0 }),
        operator: "Olga".to_owned(),
        validate_only: false,
    }
}

async fn import(suite: &Suite, request: ImportCredentialsRequest) -> Result<ImportCredentialsResponse, Status> {
    Ok(suite.auth_admin().import_credentials(suite.as_service(request)).await?.into_inner())
}

#[tokio::test]
async fn nobody_outside_is_an_operator() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let request =
        || LockAccountRequest { account_id: ann.id.clone(), operator: "Eve".to_owned(), reason: String::new() };
    let foreign = ServiceIdentity::random().sign(Request::new(request()));
    for request in [Request::new(request()), ann.asks(request()), foreign] {
        let answer = suite.auth_admin().lock_account(request).await;
        assert_eq!(refusal(answer), (Code::PermissionDenied, ErrorReason::ServiceIdentityRequired));
    }
    assert!(is_accepted(&suite, &ann.token).await);
}

#[tokio::test]
async fn a_locked_account_is_out_at_once_until_it_is_unlocked() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    lock(&suite, &ann.id).await.unwrap();
    until_refused(&suite, &ann.token).await;
    assert_eq!(refusal(login(&suite, &ann.email, PASSWORD).await), LOCKED);
    // Only who knows the password is told.
    assert_eq!(refusal(login(&suite, &ann.email, "a wrong password").await), LOGIN_REFUSED);
    let link = reset_token(&suite, &ann.email).await;
    reset_password(&suite, &link, "another password").await.unwrap();
    assert_eq!(refusal(login(&suite, &ann.email, "another password").await), LOCKED, "a new password unlocks nothing");
    unlock(&suite, &ann.id).await.unwrap();
    let token = login(&suite, &ann.email, "another password").await.unwrap().access_token;
    assert!(is_accepted(&suite, &token).await);
}

#[tokio::test]
async fn what_operators_do_is_written_down_with_their_name() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    lock(&suite, &ann.id).await.unwrap();
    unlock(&suite, &ann.id).await.unwrap();
    let rotate = suite.as_service(RotateSigningKeysRequest { operator: "Olga".to_owned() });
    let key_id = suite.auth_internal().rotate_signing_keys(rotate).await.unwrap().into_inner().key_id;
    let request = suite.as_service(SearchSecurityEventsRequest { page_size: 3, ..Default::default() });
    let events = suite.auth_admin().search_security_events(request).await.unwrap().into_inner().events;
    let seen: Vec<_> =
        events.iter().map(|event| (event.kind(), event.operator.as_str(), event.detail.as_str())).collect();
    let expected = [
        (SecurityEventKind::KeysRotated, "Olga", key_id.as_str()),
        (SecurityEventKind::Unlocked, "Olga", ""),
        (SecurityEventKind::Locked, "Olga", "sends spam"),
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn who_is_not_there_is_neither_locked_nor_unlocked_and_somebody_must_do_it() {
    let suite = Suite::start().await;
    for answer in [lock(&suite, FORMER_ID).await, unlock(&suite, FORMER_ID).await] {
        assert_eq!(refusal(answer), (Code::NotFound, ErrorReason::AccountNotFound));
    }
    assert_eq!(invalid_field(lock(&suite, "nobody").await), "account_id");
    let request = LockAccountRequest { account_id: FORMER_ID.to_owned(), ..LockAccountRequest::default() };
    assert_eq!(invalid_field(suite.auth_admin().lock_account(suite.as_service(request)).await), "operator");
}

#[tokio::test]
async fn a_dead_mail_is_listed_and_sent_once_it_is_requeued() {
    let suite = Suite::start().await;
    suite.mail.behave_towards("ann@example.org", Behaviour::NoSuchRecipient);
    register(&suite, user_registration("Ann")).await.unwrap();
    until(&suite.database, "SELECT count(*) = 1 FROM auth.outbox WHERE dead").await;
    let listed = dead(&suite).await;
    assert_eq!((listed.len(), listed[0].kind.as_str(), listed[0].attempts), (1, "verification_mail", 1));
    assert!(!listed[0].last_error.is_empty() && !listed[0].last_error.contains("ann@"), "{}", listed[0].last_error);
    suite.mail.behave_towards("nobody@example.org", Behaviour::NoSuchRecipient);
    assert_eq!(requeue(&suite, vec![listed[0].id.clone()]).await.unwrap(), 1);
    suite.mail.next("ann@example.org").await;
    until_settled(&suite).await;
    assert_eq!(
        refusal(requeue(&suite, vec![listed[0].id.clone()]).await),
        (Code::NotFound, ErrorReason::MessageNotFound)
    );
    assert_eq!(requeue(&suite, Vec::new()).await.unwrap(), 0, "all of none");
    assert_eq!(invalid_field(requeue(&suite, vec!["x".to_owned()]).await), "message_ids");
}

#[tokio::test]
async fn an_imported_account_logs_in_as_before_by_its_address_or_former_id() {
    let suite = Suite::start().await;
    assert!(!import(&suite, credentials()).await.unwrap().existed);
    for id in ["old.ann@example.org", FORMER_ID, &FORMER_ID.to_uppercase()] {
        login(&suite, id, PASSWORD).await.unwrap();
    }
    let registered = "SELECT extract(epoch FROM created_at)::bigint FROM auth.accounts";
    assert_eq!(suite.database.value::<i64>(registered).await, 1_500_000_000);
    let stored = suite.database.value::<String>("SELECT password_hash FROM auth.accounts").await;
    assert!(stored.starts_with("$argon2id$"), "{stored}");
}

#[tokio::test]
async fn nothing_is_imported_twice_and_nobody_is_overwritten() {
    let suite = Suite::start().await;
    import(&suite, credentials()).await.unwrap();
    let other_password = ImportCredentialsRequest { password_hash: bcrypt::hash("other", 4).unwrap(), ..credentials() };
    assert!(import(&suite, other_password).await.unwrap().existed);
    login(&suite, "old.ann@example.org", PASSWORD).await.unwrap();
    let other_id = ImportCredentialsRequest { account_id: "507f1f77bcf86cd799439012".to_owned(), ..credentials() };
    assert_eq!(refusal(import(&suite, other_id).await), (Code::AlreadyExists, ErrorReason::EmailTaken));
    assert_eq!(suite.database.value::<i64>("SELECT count(*) FROM auth.accounts").await, 1);
}

#[tokio::test]
async fn an_import_can_be_tried_before_it_is_done() {
    let suite = Suite::start().await;
    let trial = || ImportCredentialsRequest { validate_only: true, ..credentials() };
    assert!(!import(&suite, trial()).await.unwrap().existed);
    assert_eq!(suite.database.value::<i64>("SELECT count(*) FROM auth.accounts").await, 0);
    import(&suite, credentials()).await.unwrap();
    assert!(import(&suite, trial()).await.unwrap().existed);
    let other_id = ImportCredentialsRequest { account_id: "507f1f77bcf86cd799439012".to_owned(), ..trial() };
    assert_eq!(refusal(import(&suite, other_id).await), (Code::AlreadyExists, ErrorReason::EmailTaken));
}

#[tokio::test]
async fn who_was_deleted_is_not_brought_back() {
    let suite = Suite::start().await;
    import(&suite, credentials()).await.unwrap();
    let token = login(&suite, FORMER_ID, PASSWORD).await.unwrap().access_token;
    let delete = DeleteAccountRequest { password: PASSWORD.to_owned() };
    suite.auth().delete_account(as_caller(&token, delete)).await.unwrap();
    for validate_only in [true, false] {
        let answer = import(&suite, ImportCredentialsRequest { validate_only, ..credentials() }).await;
        assert_eq!(refusal(answer), (Code::FailedPrecondition, ErrorReason::AccountDeleted));
    }
}

#[tokio::test]
async fn an_unverified_account_stays_so() {
    let suite = Suite::start().await;
    import(&suite, ImportCredentialsRequest { email_verified: false, ..credentials() }).await.unwrap();
    let answer = login(&suite, FORMER_ID, PASSWORD).await;
    assert_eq!(refusal(answer), (Code::FailedPrecondition, ErrorReason::LoginEmailUnverified));
}

#[tokio::test]
async fn what_cannot_be_imported_is_refused_by_its_field() {
    let suite = Suite::start().await;
    let costly = credentials().password_hash.replacen("$04$", "$13$", 1);
    for (field, request) in [
        ("account_id", ImportCredentialsRequest { account_id: "x".to_owned(), ..credentials() }),
        ("email", ImportCredentialsRequest { email: "x".to_owned(), ..credentials() }),
        ("password_hash", ImportCredentialsRequest { password_hash: "$2b$10$short".to_owned(), ..credentials() }),
        ("password_hash", ImportCredentialsRequest { password_hash: PASSWORD.to_owned(), ..credentials() }),
        // It would keep a processor busy for hours.
        ("password_hash", ImportCredentialsRequest { password_hash: costly, ..credentials() }),
        ("account_type", ImportCredentialsRequest { account_type: 0, ..credentials() }),
        ("create_time", ImportCredentialsRequest { create_time: None, ..credentials() }),
        ("operator", ImportCredentialsRequest { operator: " ".to_owned(), ..credentials() }),
    ] {
        assert_eq!(invalid_field(import(&suite, request).await), field);
    }
}

#[tokio::test]
async fn an_account_is_found_by_its_id_and_its_address() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let find = async |id: &str| {
        let request = suite.as_service(FindAccountRequest { id: id.to_owned() });
        suite.auth_admin().find_account(request).await
    };
    for (person, account_type) in [(&ann, AccountType::User), (&help, AccountType::Organization)] {
        for id in [&person.id, &person.email, &format!(" {} ", person.email.to_uppercase())] {
            let found = find(id).await.unwrap().into_inner();
            assert_eq!((&found.account_id, found.account_type()), (&person.id, account_type), "{id}");
        }
    }
    for nobody in ["", "nobody@example.org", FORMER_ID] {
        assert_eq!(refusal(find(nobody).await), (Code::NotFound, ErrorReason::AccountNotFound), "{nobody}");
    }
}
