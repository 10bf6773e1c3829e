//! RequestConnection, AcceptConnection, DeclineConnection and RemoveConnection.

use connectus_proto::{
    account::v1::{AcceptConnectionRequest, RequestConnectionRequest, UserSettings, settings},
    common::v1::ErrorReason,
    social::v1::NotificationKind,
};
use connectus_testkit::{Person, Suite, invalid_field, refusal};
use tonic::{Code, Request};

use crate::{
    network::{
        accept, block_one, connect, connected, decline, forget_attempts, notices, pending, remove, request,
        requests_page, watch_notices,
    },
    support::{former_user, import, stored, unknown_id, update_settings},
};

const NOT_FOUND: (Code, ErrorReason) = (Code::NotFound, ErrorReason::AccountNotFound);
const NOT_ASKED: (Code, ErrorReason) = (Code::NotFound, ErrorReason::ConnectionRequestNotFound);
const NOT_CONNECTED: (Code, ErrorReason) = (Code::NotFound, ErrorReason::ConnectionNotFound);

/// Two have nothing to do with each other.
async fn assert_apart(suite: &Suite, one: &Person, other: &Person) {
    for person in [one, other] {
        assert_eq!(connected(suite, None, &person.id).await.unwrap(), [""; 0]);
        assert_eq!(pending(suite, person).await, (vec![], vec![]));
    }
}

/// Two are connected, once, and have asked each other nothing any more.
async fn assert_connected(suite: &Suite, one: &Person, other: &Person) {
    assert_eq!(connected(suite, None, &one.id).await.unwrap(), [&*other.id]);
    assert_eq!(connected(suite, None, &other.id).await.unwrap(), [&*one.id]);
    for person in [one, other] {
        assert_eq!(pending(suite, person).await, (vec![], vec![]));
    }
}

#[tokio::test]
async fn who_is_asked_and_accepts_is_connected() {
    let suite = Suite::start().await;
    watch_notices(&suite).await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    assert!(!request(&suite, &ann, &help.id, " Hello\nthere ").await.unwrap());
    assert_eq!(pending(&suite, &ann).await, (vec![], vec![help.id.clone()]));
    assert_eq!(pending(&suite, &help).await, (vec![ann.id.clone()], vec![]));
    assert!(connected(&suite, None, &ann.id).await.unwrap().is_empty());
    accept(&suite, &help, &ann.id).await.unwrap();
    assert_connected(&suite, &ann, &help).await;
    let asked = i64::from(i32::from(NotificationKind::ConnectionRequested));
    let accepted = i64::from(i32::from(NotificationKind::ConnectionAccepted));
    let expected = [
        (asked, help.id.clone(), ann.id.clone(), "Hello\nthere".to_owned()),
        (accepted, ann.id.clone(), help.id.clone(), String::new()),
    ];
    assert_eq!(notices(&suite).await, expected);
}

#[tokio::test]
async fn who_asks_somebody_who_has_asked_is_connected() {
    let suite = Suite::start().await;
    watch_notices(&suite).await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    assert!(!request(&suite, &ann, &ben.id, "").await.unwrap());
    assert!(request(&suite, &ben, &ann.id, "").await.unwrap());
    assert_connected(&suite, &ann, &ben).await;
    let accepted = i64::from(i32::from(NotificationKind::ConnectionAccepted));
    let told = notices(&suite).await;
    assert_eq!((told.len(), &told[1]), (2, &(accepted, ann.id.clone(), ben.id.clone(), String::new())));
}

#[tokio::test]
async fn each_wrong_request_has_an_answer_of_its_own() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let own = (Code::FailedPrecondition, ErrorReason::OwnAccount);
    assert_eq!(refusal(request(&suite, &ann, &ann.id, "").await), own);
    assert_eq!(refusal(request(&suite, &ann, &ann.id.to_uppercase(), "").await), own);
    request(&suite, &ann, &ben.id, "").await.unwrap();
    let before = stored(&suite).await;
    let asked = (Code::AlreadyExists, ErrorReason::ConnectionAlreadyRequested);
    assert_eq!(refusal(request(&suite, &ann, &ben.id, "Again").await), asked);
    assert_eq!(refusal(accept(&suite, &ann, &ben.id).await), NOT_ASKED, "nobody accepts what they ask themselves");
    assert_eq!(refusal(decline(&suite, &ann, &ben.id).await), NOT_ASKED);
    assert_eq!(refusal(remove(&suite, &ben, &ann.id).await), NOT_CONNECTED, "what one was asked is declined");
    assert_eq!(stored(&suite).await, before);
    accept(&suite, &ben, &ann.id).await.unwrap();
    let connected = (Code::AlreadyExists, ErrorReason::AlreadyConnected);
    for (one, other) in [(&ann, &ben), (&ben, &ann)] {
        assert_eq!(refusal(request(&suite, one, &other.id, "").await), connected);
        assert_eq!(refusal(accept(&suite, one, &other.id).await), NOT_ASKED);
        assert_eq!(refusal(decline(&suite, one, &other.id).await), NOT_ASKED);
    }
    assert_connected(&suite, &ann, &ben).await;
}

