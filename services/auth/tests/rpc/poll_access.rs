//! PollAccess.

use connectus_platform::identity::ServiceIdentity;
use connectus_proto::{
    auth::v1::{
        AccessChange, AccountAccess, LogoutEverywhereRequest, LogoutRequest, PollAccessRequest, PollAccessResponse,
        access_change::Change,
    },
    common::v1::ErrorReason,
};
use connectus_testkit::{Database, Options, PASSWORD, PATIENCE, Suite, as_caller, refusal};
use futures::future::{join, join_all};
use tonic::{Code, Request};

use crate::support::{claims, signing_keys, until};

const PAGE: usize = 1000;

async fn poll(suite: &Suite, cursor: i64) -> PollAccessResponse {
    let request = suite.as_service(PollAccessRequest { cursor, uses: Vec::new() });
    suite.auth_internal().poll_access(request).await.unwrap().into_inner()
}

/// Everything that changed since a cursor, page by page, with the last cursor.
async fn poll_all(suite: &Suite, mut cursor: i64) -> (Vec<AccessChange>, i64) {
    let mut changes = Vec::new();
    loop {
        let page = poll(suite, cursor).await;
        assert!(page.changes.len() <= PAGE);
        assert!(!page.changes.is_empty() || !page.more, "there are more, but none comes");
        changes.extend(page.changes);
        cursor = page.cursor;
        if !page.more {
            return (changes, cursor);
        }
    }
}

/// Writes so many revocations of single tokens, and returns the ids of the tokens in their order.
async fn revoke_many(suite: &Suite, number: usize, expire_in: &str) -> Vec<String> {
    let insert = format!(
        "INSERT INTO auth.access_changes (token_id, expires_at) \
         SELECT gen_random_uuid(), now() + interval '{expire_in}' FROM generate_series(1, {number})"
    );
    suite.database.execute(&insert).await;
    suite
        .database
        .value(&format!(
            "SELECT array_agg(token_id::text ORDER BY seq) FROM (SELECT * FROM auth.access_changes \
             ORDER BY seq DESC LIMIT {number}) latest"
        ))
        .await
}

fn token_ids(changes: &[AccessChange]) -> Vec<String> {
    let token_id = |change: &AccessChange| match &change.change {
        Some(Change::Token(token)) => token.token_id.clone(),
        other => panic!("not a token: {other:?}"),
    };
    changes.iter().map(token_id).collect()
}

#[tokio::test]
async fn changes_come_oldest_first_with_the_keys() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let start = poll(&suite, 0).await;
    assert_eq!((start.changes.len(), start.more), (0, false), "nothing was revoked yet");
    assert_eq!(start.keys, signing_keys(&suite).await);
    suite.auth().logout(ann.asks(LogoutRequest {})).await.unwrap();
    suite.auth().logout_everywhere(ben.asks(LogoutEverywhereRequest {})).await.unwrap();
    let page = poll(&suite, start.cursor).await;
    let [token, account] = page.changes.as_slice() else { panic!("{page:?}") };
    let jti = claims(&ann.token)["jti"].as_str().unwrap().to_owned();
    assert_eq!(token_ids(std::slice::from_ref(token)), [jti]);
    let access = AccountAccess { account_id: ben.id.clone(), min_generation: 1, email_verified: true };
    assert_eq!(account.change, Some(Change::Account(access)));
    // They are kept for as long as a token that they concern may be good.
    for (change, token) in [(token, &ann.token), (account, &ben.token)] {
        assert!(change.expire_time.unwrap().seconds >= claims(token)["exp"].as_i64().unwrap());
    }
    let later = poll(&suite, page.cursor).await;
    assert_eq!((later.changes.len(), later.cursor, later.more), (0, page.cursor, false));
    assert_eq!(poll(&suite, start.cursor).await, page, "a cursor can be used again");
}

#[tokio::test]
async fn a_revocation_outlives_tokens_from_before_their_life_was_shortened() {
    let database = Database::new().await;
    let options = async |auth| Options { database: Some(database.share().await), auth, ..Options::default() };
    let before = Suite::with(options(vec!["--token-ttl", "2592000"]).await).await;
    let ann = before.user("Ann").await;
    drop(before);
    let suite = Suite::with(options(vec!["--token-ttl", "60"]).await).await;
    let token = suite.login(&ann.email, PASSWORD).await;
    suite.auth().logout_everywhere(as_caller(&token, LogoutEverywhereRequest {})).await.unwrap();
    let [change] = poll(&suite, 0).await.changes.try_into().unwrap();
    assert!(change.expire_time.unwrap().seconds >= claims(&ann.token)["exp"].as_i64().unwrap());
}

