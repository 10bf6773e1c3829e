//! The rpcs of the account service, one file each.

mod accept_connection;
mod add_note;
mod batch_get_accounts;
mod batch_get_relations;
mod block_account;
mod create_account;
mod decline_connection;
mod disable_email_notifications;
mod encode;
mod erase_account;
mod error;
mod export_data;
mod get_account;
mod get_contact;
mod get_profile;
mod get_settings;
mod get_shared_identity;
mod has_connection_request;
mod import_account;
mod import_blocks;
mod list_connection_ids;
mod list_connection_requests;
mod list_connections;
mod list_dead_messages;
mod list_notes;
mod remove_connection;
mod request_connection;
mod requeue_dead_messages;
mod search_accounts;
mod set_email;
mod set_opportunities;
mod set_post_counts;
mod unblock_account;
mod update_account;
mod update_profile;
mod update_settings;
mod verify_organization;

use chrono::{NaiveDate, TimeDelta, Utc};
use connectus_platform::{
    identity::{self, Caller},
    ids,
    outbox::Outbox,
    store::Pool,
};
use connectus_proto::account::v1::{
    AcceptConnectionRequest, AcceptConnectionResponse, AddNoteRequest, AddNoteResponse, BatchGetAccountsRequest,
    BatchGetAccountsResponse, BatchGetRelationsRequest, BatchGetRelationsResponse, BlockAccountRequest,
    BlockAccountResponse, CreateAccountRequest, CreateAccountResponse, DeclineConnectionRequest,
    DeclineConnectionResponse, DisableEmailNotificationsRequest, DisableEmailNotificationsResponse,
    EraseAccountRequest, EraseAccountResponse, ExportDataRequest, GetAccountRequest, GetAccountResponse,
    GetContactRequest, GetContactResponse, GetProfileRequest, GetProfileResponse, GetSettingsRequest,
    GetSettingsResponse, GetSharedIdentityRequest, GetSharedIdentityResponse, HasConnectionRequestRequest,
    HasConnectionRequestResponse, ImportAccountRequest, ImportAccountResponse, ImportBlocksRequest,
    ImportBlocksResponse, ListConnectionIdsRequest, ListConnectionIdsResponse, ListConnectionRequestsRequest,
    ListConnectionRequestsResponse, ListConnectionsRequest, ListConnectionsResponse, ListDeadMessagesRequest,
    ListDeadMessagesResponse, ListNotesRequest, ListNotesResponse, RemoveConnectionRequest, RemoveConnectionResponse,
    RequestConnectionRequest, RequestConnectionResponse, RequeueDeadMessagesRequest, RequeueDeadMessagesResponse,
    SearchAccountsRequest, SearchAccountsResponse, SetEmailRequest, SetEmailResponse, SetOpportunitiesRequest,
    SetOpportunitiesResponse, SetPostCountsRequest, SetPostCountsResponse, UnblockAccountRequest,
    UnblockAccountResponse, UpdateAccountRequest, UpdateAccountResponse, UpdateProfileRequest, UpdateProfileResponse,
    UpdateSettingsRequest, UpdateSettingsResponse, VerifyOrganizationRequest, VerifyOrganizationResponse,
    account_admin_service_server::AccountAdminService, account_internal_service_server::AccountInternalService,
    account_service_server::AccountService, connection_service_server::ConnectionService,
};
use connectus_proto::common::v1::AccountType;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::{
    delivery::Delivery,
    domain::Error,
    store::looks::{Look, Looks},
};

/// What the rpcs work with.
#[derive(Clone)]
pub(crate) struct Accounts {
    /// The database.
    pub(crate) pool: Pool,
    /// What is read of it most.
    pub(crate) looks: Looks,
    /// What follows a commit.
    pub(crate) outbox: Outbox<Delivery>,
}

type Answer<T> = Result<Response<T>, Status>;

/// Who looks at which account. An id that is no id belongs to no account.
fn look<T>(request: &Request<T>, account_id: &str) -> Result<Look, Status> {
    let (account, viewer) = subject(request, account_id)?;
    Ok(Look { account, viewer })
}

/// Who is asked for, and who asks. An id that is no id belongs to no account.
fn subject<T>(request: &Request<T>, account_id: &str) -> Result<(Uuid, Option<Uuid>), Status> {
    if account_id == identity::ME {
        let Caller { account_id, .. } = identity::caller(request)?;
        return Ok((account_id, Some(account_id)));
    }
    let id = ids::parse(account_id).ok_or(Error::AccountNotFound)?;
    Ok((id, identity::viewer(request).map(|viewer| viewer.account_id)))
}

/// Who does something, and to whom. An id that is no id belongs to no account.
fn pair<T>(request: &Request<T>, account_id: &str) -> Result<(Uuid, Uuid), Status> {
    let caller = identity::caller(request)?.account_id;
    Ok((caller, ids::parse(account_id).ok_or(Error::AccountNotFound)?))
}

/// Refuses a caller that is no person.
fn require_person<T>(request: &Request<T>) -> Result<(), Status> {
    match identity::caller(request)?.account_type {
        AccountType::User => Ok(()),
        AccountType::Organization | AccountType::Unspecified => Err(Error::UserAccountRequired.into()),
    }
}

/// Today, where on Earth the day began first: nobody is told that their own day is in the future.
fn latest_date() -> NaiveDate {
    (Utc::now() + TimeDelta::hours(14)).date_naive()
}

#[tonic::async_trait]
impl AccountService for Accounts {
    type ExportDataStream = export_data::Records;

    async fn get_account(&self, request: Request<GetAccountRequest>) -> Answer<GetAccountResponse> {
        get_account::get_account(self, request).await
    }

