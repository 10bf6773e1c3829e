//! The rpcs of the experience service, one file each.

mod create_experience;
mod decide_mailed_validation;
mod decide_validation;
mod decode;
mod delete_experience;
mod encode;
mod erase_account;
mod error;
mod export_data;
mod get_mailed_validation;
mod has_validation_request;
mod import_experiences;
mod list_confirmed;
mod list_dead_messages;
mod list_experiences;
mod list_validation_requests;
mod opportunities;
mod replace_experience;
mod requeue_dead_messages;

use connectus_platform::{outbox::Outbox, peer::Channel, store::Pool};
use connectus_proto::experience::v1::{
    CreateExperienceRequest, CreateExperienceResponse, DecideMailedValidationRequest, DecideMailedValidationResponse,
    DecideValidationRequest, DecideValidationResponse, DeleteExperienceRequest, DeleteExperienceResponse,
    EraseAccountRequest, EraseAccountResponse, ExportDataRequest, GetMailedValidationRequest,
    GetMailedValidationResponse, HasValidationRequestRequest, HasValidationRequestResponse, ImportExperiencesRequest,
    ImportExperiencesResponse, ListConfirmedAccountsRequest, ListConfirmedAccountsResponse,
    ListConfirmedExperiencesRequest, ListConfirmedExperiencesResponse, ListDeadMessagesRequest,
    ListDeadMessagesResponse, ListExperiencesRequest, ListExperiencesResponse, ListValidationRequestsRequest,
    ListValidationRequestsResponse, ReplaceExperienceRequest, ReplaceExperienceResponse, RequeueDeadMessagesRequest,
    RequeueDeadMessagesResponse, experience_admin_service_server::ExperienceAdminService,
    experience_internal_service_server::ExperienceInternalService, experience_service_server::ExperienceService,
};
use tonic::{Request, Response, Status};

use crate::{accounts::Relations, delivery::Delivery};

/// What the rpcs work with.
#[derive(Clone)]
pub(crate) struct Experiences {
    /// The database.
    pub(crate) pool: Pool,
    /// The way to the account service.
    pub(crate) account: Channel,
    /// Who may see whom.
    pub(crate) relations: Relations,
    /// What follows a commit.
    pub(crate) outbox: Outbox<Delivery>,
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl ExperienceService for Experiences {
    type ExportDataStream = export_data::Records;

    async fn create_experience(&self, request: Request<CreateExperienceRequest>) -> Answer<CreateExperienceResponse> {
        create_experience::create_experience(self, request).await
    }

    async fn replace_experience(
        &self,
        request: Request<ReplaceExperienceRequest>,
    ) -> Answer<ReplaceExperienceResponse> {
        replace_experience::replace_experience(self, request).await
    }

    async fn delete_experience(&self, request: Request<DeleteExperienceRequest>) -> Answer<DeleteExperienceResponse> {
        delete_experience::delete_experience(self, request).await
    }

    async fn list_experiences(&self, request: Request<ListExperiencesRequest>) -> Answer<ListExperiencesResponse> {
        list_experiences::list_experiences(self, request).await
    }

    async fn list_validation_requests(
        &self,
        request: Request<ListValidationRequestsRequest>,
    ) -> Answer<ListValidationRequestsResponse> {
        list_validation_requests::list_validation_requests(self, request).await
    }

    async fn decide_validation(&self, request: Request<DecideValidationRequest>) -> Answer<DecideValidationResponse> {
        decide_validation::decide_validation(self, request).await
    }

    async fn get_mailed_validation(
        &self,
        request: Request<GetMailedValidationRequest>,
    ) -> Answer<GetMailedValidationResponse> {
        get_mailed_validation::get_mailed_validation(self, request).await
    }

    async fn decide_mailed_validation(
        &self,
        request: Request<DecideMailedValidationRequest>,
    ) -> Answer<DecideMailedValidationResponse> {
        decide_mailed_validation::decide_mailed_validation(self, request).await
    }
    async fn export_data(&self, request: Request<ExportDataRequest>) -> Answer<Self::ExportDataStream> {
        export_data::export_data(self, request).await
    }
}

#[tonic::async_trait]
impl ExperienceInternalService for Experiences {
    async fn erase_account(&self, request: Request<EraseAccountRequest>) -> Answer<EraseAccountResponse> {
        erase_account::erase_account(self, request).await
    }

    async fn has_validation_request(
        &self,
        request: Request<HasValidationRequestRequest>,
    ) -> Answer<HasValidationRequestResponse> {
        has_validation_request::has_validation_request(self, request).await
    }

    async fn list_confirmed_experiences(
        &self,
        request: Request<ListConfirmedExperiencesRequest>,
    ) -> Answer<ListConfirmedExperiencesResponse> {
        list_confirmed::list_confirmed_experiences(self, request).await
    }

    async fn list_confirmed_accounts(
        &self,
        request: Request<ListConfirmedAccountsRequest>,
    ) -> Answer<ListConfirmedAccountsResponse> {
        list_confirmed::list_confirmed_accounts(self, request).await
    }
}

#[tonic::async_trait]
impl ExperienceAdminService for Experiences {
    async fn list_dead_messages(&self, request: Request<ListDeadMessagesRequest>) -> Answer<ListDeadMessagesResponse> {
        list_dead_messages::list_dead_messages(self, request).await
    }

    async fn requeue_dead_messages(
        &self,
        request: Request<RequeueDeadMessagesRequest>,
    ) -> Answer<RequeueDeadMessagesResponse> {
        requeue_dead_messages::requeue_dead_messages(self, request).await
    }

    async fn import_experiences(
        &self,
        request: Request<ImportExperiencesRequest>,
    ) -> Answer<ImportExperiencesResponse> {
        import_experiences::import_experiences(self, request).await
    }
}