#[tokio::test]
async fn nothing_can_be_done_to_nobody() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for id in [&*unknown_id(), "", "me", "x", "\0", "00000000-0000-0000-0000-000000000000"] {
        assert_eq!(refusal(request(&suite, &ann, id, "").await), NOT_FOUND, "{id:?}");
        assert_eq!(refusal(accept(&suite, &ann, id).await), NOT_FOUND, "{id:?}");
        assert_eq!(refusal(decline(&suite, &ann, id).await), NOT_FOUND, "{id:?}");
        assert_eq!(refusal(remove(&suite, &ann, id).await), NOT_FOUND, "{id:?}");
    }
    assert_eq!(refusal(accept(&suite, &ann, &ann.id).await), NOT_ASKED);
}

#[tokio::test]
async fn whose_account_is_not_there_yet_can_do_nothing() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    suite.database.execute(&format!("DELETE FROM account.accounts WHERE id = '{}'", ann.id)).await;
    assert_eq!(refusal(request(&suite, &ann, &ben.id, "").await), NOT_FOUND);
    assert_eq!(refusal(accept(&suite, &ann, &ben.id).await), NOT_FOUND);
    assert_eq!(refusal(decline(&suite, &ann, &ben.id).await), NOT_FOUND);
    assert_eq!(refusal(remove(&suite, &ann, &ben.id).await), NOT_FOUND);
    assert_eq!(pending(&suite, &ann).await, (vec![], vec![]));
}

#[tokio::test]
async fn who_declines_tells_nobody_and_can_be_asked_again() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    request(&suite, &ann, &ben.id, "").await.unwrap();
    watch_notices(&suite).await;
    decline(&suite, &ben, &ann.id).await.unwrap();
    assert_eq!(notices(&suite).await, []);
    assert_apart(&suite, &ann, &ben).await;
    assert_eq!(refusal(decline(&suite, &ben, &ann.id).await), NOT_ASKED);
    assert_eq!(refusal(accept(&suite, &ben, &ann.id).await), NOT_ASKED);
    assert!(!request(&suite, &ann, &ben.id, "").await.unwrap());
}

#[tokio::test]
async fn what_was_asked_is_taken_back_and_a_connection_is_ended_by_either() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    request(&suite, &ann, &ben.id, "").await.unwrap();
    remove(&suite, &ann, &ben.id).await.unwrap();
    assert_apart(&suite, &ann, &ben).await;
    assert_eq!(refusal(accept(&suite, &ben, &ann.id).await), NOT_ASKED);
    for (one, other) in [(&ann, &ben), (&ben, &ann)] {
        connect(&suite, &ann, &ben).await;
        watch_notices_once(&suite).await;
        remove(&suite, one, &other.id).await.unwrap();
        assert_eq!(notices(&suite).await, [], "the other one is not told");
        assert_apart(&suite, &ann, &ben).await;
        for (one, other) in [(&ann, &ben), (&ben, &ann)] {
            assert_eq!(refusal(remove(&suite, one, &other.id).await), NOT_CONNECTED);
        }
    }
}

/// Watches from now on.
async fn watch_notices_once(suite: &Suite) {
    suite.database.execute("DROP TABLE IF EXISTS public.notices; DROP FUNCTION IF EXISTS public.keep CASCADE").await;
    watch_notices(suite).await;
}

