//! What auth does after a commit: its mails, and what other services are to know of its accounts.

mod peers;

use chrono::Utc;
use connectus_platform::{
    client::Client,
    mail::{Content, Mail},
    outbox::{DeliveryError, Handler},
    service::{Links, Outgoing, Resources},
    store::Pool,
};
use uuid::Uuid;

use crate::{
    domain::{
        Error,
        account::{Account, EmailChange, LoginId, email_key},
        event::{Event, EventKind},
        link::{LinkClaims, Purpose},
        message::Message,
    },
    keys::KeyRing,
    mails,
    store::{self, links::NewLink},
};
pub use peers::Erasers;
pub(crate) use peers::Peers;

/// Delivers auth's messages.
pub(crate) struct Delivery {
    pool: Pool,
    outgoing: Outgoing,
    keys: KeyRing,
    peers: Peers,
}

impl Delivery {
    pub(crate) fn new(resources: &Resources, outgoing: &Outgoing, peers: Peers, keys: KeyRing) -> Self {
        Self { pool: resources.pool.clone(), outgoing: outgoing.clone(), keys, peers }
    }

    async fn verify(&self, id: Uuid, email: &str) -> Result<(), DeliveryError> {
        match self.find(email).await? {
            Some(account) if account.email_verified_at.is_none() => {
                let link = self.link(account.id, Purpose::VerifyEmail, Some(&account.email), None).await?;
                let Some(token) = link else { return Ok(()) };
                self.send(id, &account.email, mails::verify_email(&verify_link(&self.outgoing.links, &token))).await
            }
            Some(_) => Ok(()),
            None => {
                for change in store::email_changes::find_pending(&self.pool, email).await? {
                    self.confirm_change(id, &change).await?;
                }
                Ok(())
            }
        }
    }

    async fn reset_password(&self, id: Uuid, email: &str, client: Client) -> Result<(), DeliveryError> {
        let Some(account) = self.find(email).await? else { return Ok(()) };
        let asked = Event::new(account.id, EventKind::PasswordResetRequested, client);
        store::events::record_once(&self.pool, id, &asked).await?;
        let Some(link) = self.reset_link(&account).await? else { return Ok(()) };
        self.send(id, &account.email, mails::reset_password(&link)).await
    }

    async fn tell_registered(&self, id: Uuid, email: &str) -> Result<(), DeliveryError> {
        let Some(account) = self.find(email).await? else { return Ok(()) };
        let Some(link) = self.reset_link(&account).await? else { return Ok(()) };
        self.send(id, &account.email, mails::already_registered(&link)).await
    }

    /// Mails the new address of a change that still waits: the link that confirms it, or that it has an account already.
    async fn confirm_change(&self, id: Uuid, change: &EmailChange) -> Result<(), DeliveryError> {
        if change.is_confirmed {
            return Ok(());
        }
        // Who registered with it and never proved to read it has no right to it.
        let owner = self.find(&change.new_email).await?.filter(|account| account.email_verified_at.is_some());
        let content = if let Some(account) = owner {
            self.reset_link(&account).await?.map(|link| mails::email_change_refused(&link))
        } else {
            let token = self.link(change.account_id, Purpose::VerifyEmail, None, Some(change.id)).await?;
            let link = |token| format!("{}/v1/auth/confirm-email-change/{token}", self.outgoing.links.public_url);
            token.map(|token| mails::email_change(&link(token)))
        };
        let Some(content) = content else { return Ok(()) };
        self.send(id, &change.new_email, content).await
    }

    async fn tell_of_change(&self, id: Uuid, change: &EmailChange) -> Result<(), DeliveryError> {
        let token = self.link(change.account_id, Purpose::UndoEmailChange, None, Some(change.id)).await?;
        let Some(token) = token else { return Ok(()) };
        let link = format!("{}/v1/auth/undo-email-change/{token}", self.outgoing.links.public_url);
        self.send(id, &change.old_email, mails::email_change_notice(&link, &change.new_email)).await
    }

