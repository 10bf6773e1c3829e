//! Register: a new account, its verification mail, and its profile in the account service.

use chrono::{NaiveDate, Utc};
use connectus_proto::auth::v1::{RegisterRequest, RegisterResponse};
use tonic::Request;
use uuid::Uuid;

use super::{Answer, Auth};
use crate::{
    domain::{Error, account::Account, message::Message, registration::Registration},
    store,
};

pub(super) async fn register(auth: &Auth, request: Request<RegisterRequest>) -> Answer<RegisterResponse> {
    let account_id = register_account(auth, request.into_inner()).await?;
    Ok(RegisterResponse { account_id: account_id.to_string() }.into())
}

async fn register_account(auth: &Auth, request: RegisterRequest) -> Result<Uuid, Error> {
    let registration = Registration::new(request, latest_date())?;
    let password_hash = auth.hasher.hash(&registration.password).await?;
    let account = Account {
        id: Uuid::now_v7(),
        email: registration.email,
        password_hash,
        account_type: registration.owner.account_type(),
        email_verified_at: None,
        session_generation: 0,
    };
    let mail = Message::VerificationMail { email: account.email.clone() };
    let create = Message::CreateAccount {
        account_id: account.id,
        email: account.email.clone(),
        created_at: Utc::now(),
        owner: registration.owner,
    };
    store::accounts::insert(&auth.pool, &account, &[(Uuid::now_v7(), create), (Uuid::now_v7(), mail)]).await?;
    auth.outbox.wake();
    Ok(account.id)
}

/// Today, where on Earth the day began first: nobody is told that their own day is in the future.
fn latest_date() -> NaiveDate {
    (Utc::now() + chrono::TimeDelta::hours(14)).date_naive()
}