#[tokio::test]
async fn who_takes_no_messages_from_strangers_is_asked_without_one() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    let deaf = settings::Owner::User(UserSettings { allow_messages_from_unknown: false, ..UserSettings::default() });
    update_settings(&suite, &ben, deaf, &["allow_messages_from_unknown"]).await.unwrap();
    let not_allowed = (Code::FailedPrecondition, ErrorReason::MessageNotAllowed);
    assert_eq!(refusal(request(&suite, &ann, &ben.id, "Hello").await), not_allowed);
    assert_eq!(pending(&suite, &ben).await, (vec![], vec![]));
    // A message of white space is none.
    assert!(!request(&suite, &ann, &ben.id, " \n").await.unwrap());
    // Who is asked may answer with a message: to say it, they are connected.
    assert!(!request(&suite, &ben, &help.id, "Hello").await.unwrap());
    assert!(request(&suite, &help, &ben.id, "Hello").await.unwrap());
}

#[tokio::test]
async fn a_message_has_up_to_a_thousand_characters() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    for bad in ["ö".repeat(1001), "\0".to_owned(), "a\u{7}b".to_owned()] {
        assert_eq!(invalid_field(request(&suite, &ann, &ben.id, &bad).await), "message");
    }
    watch_notices(&suite).await;
    request(&suite, &ann, &ben.id, &"ö".repeat(1000)).await.unwrap();
    let incoming = connectus_proto::account::v1::ConnectionRequestDirection::Incoming;
    let (requests, _) = requests_page(&suite, &ben, incoming, (1, "")).await.unwrap();
    assert_eq!(requests[0].message, "ö".repeat(1000));
    assert_eq!(notices(&suite).await[0].3, "ö".repeat(300), "a notice has the start of it");
}

#[tokio::test]
async fn whom_the_caller_has_blocked_is_not_asked() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    block_one(&suite, &ann, &ben.id).await.unwrap();
    let blocked = (Code::FailedPrecondition, ErrorReason::AccountBlocked);
    assert_eq!(refusal(request(&suite, &ann, &ben.id, "").await), blocked);
    assert_eq!(refusal(accept(&suite, &ann, &ben.id).await), NOT_ASKED);
    assert_eq!(refusal(remove(&suite, &ann, &ben.id).await), NOT_CONNECTED);
}

#[tokio::test]
async fn an_account_of_the_former_system_is_asked_by_its_former_id() {
    let suite = Suite::start().await;
    let (ann, zoe) = (suite.user("Ann").await, former_user("Zoe"));
    import(&suite, zoe.clone()).await.unwrap();
    let former = zoe.account.unwrap().id;
    request(&suite, &ann, &former, "").await.unwrap();
    remove(&suite, &ann, &former.to_uppercase()).await.unwrap();
}

fn keyed<M>(mut request: Request<M>) -> Request<M> {
    request.metadata_mut().insert("idempotency-key", "one".parse().unwrap());
    request
}

#[tokio::test]
async fn a_repeat_with_a_key_gets_the_first_answer_though_the_first_was_lost() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    request(&suite, &ben, &ann.id, "").await.unwrap();
    watch_notices(&suite).await;
    // No answer is kept but in the transaction that does what is asked.
    suite
        .database
        .execute(
            "CREATE FUNCTION account.lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                IF NOT EXISTS (SELECT FROM pg_locks WHERE pid = pg_backend_pid() AND mode = 'RowExclusiveLock' \
                    AND relation IN ('account.connections'::regclass, 'account.connection_requests'::regclass)) \
                THEN RAISE 'lost'; END IF; RETURN NEW; END $$; \
             CREATE TRIGGER lose BEFORE UPDATE ON account.idempotency_keys FOR EACH ROW EXECUTE FUNCTION account.lose()",
        )
        .await;
    for _ in 0..3 {
        let again = RequestConnectionRequest { account_id: ben.id.clone(), message: String::new() };
        let answer = suite.connections().request_connection(keyed(ann.asks(again))).await.unwrap();
        assert!(answer.into_inner().is_connected);
    }
    assert_eq!(notices(&suite).await.len(), 1);
    remove(&suite, &ann, &ben.id).await.unwrap();
    forget_attempts(&suite).await;
    request(&suite, &ben, &ann.id, "").await.unwrap();
    for _ in 0..3 {
        let again = AcceptConnectionRequest { account_id: ben.id.clone() };
        suite.connections().accept_connection(keyed(ann.asks(again))).await.unwrap();
    }
    assert_connected(&suite, &ann, &ben).await;
}
