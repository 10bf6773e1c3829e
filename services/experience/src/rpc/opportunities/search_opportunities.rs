//! SearchOpportunities: what people are needed for, newest first.

use chrono::Utc;
use connectus_platform::{identity, page::Page};
use connectus_proto::experience::v1::{SearchOpportunitiesRequest, SearchOpportunitiesResponse};
use tonic::Request;

use super::encode;
use crate::{
    domain::opportunity_search::Search,
    rpc::{Answer, Experiences},
    store,
};

pub(super) async fn search_opportunities(
    service: &Experiences,
    request: Request<SearchOpportunitiesRequest>,
) -> Answer<SearchOpportunitiesResponse> {
    let viewer = identity::viewer(&request).map(|viewer| viewer.account_id);
    let request = request.get_ref();
    let search = Search::new(request, Utc::now())?;
    let page = Page::new(request.page_size, &request.page_token)?;
    let mut found = store::views::search(&service.pool, &search, page, viewer).await?;
    let next_page_token = page.cut(&mut found, |seen| seen.opportunity.id);
    let opportunities = encode::all(service, found, viewer).await?;
    Ok(SearchOpportunitiesResponse { opportunities, next_page_token }.into())
}
