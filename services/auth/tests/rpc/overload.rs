//! What happens when more passwords wait to be hashed than can be.

use std::time::Duration;

use connectus_platform::status;
use connectus_proto::{auth::v1::LoginRequest, common::v1::ErrorReason};
use connectus_testkit::{Options, PASSWORD, Suite, eventually, people::user_registration, refusal};
use tokio::task::JoinSet;
use tonic::{Code, Status};

use crate::support::{NEW_PASSWORD, is_accepted, login, register, reset_password, reset_token, signing_keys};

/// The cost of a hash that takes a second or more.
const SLOW: &str = "$09$";

const OVERLOADED: (Code, ErrorReason) = (Code::ResourceExhausted, ErrorReason::Overloaded);

/// A hash that takes seconds to compare with.
fn slow_hash() -> String {
    bcrypt::hash(PASSWORD, 4).unwrap().replacen("$04$", SLOW, 1)
}

/// Logs so many people in at once that the pool is full, until this is dropped. Returns how one is refused.
async fn crowd(suite: &Suite) -> (JoinSet<Status>, Status) {
    let people = format!(
        "INSERT INTO auth.accounts (id, email, email_key, password_hash, account_type) \
         SELECT gen_random_uuid(), 'p' || n || '@example.com', 'p' || n || '@example.com', '{}', 'user' \
         FROM generate_series(1, 50) n",
        slow_hash()
    );
    suite.database.execute(&people).await;
    let auth = suite.auth();
    let mut crowd = JoinSet::new();
    for number in 1..=50 {
        let (mut auth, id) = (auth.clone(), format!("p{number}@example.com"));
        let request = LoginRequest { id, password: PASSWORD.to_owned() };
        crowd.spawn(async move { auth.login(request).await.unwrap_err() });
    }
    let first = crowd.join_next().await.unwrap().unwrap();
    (crowd, first)
}

#[tokio::test]
async fn past_its_bound_auth_refuses_at_once_and_reads_go_on() {
    // On a busy machine a hash may end before all have asked, and make place for one of them.
    for _ in 0..5 {
        if all_are_refused().await {
            return;
        }
    }
    panic!("somebody was let in each time");
}

/// Asks for everything that takes a hash while none can be had. Answers whether all were refused.
async fn all_are_refused() -> bool {
    let suite = Suite::with(Options { auth: vec!["--hash-concurrency", "1"], ..Options::default() }).await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let token = reset_token(&suite, &ben.email).await;
    let (crowd, first) = crowd(&suite).await;
    assert_eq!(status::retry_after(&first), Some(Duration::from_secs(1)));
    assert_eq!(refusal::<()>(Err(first)), OVERLOADED);
    // All at once, so that no hash ends meanwhile.
    let (registered, known, unknown, reset, keys, reads) = tokio::join!(
        register(&suite, user_registration("Eve")),
        login(&suite, &ben.email, PASSWORD),
        login(&suite, "stranger@example.org", PASSWORD),
        reset_password(&suite, &token, NEW_PASSWORD),
        signing_keys(&suite),
        is_accepted(&suite, &ann.token),
    );
    if registered.is_ok() || known.is_ok() || unknown.is_ok() || reset.is_ok() {
        return false;
    }
    let refused = [refusal(registered), refusal(known), refusal(unknown), refusal(reset)];
    if refused.contains(&(Code::Unauthenticated, ErrorReason::LoginRefused)) {
        return false;
    }
    assert_eq!(refused, [OVERLOADED; 4]);
    assert!(keys.len() == 1 && reads, "what needs no hash goes on");
    drop(crowd);
    // Nothing came of what was refused, and who comes again is served.
    eventually("the link works", async || reset_password(&suite, &token, NEW_PASSWORD).await.ok()).await;
    login(&suite, &ben.email, NEW_PASSWORD).await.unwrap();
    register(&suite, user_registration("Eve")).await.unwrap();
    true
}
