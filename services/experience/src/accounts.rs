//! What the experience service asks the account service.

use std::collections::{BTreeSet, HashSet};

use connectus_platform::{
    identity::{ME, ServiceIdentity},
    ids,
    peer::{Channel, on_behalf},
    status,
};
use connectus_proto::{
    account::v1::{
        Account, BatchGetAccountsRequest, BatchGetRelationsRequest, GetAccountRequest, Relation, account::Owner,
        account_internal_service_client::AccountInternalServiceClient, account_service_client::AccountServiceClient,
    },
    common::v1::ErrorReason,
};
use futures::{StreamExt, TryStreamExt, stream};
use tonic::{Request, Status};
use uuid::Uuid;

use crate::domain::Error;

/// How many accounts one call asks about.
const BATCH: usize = 500;
/// How many such calls are under way at once.
const CALLS: usize = 4;

/// Finds an account by its id, as whoever sends the request may see it.
async fn find(channel: &Channel, id: Request<String>) -> Result<Option<Account>, Error> {
    let mut client = AccountServiceClient::new(channel.clone());
    match client.get_account(id.map(|account_id| GetAccountRequest { account_id })).await {
        Ok(response) => Ok(response.into_inner().account),
        Err(status) if status::reason(&status) == Some(ErrorReason::AccountNotFound) => Ok(None),
        Err(status) => Err(unavailable(&status)),
    }
}

fn unavailable(status: &Status) -> Error {
    tracing::warn!(code = ?status.code(), "account does not answer");
    Error::AccountUnavailable
}

/// The name of the calling organization, which is to decide about a person whom it may see.
pub(crate) async fn name_for_decision(channel: &Channel, organization: Uuid, user: Uuid) -> Result<String, Error> {
    let request = BatchGetAccountsRequest { account_ids: vec![user.to_string(), ME.to_owned()] };
    let answer = AccountServiceClient::new(channel.clone()).batch_get_accounts(on_behalf(request)).await;
    let accounts = answer.map_err(|status| unavailable(&status))?.into_inner().accounts;
    let owner = |id: Uuid| accounts.iter().find(|account| account.id == id.to_string())?.owner.as_ref();
    match (owner(user), owner(organization)) {
        (Some(Owner::User(_)), Some(Owner::Organization(organization))) => Ok(organization.preferred_name.clone()),
        // Right after the registration it may not be known yet.
        (Some(Owner::User(_)), _) => Err(Error::AccountUnavailable),
        _ => Err(Error::UserNotFound),
    }
}

/// Refuses an id that belongs to no organization that the caller may see.
pub(crate) async fn require_organization(channel: &Channel, id: Request<String>) -> Result<(), Error> {
    match find(channel, id).await? {
        Some(Account { owner: Some(Owner::Organization(_)), .. }) => Ok(()),
        Some(_) | None => Err(Error::OrganizationNotFound),
    }
}

/// Refuses an id that belongs to no person whom the caller may see.
pub(crate) async fn require_user(channel: &Channel, id: Request<String>) -> Result<(), Error> {
    user_name(channel, id).await.map(drop)
}

/// The name of a person, as the caller may see it.
pub(crate) async fn user_name(channel: &Channel, id: Request<String>) -> Result<String, Error> {
    match find(channel, id).await? {
        Some(Account { owner: Some(Owner::User(user)), .. }) => {
            let names = [user.first_name, user.middle_name, user.last_name];
            Ok(names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" "))
        }
        Some(_) | None => Err(Error::UserNotFound),
    }
}

/// The caller's own address. Right after the registration it may not be known yet.
pub(crate) async fn own_email(channel: &Channel, me: Request<String>) -> Result<String, Error> {
    find(channel, me).await?.map(|account| account.email).ok_or(Error::AccountUnavailable)
}

/// How accounts stand to others, which only services ask.
#[derive(Clone)]
pub(crate) struct Relations {
    identity: ServiceIdentity,
    client: AccountInternalServiceClient<Channel>,
}

impl Relations {
    pub(crate) fn new(identity: ServiceIdentity, account: Channel) -> Self {
        Self { identity, client: AccountInternalServiceClient::new(account) }
    }

    /// Those of some accounts that a viewer may see: whoever is there, and has not blocked it.
    pub(crate) async fn visible(
        &self,
        viewer: Uuid,
        ids: impl IntoIterator<Item = Uuid>,
    ) -> Result<HashSet<Uuid>, Error> {
        let ids: BTreeSet<Uuid> = ids.into_iter().collect();
        let ids: Vec<String> = ids.into_iter().map(|id| id.to_string()).collect();
        let calls: Vec<_> = ids.chunks(BATCH).map(|ids| self.clone().batch(viewer, ids.to_vec())).collect();
        let found: Vec<Vec<Relation>> = stream::iter(calls).buffer_unordered(CALLS).try_collect().await?;
        Ok(found.into_iter().flatten().filter_map(|relation| ids::parse(&relation.account_id)).collect())
    }

    async fn batch(mut self, viewer: Uuid, account_ids: Vec<String>) -> Result<Vec<Relation>, Error> {
        let request = BatchGetRelationsRequest { viewer_id: viewer.to_string(), account_ids };
        let answer = self.client.batch_get_relations(self.identity.sign(Request::new(request))).await;
        Ok(answer.map_err(|status| unavailable(&status))?.into_inner().relations)
    }
}
