//! What the experience service asks the account service.

use connectus_platform::{peer::Channel, status};
use connectus_proto::{
    account::v1::{Account, GetAccountRequest, account::Owner, account_service_client::AccountServiceClient},
    common::v1::ErrorReason,
};
use tonic::Request;

use crate::domain::Error;

/// Finds an account by its id, as whoever sends the request may see it.
async fn find(channel: &Channel, id: Request<String>) -> Result<Option<Account>, Error> {
    let mut client = AccountServiceClient::new(channel.clone());
    match client.get_account(id.map(|account_id| GetAccountRequest { account_id })).await {
        Ok(response) => Ok(response.into_inner().account),
        Err(status) if status::reason(&status) == Some(ErrorReason::AccountNotFound) => Ok(None),
        Err(status) => {
            tracing::warn!(code = ?status.code(), "account does not answer");
            Err(Error::AccountUnavailable)
        }
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
