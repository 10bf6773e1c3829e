//! The rpcs of the account service, one file each.

mod batch_get_accounts;
mod create_account;
mod encode;
mod error;
mod get_account;
mod get_profile;
mod get_settings;
mod update_profile;
mod update_settings;

use connectus_platform::{
    identity::{self, Caller},
    store::Pool,
};
use connectus_proto::account::v1::{
    BatchGetAccountsRequest, BatchGetAccountsResponse, CreateAccountRequest, CreateAccountResponse, GetAccountRequest,
    GetAccountResponse, GetProfileRequest, GetProfileResponse, GetSettingsRequest, GetSettingsResponse,
    UpdateProfileRequest, UpdateProfileResponse, UpdateSettingsRequest, UpdateSettingsResponse,
    account_internal_service_server::AccountInternalService, account_service_server::AccountService,
};
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::domain::Error;

/// What the rpcs work with.
#[derive(Clone)]
pub(crate) struct Accounts {
    /// The database.
    pub(crate) pool: Pool,
}

type Answer<T> = Result<Response<T>, Status>;

/// Who is asked for, and who asks. An id that is no id belongs to no account.
fn subject<T>(request: &Request<T>, account_id: &str) -> Result<(Uuid, Option<Uuid>), Status> {
    if account_id == identity::ME {
        let Caller { account_id, .. } = identity::caller(request)?;
        return Ok((account_id, Some(account_id)));
    }
    let id = account_id.parse().map_err(|_| Error::AccountNotFound)?;
    Ok((id, identity::viewer(request).map(|viewer| viewer.account_id)))
}

#[tonic::async_trait]
impl AccountService for Accounts {
    async fn get_account(&self, request: Request<GetAccountRequest>) -> Answer<GetAccountResponse> {
        get_account::get_account(self, request).await
    }

    async fn batch_get_accounts(&self, request: Request<BatchGetAccountsRequest>) -> Answer<BatchGetAccountsResponse> {
        batch_get_accounts::batch_get_accounts(self, request).await
    }

    async fn get_profile(&self, request: Request<GetProfileRequest>) -> Answer<GetProfileResponse> {
        get_profile::get_profile(self, request).await
    }

    async fn update_profile(&self, request: Request<UpdateProfileRequest>) -> Answer<UpdateProfileResponse> {
        update_profile::update_profile(self, request).await
    }

    async fn get_settings(&self, request: Request<GetSettingsRequest>) -> Answer<GetSettingsResponse> {
        get_settings::get_settings(self, request).await
    }

    async fn update_settings(&self, request: Request<UpdateSettingsRequest>) -> Answer<UpdateSettingsResponse> {
        update_settings::update_settings(self, request).await
    }
}

#[tonic::async_trait]
impl AccountInternalService for Accounts {
    async fn create_account(&self, request: Request<CreateAccountRequest>) -> Answer<CreateAccountResponse> {
        create_account::create_account(self, request).await
    }
}
