//! What the experience service does after a commit: the mails that ask to confirm.

use chrono::Utc;
use connectus_platform::{
    mail::Mail,
    outbox::{DeliveryError, Handler},
    service::Outgoing,
    store::Pool,
};
use tonic::Request;
use uuid::Uuid;

use crate::{
    accounts,
    domain::{
        Error,
        experience::Experience,
        link::{LINK_TTL, new_token},
        message::Message,
        validation::Validation,
    },
    mails::{self, Approval},
    store::{self, links::Link},
};

/// Delivers the service's messages.
pub(crate) struct Delivery {
    pool: Pool,
    outgoing: Outgoing,
}

impl Delivery {
    pub(crate) fn new(pool: Pool, outgoing: Outgoing) -> Self {
        Self { pool, outgoing }
    }

    /// Sends the mail. The link's token is made only now, so that neither the outbox nor the database ever holds something
    /// that confirms.
    async fn ask(&self, id: Uuid, experience: &Experience, request_id: Uuid, email: &str) -> Result<(), DeliveryError> {
        let account = Request::new(experience.user_id.to_string());
        let user_name = match accounts::user_name(&self.outgoing.account, account).await {
            Ok(name) => name,
            // Nobody is left to confirm it for.
            Err(Error::UserNotFound) => return Ok(()),
            Err(_) => return Err(DeliveryError::Retry("account does not answer".to_owned())),
        };
        let token = new_token(rand::random());
        let link = Link { experience_id: experience.id, request_id };
        store::links::insert(&self.pool, &token, &link, Utc::now() + LINK_TTL).await?;
        let link = format!("{}/v1/experiences/email-approve/{token}", self.outgoing.links.public_url);
        let approval = Approval { user_name: &user_name, details: &experience.details, link: &link };
        let content = mails::approval(&approval).map_err(|error| DeliveryError::Refused(error.to_string()))?;
        self.outgoing.mailer.send(Mail::new(id, email.to_owned(), content)).await
    }
}

impl Handler for Delivery {
    type Message = Message;

    async fn deliver(&self, id: Uuid, message: Message) -> Result<(), DeliveryError> {
        let Message::ApprovalMail { experience_id, request_id } = message;
        let Some(experience) = store::experiences::find(&self.pool, experience_id).await? else { return Ok(()) };
        match &experience.validation {
            Validation::PendingByMail { request, email } if *request == request_id => {
                self.ask(id, &experience, request_id, email).await
            }
            // It was decided, replaced or withdrawn meanwhile.
            _ => Ok(()),
        }
    }
}
