//! The rpcs about opportunities, one file each.

mod create_opportunity;
mod delete_opportunity;
mod encode;
mod get_opportunity;
mod get_sign_ups;
mod list_interests;
mod list_opportunities;
mod replace_opportunity;
mod search_opportunities;
mod show_interest;
mod withdraw_interest;

use connectus_proto::experience::v1::{
    CreateOpportunityRequest, CreateOpportunityResponse, DeleteOpportunityRequest, DeleteOpportunityResponse,
    GetOpportunityRequest, GetOpportunityResponse, GetSignUpsRequest, GetSignUpsResponse, ListInterestsRequest,
    ListInterestsResponse, ListOpportunitiesRequest, ListOpportunitiesResponse, ReplaceOpportunityRequest,
    ReplaceOpportunityResponse, SearchOpportunitiesRequest, SearchOpportunitiesResponse, ShowInterestRequest,
    ShowInterestResponse, WithdrawInterestRequest, WithdrawInterestResponse,
    opportunity_service_server::OpportunityService,
};
use tonic::Request;

use super::{Answer, Experiences};

#[tonic::async_trait]
impl OpportunityService for Experiences {
    async fn create_opportunity(
        &self,
        request: Request<CreateOpportunityRequest>,
    ) -> Answer<CreateOpportunityResponse> {
        create_opportunity::create_opportunity(self, request).await
    }

    async fn replace_opportunity(
        &self,
        request: Request<ReplaceOpportunityRequest>,
    ) -> Answer<ReplaceOpportunityResponse> {
        replace_opportunity::replace_opportunity(self, request).await
    }

    async fn delete_opportunity(
        &self,
        request: Request<DeleteOpportunityRequest>,
    ) -> Answer<DeleteOpportunityResponse> {
        delete_opportunity::delete_opportunity(self, request).await
    }

    async fn get_opportunity(&self, request: Request<GetOpportunityRequest>) -> Answer<GetOpportunityResponse> {
        get_opportunity::get_opportunity(self, request).await
    }

    async fn get_sign_ups(&self, request: Request<GetSignUpsRequest>) -> Answer<GetSignUpsResponse> {
        get_sign_ups::get_sign_ups(self, request).await
    }

    async fn list_opportunities(
        &self,
        request: Request<ListOpportunitiesRequest>,
    ) -> Answer<ListOpportunitiesResponse> {
        list_opportunities::list_opportunities(self, request).await
    }

    async fn search_opportunities(
        &self,
        request: Request<SearchOpportunitiesRequest>,
    ) -> Answer<SearchOpportunitiesResponse> {
        search_opportunities::search_opportunities(self, request).await
    }

    async fn show_interest(&self, request: Request<ShowInterestRequest>) -> Answer<ShowInterestResponse> {
        show_interest::show_interest(self, request).await
    }

    async fn withdraw_interest(&self, request: Request<WithdrawInterestRequest>) -> Answer<WithdrawInterestResponse> {
        withdraw_interest::withdraw_interest(self, request).await
    }

    async fn list_interests(&self, request: Request<ListInterestsRequest>) -> Answer<ListInterestsResponse> {
        list_interests::list_interests(self, request).await
    }
}
