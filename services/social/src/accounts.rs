//! What the social service asks and tells the account service.

use std::collections::HashMap;

use connectus_platform::{
    identity::ServiceIdentity,
    outbox::{DeliveryError, delivered},
    peer::Channel,
    status,
};
use connectus_proto::{
    account::v1::{
        BatchGetRelationsRequest, DisableEmailNotificationsRequest, GetContactRequest, GetContactResponse,
        ListConnectionIdsRequest, Relation, SetPostCountsRequest,
        account_internal_service_client::AccountInternalServiceClient,
    },
    common::v1::ErrorReason,
};
use tonic::{Request, Status};
use uuid::Uuid;

use crate::{
    domain::{Error, notification::Notification, standing::Standing},
    store::counts::PostCounts,
};

/// How many accounts one call asks about.
const BATCH: usize = 500;

/// The account service.
#[derive(Clone)]
pub(crate) struct Accounts {
    identity: ServiceIdentity,
    client: AccountInternalServiceClient<Channel>,
}

impl Accounts {
    pub(crate) fn new(identity: ServiceIdentity, channel: Channel) -> Self {
        Self { identity, client: AccountInternalServiceClient::new(channel) }
    }

    /// How accounts stand to a viewer, by their ids, but for those that are not for the viewer to see.
    pub(crate) async fn relations(
        &self,
        viewer: Option<Uuid>,
        ids: impl IntoIterator<Item = Uuid>,
    ) -> Result<HashMap<Uuid, Relation>, Error> {
        let mut ids: Vec<String> = ids.into_iter().map(|id| id.to_string()).collect();
        ids.sort_unstable();
        ids.dedup();
        let viewer_id = viewer.map(|viewer| viewer.to_string()).unwrap_or_default();
        let mut relations = HashMap::new();
        for account_ids in ids.chunks(BATCH) {
            let request = BatchGetRelationsRequest { viewer_id: viewer_id.clone(), account_ids: account_ids.to_vec() };
            let answer = self.client.clone().batch_get_relations(self.signed(request)).await;
            let found = answer.map_err(|status| unavailable(&status))?.into_inner().relations;
            relations
                .extend(found.into_iter().filter_map(|relation| Some((relation.account_id.parse().ok()?, relation))));
        }
        Ok(relations)
    }

    /// How authors stand to a viewer, of whom it is not asked how they stand to themselves.
    pub(crate) async fn standings(
        &self,
        viewer: Option<Uuid>,
        authors: impl IntoIterator<Item = Uuid>,
    ) -> Result<Standings, Error> {
        let others = authors.into_iter().filter(|author| Some(*author) != viewer);
        Ok(Standings { viewer, relations: self.relations(viewer, others).await? })
    }

    /// Whom an account is connected with.
    pub(crate) async fn connections(&self, account: Uuid) -> Result<Vec<Uuid>, Error> {
        let request = ListConnectionIdsRequest { account_id: account.to_string() };
        let answer = self.client.clone().list_connection_ids(self.signed(request)).await;
        let ids = answer.map_err(|status| unavailable(&status))?.into_inner().account_ids;
        Ok(ids.iter().filter_map(|id| id.parse().ok()).collect())
    }

    /// What of an account's notifications it is shown: nothing of who is gone, has blocked it, or is blocked by it.
    pub(crate) async fn shown(
        &self,
        account: Uuid,
        mut notifications: Vec<Notification>,
    ) -> Result<Vec<Notification>, Error> {
        let actors: Vec<Uuid> = notifications.iter().filter_map(|notification| notification.actor_id).collect();
        if !actors.is_empty() {
            let relations = self.relations(Some(account), actors).await?;
            notifications.retain(|notification| notification.actor_id.is_none_or(|actor| is_shown(&relations, actor)));
        }
        Ok(notifications)
    }

    /// What a mail to an account's owner takes, but for the address; none if there is no such account.
    pub(crate) async fn contact(&self, account: Uuid) -> Result<Option<GetContactResponse>, Error> {
        let request = GetContactRequest { account_id: account.to_string() };
        match self.client.clone().get_contact(self.signed(request)).await {
            Ok(contact) => Ok(Some(contact.into_inner())),
            Err(status) if status::reason(&status) == Some(ErrorReason::AccountNotFound) => Ok(None),
            Err(status) => Err(unavailable(&status)),
        }
    }

    /// Ends the mails about notifications to an account.
    pub(crate) async fn disable_email_notifications(&self, account: Uuid) -> Result<(), Error> {
        let request = DisableEmailNotificationsRequest { account_id: account.to_string() };
        match self.client.clone().disable_email_notifications(self.signed(request)).await {
            Ok(_) => Ok(()),
            Err(status) if status::reason(&status) == Some(ErrorReason::AccountNotFound) => Err(Error::LinkInvalid),
            Err(status) => Err(unavailable(&status)),
        }
    }

    /// Gives an account the numbers of its posts.
    pub(crate) async fn set_post_counts(&self, account: Uuid, counts: &PostCounts) -> Result<(), DeliveryError> {
        let PostCounts { posts_count, liked_count, shared_count, version } = *counts;
        let account_id = account.to_string();
        let request = SetPostCountsRequest { account_id, posts_count, liked_count, shared_count, version };
        delivered("account", self.client.clone().set_post_counts(self.signed(request)).await).map(drop)
    }

    fn signed<M>(&self, message: M) -> Request<M> {
        self.identity.sign(Request::new(message))
    }
}

fn is_shown(relations: &HashMap<Uuid, Relation>, actor: Uuid) -> bool {
    relations.get(&actor).is_some_and(|relation| !relation.is_blocked)
}

/// How authors stand to a viewer.
pub(crate) struct Standings {
    viewer: Option<Uuid>,
    relations: HashMap<Uuid, Relation>,
}

impl Standings {
    /// How an author that was asked about stands to the viewer.
    pub(crate) fn of(&self, author: Uuid) -> Standing {
        match self.relations.get(&author) {
            _ if self.viewer == Some(author) => Standing::Own,
            Some(relation) if relation.is_connected => Standing::Connected,
            Some(_) => Standing::Stranger,
            None => Standing::Hidden,
        }
    }

    /// Whether the viewer has blocked an author, and is not to meet them in lists.
    pub(crate) fn is_blocked(&self, author: Uuid) -> bool {
        self.relations.get(&author).is_some_and(|relation| relation.is_blocked)
    }
}

fn unavailable(failed: &Status) -> Error {
    if status::reason(failed) == Some(ErrorReason::DeadlineExceeded) {
        tracing::warn!("account does not answer in time");
    } else {
        tracing::warn!(code = ?failed.code(), "account does not answer");
    }
    Error::AccountUnavailable
}
