//! What the experience service does after a commit: the mails that ask to confirm.

use chrono::Utc;
use connectus_platform::{
    mail::Mail,
    outbox::{DeliveryError, Handler},
    service::Outgoing,
    store::Pool,
};
use serde::{Deserialize, Serialize};
use tonic::Request;
use uuid::Uuid;

use crate::{
    domain::{
        Error,
        experience::Experience,
        link::{LINK_TTL, new_token},
        validation::Validation,
    },
    mails::{self, Approval},
    rpc::accounts,
    store::{self, links::Link},
};

/// What is to be done.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Message {
    /// Ask an address to confirm an experience, if that request still waits.
    ApprovalMail {
        /// The experience.
        experience_id: Uuid,
        /// The request.
        request_id: Uuid,
    },
}

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
        let bodies = mails::approval(&approval).map_err(|error| DeliveryError::Refused(error.to_string()))?;
        let subject = format!("{} asks you to confirm: {}", one_line(&user_name), one_line(&experience.details.name));
        self.outgoing
            .mailer
            .send(Mail { id, to: email.to_owned(), subject, text: bodies.text, html: bodies.html })
            .await
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

/// A text as part of a subject line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
