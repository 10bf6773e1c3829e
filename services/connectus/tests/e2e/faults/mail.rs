//! A mail server that is away for a while, in every way.

use connectus_testkit::{Behaviour, MailServer};

use super::workers::{ANN, Workers};

/// What waits for another attempt, and is not under way: a lease is longer than any of the first waits.
const FAILED: &str = "last_error IS NOT NULL AND due_at < now() + interval '1 minute'";
/// What is under way.
const UNDER_WAY: &str = "due_at > now() + interval '1 minute'";
/// Whose mails the server never takes.
const POISON: &str = "poison@example.org";

#[tokio::test]
async fn mails_wait_out_a_server_that_refuses_hangs_up_or_says_nothing() {
    let mut workers = Workers::start().await;
    let address = workers.mail.address();
    let poisoned = format!(
        "INSERT INTO auth.accounts (id, email, email_key, password_hash, account_type) \
         VALUES (gen_random_uuid(), '{POISON}', '{POISON}', '', 'user')"
    );
    workers.database.execute(&poisoned).await;

    // Nobody listens.
    workers.mail = MailServer::start().await;
    workers.enqueue(0..1, POISON).await;
    workers.enqueue(1..21, ANN).await;
    workers.until(21, &format!("{FAILED} AND last_error = 'the mail server cannot be reached'")).await;

    // It hangs up in the middle of each mail.
    workers.mail = MailServer::start_at(address).await;
    workers.mail.behave(Behaviour::HangUp);
    workers.database.execute("UPDATE auth.outbox SET last_error = NULL").await;
    workers.hurry().await;
    workers.until(21, FAILED).await;

    // It says nothing, until it ends.
    workers.mail.behave(Behaviour::Silent);
    workers.hurry().await;
    workers.until(21, UNDER_WAY).await;
    assert_eq!(workers.copies(), [].into());
    drop(std::mem::replace(&mut workers.mail, MailServer::start().await));
    workers.until(21, FAILED).await;

    // It is back, and takes all but one, which delays no other.
    workers.mail = MailServer::start_at(address).await;
    workers.mail.behave_towards(POISON, Behaviour::Trouble);
    workers.hurry().await;
    workers.until(1, "true").await;
    assert_eq!(workers.copies(), (1..21).map(|number| (number, 1)).collect(), "each is sent once");
    workers.mail.behave_towards(POISON, Behaviour::Accept);
    workers.hurry().await;
    workers.mail.next(POISON).await;
    workers.until_sent().await;
}
