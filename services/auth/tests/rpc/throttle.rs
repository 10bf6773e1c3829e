//! How often passwords may be guessed and strangers be mailed: counted in the database, before anything is hashed.

use std::time::{Duration, Instant};

use connectus_platform::status;
use connectus_proto::{
    auth::v1::{
        ChangePasswordRequest, LoginRequest, RegisterRequest, RequestPasswordResetRequest, ResendVerificationRequest,
    },
    common::v1::ErrorReason,
};
use connectus_testkit::{Database, Options, PASSWORD, Person, Suite, people::user_registration, refusal};
use futures::future::join_all;
use tonic::{Code, Request, Status};

use crate::support::{
    LOGIN_REFUSED, NEW_PASSWORD, login, register, register_and_read, request_reset, reset_password, reset_token,
};

const THROTTLED: (Code, ErrorReason) = (Code::ResourceExhausted, ErrorReason::TooManyAttempts);

/// How many guesses an account takes at once, and how many mails an address.
const GUESSES: usize = 20;
const MAILS: usize = 10;

fn from<M>(address: &str, message: M) -> Request<M> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("x-connectus-client-address", address.parse().unwrap());
    request
}

async fn guess(suite: &Suite, id: &str) -> Result<(), Status> {
    login(suite, id, "a wrong password").await.map(drop)
}

async fn guess_from(suite: &Suite, address: &str, id: &str) -> Result<(), Status> {
    let request = LoginRequest { id: id.to_owned(), password: "a wrong password".to_owned() };
    suite.auth().login(from(address, request)).await.map(drop)
}

async fn two_replicas() -> (Suite, Suite, Person) {
    let database = Database::new().await;
    let first = Suite::with(Options { database: Some(database.share().await), ..Options::default() }).await;
    let ann = first.user("Ann").await;
    let second = Suite::with(Options { database: Some(database), ..Options::default() }).await;
    (first, second, ann)
}

/// How many of the answers were refused for the throttle; the rest for the password.
fn throttled(answers: Vec<Result<(), Status>>) -> usize {
    let refusals = answers.into_iter().map(refusal);
    refusals
        .filter(|refused| {
            if *refused == THROTTLED {
                true
            } else {
                assert_eq!(*refused, LOGIN_REFUSED);
                false
            }
        })
        .count()
}

#[tokio::test]
async fn of_a_hundred_guesses_at_once_over_two_replicas_exactly_the_allowed_number_is_looked_at() {
    let (first, second, ann) = two_replicas().await;
    // By whichever name the account is called.
    let guesses = (0..100).map(|number| {
        let suite = if number % 2 == 0 { &first } else { &second };
        guess(suite, if number % 3 == 0 { &ann.id } else { &ann.email })
    });
    assert_eq!(throttled(join_all(guesses).await), 100 - GUESSES);
    let refused = login(&first, &ann.email, PASSWORD).await;
    assert_eq!(refusal(refused), THROTTLED, "the right password is not looked at either");
}

#[tokio::test]
async fn guesses_at_an_account_that_there_is_not_are_counted_alike() {
    let (first, second, _) = two_replicas().await;
    let guesses = (0..60).map(|number| guess(if number % 2 == 0 { &first } else { &second }, "stranger@example.org"));
    assert_eq!(throttled(join_all(guesses).await), 60 - GUESSES);
}

#[tokio::test]
async fn who_is_refused_is_told_when_to_come_again() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    join_all((0..GUESSES).map(|_| guess(&suite, &ann.email))).await;
    let status = guess(&suite, &ann.email).await.unwrap_err();
    let wait = status::retry_after(&status).unwrap();
    assert!(wait > Duration::from_secs(50) && wait <= Duration::from_mins(1), "{wait:?}");
    // As if that time had passed.
    suite.database.execute("UPDATE auth.throttles SET expires_at = expires_at - interval '1 minute'").await;
    assert_eq!(refusal(guess(&suite, &ann.email).await), LOGIN_REFUSED);
    assert_eq!(refusal(guess(&suite, &ann.email).await), THROTTLED);
}

#[tokio::test]
async fn who_gets_it_right_starts_again() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for _ in 0..2 {
        join_all((1..GUESSES).map(|_| guess(&suite, &ann.email))).await;
        login(&suite, &ann.email, PASSWORD).await.unwrap();
    }
    // A new password by mail helps who was locked out by a stranger.
    join_all((0..GUESSES).map(|_| guess(&suite, &ann.email))).await;
    assert_eq!(refusal(login(&suite, &ann.email, PASSWORD).await), THROTTLED);
    let link = reset_token(&suite, &ann.email).await;
    reset_password(&suite, &link, NEW_PASSWORD).await.unwrap();
    login(&suite, &ann.email, NEW_PASSWORD).await.unwrap();
}

