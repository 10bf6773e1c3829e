//! Mails about notifications, to who wants them.

use chrono::TimeDelta;
use connectus_platform::{
    identity::ServiceIdentity,
    mail::{Content, Mail},
    outbox::DeliveryError,
    service::{Outgoing, Resources},
    store::{Pool, StoreError},
    throttle::{self, Attempt},
};
use uuid::Uuid;

use super::Peers;
use crate::{
    Config,
    domain::{Error, limits, notification::Notification},
    mails::{self, Frame, Line},
    store, unsubscription,
};

/// Mails notifications.
pub(super) struct Mailing {
    pool: Pool,
    identity: ServiceIdentity,
    outgoing: Outgoing,
    peers: Peers,
    digest_interval: TimeDelta,
}

/// Who is mailed.
struct Recipient {
    account_id: Uuid,
    email: String,
    name: String,
}

impl Mailing {
    pub(super) fn new(config: &Config, resources: &Resources, outgoing: &Outgoing, peers: Peers) -> Self {
        let Resources { pool, identity, .. } = resources.clone();
        let digest_interval = config.digest_interval();
        Self { pool, identity, outgoing: outgoing.clone(), peers, digest_interval }
    }

    /// Mails a notification that waits for an answer, unless it was taken away meanwhile, or waits no more.
    pub(super) async fn mail_one(&self, id: Uuid, notification_id: Uuid) -> Result<(), DeliveryError> {
        let Some(notification) = store::notifications::find(&self.pool, notification_id).await? else { return Ok(()) };
        if !self.peers.requests.is_waiting(&notification).await? {
            return Ok(());
        }
        let (account_id, actor_id) = (notification.account_id, notification.actor_id);
        let Some(recipient) = self.recipient(account_id).await? else { return Ok(()) };
        let Some(line) = self.lines(account_id, vec![notification]).await?.pop() else { return Ok(()) };
        let attempts = limits::mail(account_id, actor_id);
        if throttle::admit(&self.pool, &attempts).await?.is_err() {
            // Who asks without end fills no mailbox. The site has it.
            return Ok(());
        }
        let sent = self.send(id, recipient, |frame| mails::notification(line, frame)).await;
        if sent.is_err() {
            self.give_back(&attempts).await?;
        }
        sent
    }

    /// What was not sent does not count.
    async fn give_back(&self, attempts: &[Attempt]) -> Result<(), DeliveryError> {
        let mut conn = connectus_platform::store::connection(&self.pool).await?;
        for attempt in attempts {
            throttle::give_back(&mut conn, attempt).await.map_err(StoreError::from)?;
        }
        Ok(())
    }

    /// Mails what an account was notified of since the last digest. The mail has the id of the last news: one that tells of more
    /// than a mail whose sending was not noted is another.
    pub(super) async fn mail_digest(&self, account_id: Uuid) -> Result<(), DeliveryError> {
        let Some((news, last)) = store::digests::read(&self.pool, account_id).await? else { return Ok(()) };
        let mut sent = Ok(());
        if let Some(recipient) = self.recipient(account_id).await? {
            let lines = self.lines(account_id, news).await?;
            if !lines.is_empty() {
                sent = self.send(last, recipient, |frame| mails::digest(&lines, frame)).await;
            }
        }
        if let Err(DeliveryError::Retry(_)) = sent {
            return sent;
        }
        // Also after one that is refused, which the next one may not be.
        store::digests::finish(&self.pool, account_id, last, self.digest_interval).await?;
        sent
    }

    /// Who is mailed; nobody who is gone, does not want it, or has not shown that the address is theirs.
    async fn recipient(&self, account_id: Uuid) -> Result<Option<Recipient>, DeliveryError> {
        let contact = self.peers.accounts.contact(account_id).await.map_err(passing)?;
        let Some(contact) = contact.filter(|contact| contact.email_notifications) else { return Ok(None) };
        let email = self.peers.addresses.verified(account_id).await?;
        Ok(email.map(|email| Recipient { account_id, email, name: contact.name }))
    }

    /// What there is to say about notifications, as their account may see who is behind them.
    async fn lines(&self, account_id: Uuid, news: Vec<Notification>) -> Result<Vec<Line>, DeliveryError> {
        let actors: Vec<Uuid> = news.iter().filter_map(|notification| notification.actor_id).collect();
        let relations = self.peers.accounts.relations(Some(account_id), actors).await.map_err(passing)?;
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
        recipient: Recipient,
        write: impl FnOnce(&Frame<'_>) -> askama::Result<Content>,
    ) -> Result<(), DeliveryError> {
        let Recipient { account_id, email, name } = recipient;
        let token = unsubscription::token(&self.identity, account_id);
        let unsubscribe = format!("{}/v1/notifications/unsubscribe/{token}", self.outgoing.links.public_url);
        let site = self.outgoing.links.site_url.as_deref();
        let content = write(&Frame { name: &name, site, unsubscribe: &unsubscribe });
        let content = content.map_err(|error| DeliveryError::Refused(error.to_string()))?;
        let mail = Mail::new(id, email, content).unsubscribable(unsubscribe);
        self.outgoing.mailer.send(mail).await
    }
}

fn passing(error: Error) -> DeliveryError {
    match error {
        Error::Store(error) => error.into(),
        _ => DeliveryError::Retry("account does not answer".to_owned()),
    }
}