    async fn reset_link(&self, account: &Account) -> Result<Option<String>, DeliveryError> {
        let token = self.link(account.id, Purpose::ResetPassword, Some(&account.email), None).await?;
        let Links { public_url, site_url } = &self.outgoing.links;
        Ok(token.map(|token| format!("{}/password-reset/{token}", site_url.as_ref().unwrap_or(public_url))))
    }

    /// The token of a link to an address, or for a change of address; none if what it is for has changed meanwhile. It is made only
    /// now, so that neither the outbox nor the database ever holds something that opens an account.
    async fn link(
        &self,
        account_id: Uuid,
        purpose: Purpose,
        email: Option<&str>,
        email_change_id: Option<Uuid>,
    ) -> Result<Option<String>, DeliveryError> {
        let expires_at = Utc::now() + purpose.ttl();
        let claims = LinkClaims::new(purpose, account_id, Uuid::now_v7(), expires_at.timestamp());
        let token = self.keys.sign(&claims).await.map_err(retry)?;
        let link = NewLink { token: &token, account_id, purpose, email, email_change_id, expires_at };
        let is_added = store::links::insert(&self.pool, &link).await?;
        Ok(is_added.then_some(token))
    }

    async fn send(&self, id: Uuid, to: &str, content: askama::Result<Content>) -> Result<(), DeliveryError> {
        let content = content.map_err(|error| DeliveryError::Refused(error.to_string()))?;
        self.outgoing.mailer.send(Mail::new(id, to.to_owned(), content)).await
    }

    async fn find(&self, email: &str) -> Result<Option<Account>, DeliveryError> {
        Ok(store::accounts::find(&self.pool, &LoginId::Email(email_key(email))).await?)
    }
}

impl Handler for Delivery {
    type Message = Message;

    async fn deliver(&self, id: Uuid, message: Message) -> Result<(), DeliveryError> {
        match message {
            Message::VerificationMail { email } => self.verify(id, &email).await,
            Message::PasswordResetMail { email, client_address, device } => {
                let client = Client::new(client_address.parse().ok(), &device);
                self.reset_password(id, &email, client).await
            }
            Message::AlreadyRegisteredMail { email } => self.tell_registered(id, &email).await,
            Message::PasswordChangedMail { email } => self.send(id, &email, mails::password_changed()).await,
            Message::DeletedMail { email } => self.send(id, &email, mails::deleted()).await,
            Message::EmailChangeMail { change_id } => match store::email_changes::find(&self.pool, change_id).await? {
                Some(change) => self.confirm_change(id, &change).await,
                None => Ok(()),
            },
            Message::EmailChangeNotice { change_id } => {
                match store::email_changes::find(&self.pool, change_id).await? {
                    Some(change) => self.tell_of_change(id, &change).await,
                    None => Ok(()),
                }
            }
            Message::CreateAccount { account_id, email, created_at, owner } => {
                // Whoever was deleted meanwhile stays so.
                match store::accounts::find(&self.pool, &LoginId::Account(account_id)).await? {
                    Some(_) => self.peers.create_account(account_id, email, created_at, owner).await,
                    None => Ok(()),
                }
            }
            Message::SetEmail { account_id, email, version } => self.peers.set_email(account_id, email, version).await,
            Message::RefreshVolunteer { account_id } => self.peers.refresh_volunteer(account_id).await,
            Message::EraseAccount { account_id, service } => self.peers.erase_account(account_id, service).await,
        }
    }
}

fn verify_link(links: &Links, token: &str) -> String {
    format!("{}/v1/auth/verify-email/{token}", links.public_url)
}

fn retry(error: Error) -> DeliveryError {
    DeliveryError::Retry(match error {
        Error::Store(error) => error.to_string(),
        _ => "the link cannot be signed".to_owned(),
    })
}