#[tokio::test]
async fn who_gets_it_right_is_counted_neither_for_the_account_nor_for_the_address() {
    const COUNTED: &str = "SELECT count(*) FROM auth.throttles WHERE expires_at > now() + interval '6 seconds'";
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    suite.database.execute("DELETE FROM auth.throttles").await;
    for _ in 0..5 {
        let request = LoginRequest { id: ann.email.clone(), password: PASSWORD.to_owned() };
        suite.auth().login(from("192.0.2.9", request)).await.unwrap();
    }
    assert_eq!(suite.database.value::<i64>(COUNTED).await, 0);
    // The address's own is there, and as good as forgotten.
    assert_eq!(suite.database.value::<i64>("SELECT count(*) FROM auth.throttles").await, 1);
}

#[tokio::test]
async fn one_client_guesses_at_so_many_accounts_and_others_go_on() {
    let suite = Suite::start().await;
    let (mut answers, began) = (Vec::new(), Instant::now());
    // Not so many at once that there is no room to hash.
    for chunk in 0..11 {
        let people = (0..10).map(|number| format!("person{chunk}.{number}@example.org"));
        let guesses = people.map(|id| {
            let suite = &suite;
            async move { guess_from(suite, "192.0.2.7", &id).await }
        });
        answers.extend(join_all(guesses).await);
    }
    // One more is allowed each six seconds.
    let refused = throttled(answers);
    let refilled = usize::try_from(began.elapsed().as_secs() / 6).unwrap() + 1;
    assert!(refused <= 10 && refused + refilled >= 10, "{refused} after {:?}", began.elapsed());
    suite.database.execute("UPDATE auth.throttles SET expires_at = expires_at + interval '10 minutes'").await;
    assert_eq!(refusal(guess_from(&suite, "192.0.2.7", "another@example.org").await), THROTTLED);
    assert_eq!(refusal(guess_from(&suite, "192.0.2.8", "person1.1@example.org").await), LOGIN_REFUSED);
}

#[tokio::test]
async fn a_password_that_is_asked_for_again_is_guessed_no_more_often() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let request = || ChangePasswordRequest { password: "a guess".to_owned(), new_password: NEW_PASSWORD.to_owned() };
    let guesses = (0..GUESSES + 5).map(|_| {
        let (mut auth, request) = (suite.auth(), ann.asks(request()));
        async move { auth.change_password(request).await.map(drop) }
    });
    let refused = join_all(guesses).await.into_iter().map(refusal).filter(|refused| *refused == THROTTLED).count();
    assert_eq!(refused, 5);
    login(&suite, &ann.email, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn strangers_do_not_use_up_the_guesses_of_who_is_logged_in() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    join_all((0..=GUESSES).map(|_| guess(&suite, &ann.email))).await;
    assert_eq!(refusal(login(&suite, &ann.email, PASSWORD).await), THROTTLED);
    let request = ChangePasswordRequest { password: PASSWORD.to_owned(), new_password: NEW_PASSWORD.to_owned() };
    suite.auth().change_password(ann.asks(request)).await.unwrap();
}

#[tokio::test]
async fn an_address_is_mailed_so_often_whoever_asks() {
    let suite = Suite::start().await;
    for email in ["ann@example.org", "stranger@example.org"] {
        let asked = (0..MAILS + 4).map(|number| {
            let (mut auth, email) = (suite.auth(), email.to_owned());
            async move {
                if number % 2 == 0 {
                    auth.request_password_reset(RequestPasswordResetRequest { email }).await.map(drop)
                } else {
                    auth.resend_verification(ResendVerificationRequest { email: email.to_uppercase() }).await.map(drop)
                }
            }
        });
        let refused: Vec<_> = join_all(asked).await.into_iter().filter(Result::is_err).map(refusal).collect();
        assert_eq!(refused, [THROTTLED; 4], "{email}");
        let again = RegisterRequest { email: email.to_owned(), ..user_registration("Ann") };
        assert_eq!(refusal(register(&suite, again).await), THROTTLED, "{email}");
    }
    request_reset(&suite, "ben@example.org").await.unwrap();
}

#[tokio::test]
async fn who_guesses_on_and_on_does_not_fill_the_record() {
    let suite = Suite::start().await;
    register_and_read(&suite, user_registration("Ann")).await;
    join_all((0..GUESSES + 20).map(|_| guess(&suite, "ann@example.org"))).await;
    let count = "SELECT count(*) FROM auth.security_events WHERE kind = 'throttled'";
    assert_eq!(suite.database.value::<i64>(count).await, 1);
}

#[tokio::test]
async fn a_registration_with_a_taken_address_is_a_guess_at_its_password_too() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for email in [ann.email.as_str(), "stranger@example.org"] {
        join_all((0..GUESSES).map(|_| guess(&suite, email))).await;
        let request = RegisterRequest { email: email.to_owned(), ..user_registration("Ann") };
        assert_eq!(refusal(register(&suite, request).await), THROTTLED, "{email}");
    }
}