#[tokio::test]
async fn pages_are_complete_whatever_their_number() {
    for number in [1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE + 500] {
        let suite = Suite::start().await;
        let ids = revoke_many(&suite, number, "1 day").await;
        let first = poll(&suite, 0).await;
        assert_eq!((first.changes.len(), first.more), (number.min(PAGE), number > PAGE), "{number}");
        let (changes, cursor) = poll_all(&suite, 0).await;
        assert!(token_ids(&changes) == ids, "{number}: each comes once, in order");
        assert_eq!(poll(&suite, cursor).await.changes, []);
    }
}

#[tokio::test]
async fn what_has_expired_is_left_out() {
    let suite = Suite::start().await;
    revoke_many(&suite, 10, "-1 second").await;
    let ids = revoke_many(&suite, 2, "1 day").await;
    revoke_many(&suite, 10, "-1 second").await;
    assert_eq!(token_ids(&poll_all(&suite, 0).await.0), ids);
}

#[tokio::test]
async fn who_polls_while_many_log_out_misses_nobody() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let mut tokens = vec![ann.token.clone()];
    for _ in 0..14 {
        tokens.push(suite.login(&ann.email, PASSWORD).await);
    }
    let logouts = join_all(tokens.iter().map(async |token| {
        suite.auth().logout(as_caller(token, LogoutRequest {})).await.unwrap();
    }));
    let mut seen = Vec::new();
    let mut cursor = 0;
    let follow = async {
        while seen.len() < tokens.len() {
            let (changes, next) = poll_all(&suite, cursor).await;
            cursor = next;
            seen.extend(token_ids(&changes));
        }
    };
    let both = join(logouts, follow);
    tokio::time::timeout(PATIENCE, both).await.expect("every logout is seen");
    let mut expected: Vec<_> = tokens.iter().map(|token| claims(token)["jti"].as_str().unwrap().to_owned()).collect();
    expected.sort();
    seen.sort();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_change_that_commits_late_is_not_skipped() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let other = suite.login(&ann.email, PASSWORD).await;
    // A logout that holds its number, and has not committed: auth's own lock keeps others behind it.
    let mut client = suite.database.connect().await;
    let slow = client.transaction().await.unwrap();
    let late = "SELECT pg_advisory_xact_lock(hashtext('connectus.auth.access_changes'))";
    slow.batch_execute(late).await.unwrap();
    let insert = "INSERT INTO auth.access_changes (token_id, expires_at) VALUES (gen_random_uuid(), now() + '1 day')";
    slow.batch_execute(insert).await.unwrap();
    let mut auth = suite.auth();
    let logout = auth.logout(as_caller(&other, LogoutRequest {}));
    let (logout, ()) = join(logout, async {
        until(
            &suite.database,
            "SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        )
        .await;
        assert_eq!(poll(&suite, 0).await.changes, []);
        slow.commit().await.unwrap();
    })
    .await;
    logout.unwrap();
    let changes = poll_all(&suite, 0).await.0;
    assert_eq!(changes.len(), 2);
    assert_eq!(token_ids(&changes)[1], claims(&other)["jti"].as_str().unwrap());
}

#[tokio::test]
async fn a_cursor_from_nowhere_does_no_harm() {
    let suite = Suite::start().await;
    let ids = revoke_many(&suite, 3, "1 day").await;
    assert_eq!(token_ids(&poll(&suite, i64::MIN).await.changes), ids);
    let beyond = poll(&suite, i64::MAX).await;
    assert_eq!((beyond.changes.len(), beyond.cursor, beyond.more), (0, i64::MAX, false));
}

#[tokio::test]
async fn only_a_service_of_the_suite_may_poll() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let foreign = ServiceIdentity::random().sign(Request::new(PollAccessRequest::default()));
    let mut garbled = Request::new(PollAccessRequest::default());
    garbled.metadata_mut().insert("x-connectus-service", "x".parse().unwrap());
    let stranger = Request::new(PollAccessRequest::default());
    for request in [stranger, ann.asks(PollAccessRequest::default()), garbled, foreign] {
        let answer = suite.auth_internal().poll_access(request).await;
        assert_eq!(refusal(answer), (Code::PermissionDenied, ErrorReason::ServiceIdentityRequired));
    }
}
