//! What auth does after a commit: its mails, and the accounts of those who registered.

use chrono::Datelike;
use chrono::{NaiveDate, Utc};
use connectus_platform::{
    identity::ServiceIdentity,
    mail::Mail,
    outbox::{DeliveryError, Handler},
    service::{Outgoing, Resources},
    store::Pool,
};
use connectus_proto::{
    account::v1::{
        CreateAccountRequest, account_internal_service_client::AccountInternalServiceClient, create_account_request,
    },
    auth::v1::{OrganizationRegistration, UserRegistration},
    common::v1::Date,
};
use prost_types::Timestamp;
use tonic::{Code, Request, Status};
use uuid::Uuid;

use crate::{
    domain::{
        Error,
        account::{Account, LoginId, email_key},
        link::{LINK_TTL, LinkClaims, Purpose},
        message::Message,
        registration::Owner,
    },
    keys::KeyRing,
    mails, store,
};

/// Delivers auth's messages.
pub(crate) struct Delivery {
    pool: Pool,
    identity: ServiceIdentity,
    outgoing: Outgoing,
    keys: KeyRing,
}

impl Delivery {
    pub(crate) fn new(resources: &Resources, outgoing: &Outgoing, keys: KeyRing) -> Self {
        let Resources { pool, identity, .. } = resources.clone();
        Self { pool, identity, outgoing: outgoing.clone(), keys }
    }

    /// Sends a link for a purpose. The token is made only now, so that neither the outbox nor the database ever holds
    /// something that opens an account.
    async fn mail_link(&self, id: Uuid, account: &Account, purpose: Purpose) -> Result<(), DeliveryError> {
        let expires_at = Utc::now() + LINK_TTL;
        let claims = LinkClaims::new(purpose, account.id, Uuid::now_v7(), expires_at.timestamp());
        let token = self.keys.sign(&claims).await.map_err(retry)?;
        store::links::insert(&self.pool, account.id, purpose, &token, expires_at).await?;
        let links = &self.outgoing.links;
        let content = match purpose {
            Purpose::VerifyEmail => mails::verify_email(&format!("{}/v1/auth/verify-email/{token}", links.public_url)),
            Purpose::ResetPassword => {
                let site = links.site_url.as_ref().unwrap_or(&links.public_url);
                mails::reset_password(&format!("{site}/password-reset/{token}"))
            }
        };
        let content = content.map_err(|error| DeliveryError::Refused(error.to_string()))?;
        self.outgoing.mailer.send(Mail::new(id, account.email.clone(), content)).await
    }

    async fn find(&self, email: &str) -> Result<Option<Account>, DeliveryError> {
        Ok(store::accounts::find(&self.pool, &LoginId::Email(email_key(email))).await?)
    }

    async fn create_account(&self, request: CreateAccountRequest) -> Result<(), DeliveryError> {
        let mut client = AccountInternalServiceClient::new(self.outgoing.account.clone());
        match client.create_account(self.identity.sign(Request::new(request))).await {
            Ok(_) => Ok(()),
            Err(status) if status.code() == Code::InvalidArgument => Err(DeliveryError::Refused(describe(&status))),
            Err(status) => Err(DeliveryError::Retry(describe(&status))),
        }
    }
}

impl Handler for Delivery {
    type Message = Message;

    async fn deliver(&self, id: Uuid, message: Message) -> Result<(), DeliveryError> {
        match message {
            Message::VerificationMail { email } => match self.find(&email).await? {
                Some(account) if account.email_verified_at.is_none() => {
                    self.mail_link(id, &account, Purpose::VerifyEmail).await
                }
                Some(_) | None => Ok(()),
            },
            Message::PasswordResetMail { email } => match self.find(&email).await? {
                Some(account) => self.mail_link(id, &account, Purpose::ResetPassword).await,
                None => Ok(()),
            },
            Message::CreateAccount { account_id, email, created_at, owner } => {
                let create_time = Some(Timestamp { seconds: created_at.timestamp(), nanos: 0 });
                let owner = Some(owner.into());
                let account_id = account_id.to_string();
                self.create_account(CreateAccountRequest { account_id, email, create_time, owner }).await
            }
        }
    }
}

impl From<Owner> for create_account_request::Owner {
    fn from(owner: Owner) -> Self {
        match owner {
            Owner::User { first_name, birthday } => {
                Self::User(UserRegistration { first_name, birthday: Some(to_date(birthday)) })
            }
            Owner::Organization { preferred_name, is_nonprofit } => {
                Self::Organization(OrganizationRegistration { preferred_name, is_nonprofit })
            }
        }
    }
}

/// A day as the contracts write it; months and days fit whatever holds them.
fn to_date(date: NaiveDate) -> Date {
    Date { year: date.year(), month: date.month().cast_signed(), day: date.day().cast_signed() }
}

fn retry(error: Error) -> DeliveryError {
    DeliveryError::Retry(match error {
        Error::Store(error) => error.to_string(),
        _ => "the link cannot be signed".to_owned(),
    })
}

/// What went wrong, without the message, which may quote the request.
fn describe(status: &Status) -> String {
    format!("account answered {:?}", status.code())
}
