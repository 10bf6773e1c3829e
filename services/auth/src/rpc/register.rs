//! Register: a new account, its verification mail, and its profile in the account service.

use std::time::Duration;

use chrono::{NaiveDate, Utc};
use connectus_platform::{client::Client, context};
use connectus_proto::auth::v1::{RegisterRequest, RegisterResponse};
use tokio::time::{Instant, sleep_until};
use tonic::Request;
use uuid::Uuid;

use super::{Answer, Auth, guard};
use crate::{
    domain::{
        Error,
        account::{Account, LoginId, email_key},
        message::Message,
        registration::Registration,
    },
    hashing::Verdict,
    store,
};

/// Answers leave at whole steps of time: what is done for a new address and for one that has an account differs by less.
const STEP: Duration = Duration::from_millis(50);

pub(super) async fn register(auth: &Auth, request: Request<RegisterRequest>) -> Answer<RegisterResponse> {
    let began = Instant::now();
    let registration = Registration::new(request.into_inner(), latest_date())?;
    let registered = register_account(auth, registration, context::client()).await;
    sleep_until(began + next_step(began.elapsed())).await;
    registered?;
    Ok(RegisterResponse {}.into())
}

async fn register_account(auth: &Auth, registration: Registration, client: Client) -> Result<(), Error> {
    guard::admit_mail(auth, &registration.email, &client).await?;
    if let Some(account) = find(auth, &registration.email).await? {
        return register_again(auth, &account, &registration, client).await;
    }
    match make_account(auth, &registration, client.clone()).await {
        // Somebody else was a moment faster.
        Err(Error::EmailTaken) => match find(auth, &registration.email).await? {
            Some(account) => register_again(auth, &account, &registration, client).await,
            None => Err(Error::EmailTaken),
        },
        made => made,
    }
}

async fn find(auth: &Auth, email: &str) -> Result<Option<Account>, Error> {
    Ok(store::accounts::find(&auth.pool, &LoginId::Email(email_key(email))).await?)
}

async fn make_account(auth: &Auth, registration: &Registration, client: Client) -> Result<(), Error> {
    let Registration { email, password, owner } = registration;
    let account = Account {
        id: Uuid::now_v7(),
        email: email.clone(),
        password_hash: auth.hasher.hash(password).await?,
        account_type: owner.account_type(),
        email_verified_at: None,
        session_generation: 0,
        locked_at: None,
    };
    let created_at = Utc::now();
    let mail = Message::VerificationMail { email: email.clone() };
    let (account_id, email, owner) = (account.id, email.clone(), owner.clone());
    let create = Message::CreateAccount { account_id, email, created_at, owner };
    store::accounts::register(&auth.pool, &account, created_at, &[create, mail], client).await?;
    auth.outbox.wake();
    Ok(())
}

/// Only who knows the password of the account that the address has is told that it has one; its owner is told by mail.
async fn register_again(
    auth: &Auth,
    account: &Account,
    registration: &Registration,
    client: Client,
) -> Result<(), Error> {
    // A hash of the former system takes longer to compare with than a new one takes to make.
    let hash = Some(account.password_hash.as_str()).filter(|hash| !hash.starts_with("$2"));
    if auth.hasher.verify(&registration.password, hash).await? != Verdict::Wrong {
        return Err(Error::EmailTaken);
    }
    store::accounts::register_again(&auth.pool, account, client).await?;
    auth.outbox.wake();
    Ok(())
}

/// The end of the step of time that an answer is ready in.
fn next_step(elapsed: Duration) -> Duration {
    let steps = elapsed.as_micros().div_ceil(STEP.as_micros()).max(1);
    STEP * u32::try_from(steps).unwrap_or(u32::MAX)
}

/// Today, where on Earth the day began first: nobody is told that their own day is in the future.
fn latest_date() -> NaiveDate {
    (Utc::now() + chrono::TimeDelta::hours(14)).date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_waits_for_the_end_of_its_step() {
        for (elapsed, expected) in [(0, 50), (1, 50), (50, 50), (51, 100), (140, 150)] {
            assert_eq!(next_step(Duration::from_millis(elapsed)), Duration::from_millis(expected));
        }
    }
}
