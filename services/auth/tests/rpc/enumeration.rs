//! Whether somebody has an account cannot be told from what auth answers, nor from how long it takes.

use std::{
    fmt::Debug,
    time::{Duration, Instant},
};

use connectus_proto::auth::v1::{RegisterRequest, RequestPasswordResetRequest, ResendVerificationRequest};
use connectus_testkit::{Options, PASSWORD, Suite, people::user_registration};

use crate::support::{login, register_and_read};

/// How many times each is tried, in turn.
const SAMPLES: usize = 15;

/// How much the times may differ that ten thousand samples might tell apart over a network: the noise of a busy machine is more.
const DIFFERENCE: Duration = Duration::from_millis(15);

/// Answers and times of an act on an address, in turn of those who have an account and of strangers; each address is used once, so that
/// no throttle has its say.
async fn sample<T: Debug>(act: impl AsyncFn(String) -> T) -> [(Vec<String>, Duration); 2] {
    let mut samples = [(Vec::new(), Vec::new()), (Vec::new(), Vec::new())];
    for number in 0..SAMPLES {
        for (kind, (answers, times)) in ["known", "stranger"].into_iter().zip(&mut samples) {
            let began = Instant::now();
            let answer = act(format!("{kind}{number}@example.org")).await;
            times.push(began.elapsed());
            answers.push(format!("{answer:?}"));
        }
    }
    samples.map(|(answers, mut times)| {
        times.sort();
        (answers, times[SAMPLES / 2])
    })
}

fn assert_alike([known, stranger]: [(Vec<String>, Duration); 2], what: &str) {
    // The date of an answer, and nothing else, differs by chance.
    let first = |answers: &[String]| answers[0].split("date").next().unwrap_or_default().to_owned();
    assert_eq!(first(&known.0), first(&stranger.0), "{what}");
    let difference = known.1.abs_diff(stranger.1);
    assert!(difference < DIFFERENCE, "{what}: {:?} and {:?}", known.1, stranger.1);
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
         FROM generate_series(0, {SAMPLES}) n, auth.accounts a",
        bcrypt::hash(PASSWORD, 10).unwrap()
    );
    suite.database.execute(&people).await;
    let logins = sample(async |email: String| {
        let status = login(&suite, &email, "a wrong password").await.unwrap_err();
        (status.code(), status.message().to_owned(), status.details().to_vec())
    });
    assert_alike(logins.await, "login");
    let registrations = sample(async |email: String| {
        let request = RegisterRequest { email, password: "another password".to_owned(), ..user_registration("Eve") };
        suite.auth().register(request).await.unwrap().into_inner()
    });
    assert_alike(registrations.await, "register");
    let resets = sample(async |email: String| {
        suite.auth().request_password_reset(RequestPasswordResetRequest { email }).await.unwrap().into_inner()
    });
    assert_alike(resets.await, "reset");
    let resends = sample(async |email: String| {
        suite.auth().resend_verification(ResendVerificationRequest { email }).await.unwrap().into_inner()
    });
    assert_alike(resends.await, "resend");
}
