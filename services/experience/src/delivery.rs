//! What the experience service does after a commit: the mails that ask to confirm, and what others are to know.

use chrono::Utc;
use connectus_platform::{
    identity::ServiceIdentity,
    mail::Mail,
    notices::Notifier,
    outbox::{DeliveryError, Handler, delivered},
    peer::Channel,
    service::{Outgoing, Resources},
    store::Pool,
};
use connectus_proto::{
    account::v1::{SetOpportunitiesRequest, account_internal_service_client::AccountInternalServiceClient},
    community::v1::{RefreshVolunteerRequest, community_internal_service_client::CommunityInternalServiceClient},
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
    notifier: Notifier,
    identity: ServiceIdentity,
    accounts: AccountInternalServiceClient<Channel>,
    communities: CommunityInternalServiceClient<Channel>,
}

impl Delivery {
    pub(crate) fn new(resources: &Resources, outgoing: &Outgoing, social: Channel, community: Channel) -> Self {
        let (pool, identity) = (resources.pool.clone(), resources.identity.clone());
        let notifier = Notifier::new(identity.clone(), social);
        let accounts = AccountInternalServiceClient::new(outgoing.account.clone());
        let communities = CommunityInternalServiceClient::new(community);
        Self { pool, outgoing: outgoing.clone(), notifier, identity, accounts, communities }
    }

    /// Sends the mail that asks to confirm an experience, if that request still waits.
    async fn mail_approval(&self, id: Uuid, experience_id: Uuid, request_id: Uuid) -> Result<(), DeliveryError> {
        let Some(experience) = store::experiences::find(&self.pool, experience_id).await? else { return Ok(()) };
        match &experience.validation {
            Validation::PendingByMail { request, email } if *request == request_id => {
                self.ask(id, &experience, request_id, email).await
            }
            // It was decided, replaced or withdrawn meanwhile.
            _ => Ok(()),
        }
    }

    /// Tells the account service which opportunities an organization has.
    async fn tell_opportunities(&self, organization_id: Uuid) -> Result<(), DeliveryError> {
        let found = store::opportunities::ids_of(&self.pool, organization_id).await?;
        // One that is erased has none, and there is nobody to tell.
        let Some((ids, version)) = found else { return Ok(()) };
        let request = SetOpportunitiesRequest {
            account_id: organization_id.to_string(),
            opportunity_ids: ids.iter().map(Uuid::to_string).collect(),
            version,
        };
        let request = self.identity.sign(Request::new(request));
        delivered("account", self.accounts.clone().set_opportunities(request).await).map(drop)
    }

    /// Tells the community service that what an organization has confirmed of a person has changed.
    async fn refresh_volunteer(&self, organization_id: Uuid, user_id: Uuid) -> Result<(), DeliveryError> {
        let (account_id, organization_id) = (user_id.to_string(), organization_id.to_string());
        let request = self.identity.sign(Request::new(RefreshVolunteerRequest { account_id, organization_id }));
        delivered("community", self.communities.clone().refresh_volunteer(request).await).map(drop)
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
        match message {
            Message::ApprovalMail { experience_id, request_id } => {
                self.mail_approval(id, experience_id, request_id).await
            }
            Message::Notify { notices } => self.notifier.notify(notices).await,
            Message::RefreshVolunteer { organization_id, user_id } => {
                self.refresh_volunteer(organization_id, user_id).await
            }
            Message::TellOpportunities { organization_id } => self.tell_opportunities(organization_id).await,
        }
    }
}