    async fn batch_get_accounts(&self, request: Request<BatchGetAccountsRequest>) -> Answer<BatchGetAccountsResponse> {
        batch_get_accounts::batch_get_accounts(self, request).await
    }

    async fn update_account(&self, request: Request<UpdateAccountRequest>) -> Answer<UpdateAccountResponse> {
        update_account::update_account(self, request).await
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

    async fn search_accounts(&self, request: Request<SearchAccountsRequest>) -> Answer<SearchAccountsResponse> {
        search_accounts::search_accounts(self, request).await
    }

    async fn export_data(&self, request: Request<ExportDataRequest>) -> Answer<Self::ExportDataStream> {
        export_data::export_data(self, request).await
    }
}

#[tonic::async_trait]
impl ConnectionService for Accounts {
    async fn request_connection(
        &self,
        request: Request<RequestConnectionRequest>,
    ) -> Answer<RequestConnectionResponse> {
        request_connection::request_connection(self, request).await
    }

    async fn accept_connection(&self, request: Request<AcceptConnectionRequest>) -> Answer<AcceptConnectionResponse> {
        accept_connection::accept_connection(self, request).await
    }

    async fn decline_connection(
        &self,
        request: Request<DeclineConnectionRequest>,
    ) -> Answer<DeclineConnectionResponse> {
        decline_connection::decline_connection(self, request).await
    }

    async fn remove_connection(&self, request: Request<RemoveConnectionRequest>) -> Answer<RemoveConnectionResponse> {
        remove_connection::remove_connection(self, request).await
    }

    async fn list_connection_requests(
        &self,
        request: Request<ListConnectionRequestsRequest>,
    ) -> Answer<ListConnectionRequestsResponse> {
        list_connection_requests::list_connection_requests(self, request).await
    }

    async fn list_connections(&self, request: Request<ListConnectionsRequest>) -> Answer<ListConnectionsResponse> {
        list_connections::list_connections(self, request).await
    }

    async fn block_account(&self, request: Request<BlockAccountRequest>) -> Answer<BlockAccountResponse> {
        block_account::block_account(self, request).await
    }

    async fn unblock_account(&self, request: Request<UnblockAccountRequest>) -> Answer<UnblockAccountResponse> {
        unblock_account::unblock_account(self, request).await
    }
}

#[tonic::async_trait]
impl AccountInternalService for Accounts {
    async fn create_account(&self, request: Request<CreateAccountRequest>) -> Answer<CreateAccountResponse> {
        create_account::create_account(self, request).await
    }

    async fn set_email(&self, request: Request<SetEmailRequest>) -> Answer<SetEmailResponse> {
        set_email::set_email(self, request).await
    }

    async fn erase_account(&self, request: Request<EraseAccountRequest>) -> Answer<EraseAccountResponse> {
        erase_account::erase_account(self, request).await
    }

    async fn batch_get_relations(
        &self,
        request: Request<BatchGetRelationsRequest>,
    ) -> Answer<BatchGetRelationsResponse> {
        batch_get_relations::batch_get_relations(self, request).await
    }

    async fn list_connection_ids(
        &self,
        request: Request<ListConnectionIdsRequest>,
    ) -> Answer<ListConnectionIdsResponse> {
        list_connection_ids::list_connection_ids(self, request).await
    }

    async fn has_connection_request(
        &self,
        request: Request<HasConnectionRequestRequest>,
    ) -> Answer<HasConnectionRequestResponse> {
        has_connection_request::has_connection_request(self, request).await
    }

    async fn get_shared_identity(
        &self,
        request: Request<GetSharedIdentityRequest>,
    ) -> Answer<GetSharedIdentityResponse> {
        get_shared_identity::get_shared_identity(self, request).await
    }

    async fn get_contact(&self, request: Request<GetContactRequest>) -> Answer<GetContactResponse> {
        get_contact::get_contact(self, request).await
    }

    async fn disable_email_notifications(
        &self,
        request: Request<DisableEmailNotificationsRequest>,
    ) -> Answer<DisableEmailNotificationsResponse> {
        disable_email_notifications::disable_email_notifications(self, request).await
    }

    async fn set_post_counts(&self, request: Request<SetPostCountsRequest>) -> Answer<SetPostCountsResponse> {
        set_post_counts::set_post_counts(self, request).await
    }

    async fn set_opportunities(&self, request: Request<SetOpportunitiesRequest>) -> Answer<SetOpportunitiesResponse> {
        set_opportunities::set_opportunities(self, request).await
    }
}

#[tonic::async_trait]
impl AccountAdminService for Accounts {
    async fn verify_organization(
        &self,
        request: Request<VerifyOrganizationRequest>,
    ) -> Answer<VerifyOrganizationResponse> {
        verify_organization::verify_organization(self, request).await
    }

    async fn add_note(&self, request: Request<AddNoteRequest>) -> Answer<AddNoteResponse> {
        add_note::add_note(self, request).await
    }

    async fn list_notes(&self, request: Request<ListNotesRequest>) -> Answer<ListNotesResponse> {
        list_notes::list_notes(self, request).await
    }

    async fn import_account(&self, request: Request<ImportAccountRequest>) -> Answer<ImportAccountResponse> {
        import_account::import_account(self, request).await
    }

    async fn import_blocks(&self, request: Request<ImportBlocksRequest>) -> Answer<ImportBlocksResponse> {
        import_blocks::import_blocks(self, request).await
    }

    async fn list_dead_messages(&self, request: Request<ListDeadMessagesRequest>) -> Answer<ListDeadMessagesResponse> {
        list_dead_messages::list_dead_messages(self, request).await
    }

    async fn requeue_dead_messages(
        &self,
        request: Request<RequeueDeadMessagesRequest>,
    ) -> Answer<RequeueDeadMessagesResponse> {
        requeue_dead_messages::requeue_dead_messages(self, request).await
    }
}
