//! Whether somebody has an account cannot be told from what auth answers, nor from how long it takes.

use std::{
    collections::BTreeSet,
    fmt::Debug,
    time::{Duration, Instant},
};

use connectus_proto::auth::v1::{RegisterRequest, RequestPasswordResetRequest, ResendVerificationRequest};
use connectus_testkit::{Options, PASSWORD, Suite, people::user_registration};

use crate::support::{login, register_and_read};

/// How many times each is tried, in turn; and how often again, where the machine was busy with something else meanwhile.
const SAMPLES: usize = 15;
const ROUNDS: usize = 3;

/// How much the times may differ: a hash costs as much.
const DIFFERENCE: Duration = Duration::from_millis(12);

/// Answers of an act, and their middle time, for those who have an account and for strangers, in turn. Each address is used once,
/// so that no throttle has its say.
async fn sample<T: Debug>(round: usize, act: &impl AsyncFn(String) -> T) -> [(BTreeSet<String>, Duration); 2] {
    let mut samples = [(BTreeSet::new(), Vec::new()), (BTreeSet::new(), Vec::new())];
    for number in round * SAMPLES..(round + 1) * SAMPLES {
        for (kind, (answers, times)) in ["known", "stranger"].into_iter().zip(&mut samples) {
            let began = Instant::now();
            let answer = act(format!("{kind}{number}@example.org")).await;
            times.push(began.elapsed());
            answers.insert(format!("{answer:?}"));
        }
    }
    samples.map(|(answers, mut times)| {
        times.sort();
        (answers, times[SAMPLES / 2])
    })
}

async fn assert_alike<T: Debug>(what: &str, act: impl AsyncFn(String) -> T) {
    let mut seen = Vec::new();
    for round in 0..ROUNDS {
        let [known, stranger] = sample(round, &act).await;
        assert_eq!(known.0, stranger.0, "{what}");
        assert_eq!(known.0.len(), 1, "{what}: {:?}", known.0);
        if known.1.abs_diff(stranger.1) < DIFFERENCE {
            return;
        }
        seen.push((known.1, stranger.1));
    }
    panic!("{what}: the known and the strangers took {seen:?}");
}

#[tokio::test]
async fn known_people_and_strangers_are_answered_alike_in_the_same_time() {
    let suite = Suite::with(Options { auth: vec!["--hash-concurrency", "1"], ..Options::default() }).await;
    register_and_read(&suite, user_registration("Ann")).await;
    // Everybody known has the password of Ann: half of them an old hash, which takes longer to compare with.
    let people = format!(
        "INSERT INTO auth.accounts (id, email, email_key, password_hash, account_type, email_verified_at) \
         SELECT gen_random_uuid(), 'known' || n || '@example.org', 'known' || n || '@example.org', \
                CASE n % 2 WHEN 0 THEN '{}' ELSE a.password_hash END, 'user', now() \
         FROM generate_series(0, {}) n, auth.accounts a",
        bcrypt::hash(PASSWORD, 10).unwrap(),
        ROUNDS * SAMPLES
    );
    suite.database.execute(&people).await;
    assert_alike("login", async |email: String| {
        let status = login(&suite, &email, "a wrong password").await.unwrap_err();
        (status.code(), status.message().to_owned(), status.details().to_vec())
    })
    .await;
    assert_alike("register", async |email: String| {
        let request = RegisterRequest { email, password: "another password".to_owned(), ..user_registration("Eve") };
        suite.auth().register(request).await.unwrap().into_inner()
    })
    .await;
    assert_alike("reset", async |email: String| {
        suite.auth().request_password_reset(RequestPasswordResetRequest { email }).await.unwrap().into_inner()
    })
    .await;
    assert_alike("resend", async |email: String| {
        suite.auth().resend_verification(ResendVerificationRequest { email }).await.unwrap().into_inner()
    })
    .await;
}
