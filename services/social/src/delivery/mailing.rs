//! Mails about notifications, to who wants them.

use chrono::TimeDelta;
use connectus_platform::{
    identity::ServiceIdentity,
    mail::{Content, Mail},
    outbox::DeliveryError,
    service::{Outgoing, Resources},
    store::Pool,
};
use connectus_proto::account::v1::GetContactResponse;
use uuid::Uuid;

use crate::{
    Config,
    accounts::Accounts,
    domain::{Error, notification::Notification},
    mails::{self, Frame, Line},
    store, unsubscription,
};

/// Mails notifications.
pub(super) struct Mailing {
    pool: Pool,
    identity: ServiceIdentity,
    outgoing: Outgoing,
    accounts: Accounts,
    digest_interval: TimeDelta,
}

impl Mailing {
    pub(super) fn new(config: &Config, resources: &Resources, outgoing: &Outgoing, accounts: Accounts) -> Self {
        let Resources { pool, identity, .. } = resources.clone();
        Self { pool, identity, outgoing: outgoing.clone(), accounts, digest_interval: config.digest_interval() }
    }

    /// Mails a notification that waits for an answer, unless it was taken away meanwhile.
    pub(super) async fn mail_one(&self, id: Uuid, notification_id: Uuid) -> Result<(), DeliveryError> {
        let Some(notification) = store::notifications::find(&self.pool, notification_id).await? else { return Ok(()) };
        let account_id = notification.account_id;
        let Some(contact) = self.contact(account_id).await? else { return Ok(()) };
        let Some(line) = self.lines(account_id, vec![notification]).await?.pop() else { return Ok(()) };
        self.send(id, account_id, &contact, |frame| mails::notification(line, frame)).await
    }

    /// Mails what an account was notified of since the last digest. The mail has the id of the last news: one that tells of more
    /// than a mail whose sending was not noted is another.
    pub(super) async fn mail_digest(&self, account_id: Uuid) -> Result<(), DeliveryError> {
        let Some((news, last)) = store::digests::read(&self.pool, account_id).await? else { return Ok(()) };
        if let Some(contact) = self.contact(account_id).await? {
            let lines = self.lines(account_id, news).await?;
            if !lines.is_empty() {
                self.send(last, account_id, &contact, |frame| mails::digest(&lines, frame)).await?;
            }
        }
        Ok(store::digests::finish(&self.pool, account_id, last, self.digest_interval).await?)
    }

    /// Who is mailed; nobody who is gone, or does not want it.
    async fn contact(&self, account_id: Uuid) -> Result<Option<GetContactResponse>, DeliveryError> {
        let contact = self.accounts.contact(account_id).await.map_err(passing)?;
        Ok(contact.filter(|contact| contact.email_notifications))
    }

    /// What there is to say about notifications, as their account may see who is behind them.
    async fn lines(&self, account_id: Uuid, news: Vec<Notification>) -> Result<Vec<Line>, DeliveryError> {
        let actors: Vec<Uuid> = news.iter().filter_map(|notification| notification.actor_id).collect();
        let relations = self.accounts.relations(Some(account_id), actors).await.map_err(passing)?;
        let line = |notification: Notification| {
            let actor = match notification.actor_id {
                Some(actor) => Some(relations.get(&actor).filter(|relation| !relation.is_blocked)?.name.as_str()),
                None => None,
            };
            Some(Line::new(notification.kind, actor, &notification.content))
        };
        Ok(news.into_iter().filter_map(line).collect())
    }

    async fn send(
        &self,
        id: Uuid,
        account_id: Uuid,
        contact: &GetContactResponse,
        write: impl FnOnce(&Frame<'_>) -> askama::Result<Content>,
    ) -> Result<(), DeliveryError> {
        let token = unsubscription::token(&self.identity, account_id);
        let unsubscribe = format!("{}/v1/notifications/unsubscribe/{token}", self.outgoing.links.public_url);
        let site = self.outgoing.links.site_url.as_deref();
        let content = write(&Frame { name: &contact.name, site, unsubscribe: &unsubscribe });
        let content = content.map_err(|error| DeliveryError::Refused(error.to_string()))?;
        let mail = Mail::new(id, contact.email.clone(), content).unsubscribable(unsubscribe);
        self.outgoing.mailer.send(mail).await
    }
}

fn passing(error: Error) -> DeliveryError {
    match error {
        Error::Store(error) => error.into(),
        _ => DeliveryError::Retry("account does not answer".to_owned()),
    }
}
