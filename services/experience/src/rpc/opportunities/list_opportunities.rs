//! ListOpportunities: what an organization needs people for, newest first.

use connectus_platform::{identity, ids, page::Page, peer::on_behalf};
use connectus_proto::experience::v1::{ListOpportunitiesRequest, ListOpportunitiesResponse};
use tonic::{Request, Status};
use uuid::Uuid;

use super::encode;
use crate::{
    accounts,
    domain::Error,
    rpc::{Answer, Experiences, decode},
    store,
};

pub(super) async fn list_opportunities(
    service: &Experiences,
    request: Request<ListOpportunitiesRequest>,
) -> Answer<ListOpportunitiesResponse> {
    let organization_id = subject(&request)?;
    let viewer = identity::viewer(&request).map(|viewer| viewer.account_id);
    let ListOpportunitiesRequest { page_size, page_token, .. } = request.into_inner();
    let page = Page::new(page_size, &page_token)?;
    let (known, listed) = tokio::join!(
        accounts::require_organization(&service.account, on_behalf(organization_id.to_string())),
        store::views::list(&service.pool, organization_id, page, viewer),
    );
    known?;
    let mut listed = listed?;
    let next_page_token = page.cut(&mut listed, |seen| seen.opportunity.id);
    let opportunities = encode::all(service, listed, viewer).await?;
    Ok(ListOpportunitiesResponse { opportunities, next_page_token }.into())
}

/// Whose opportunities are asked for.
fn subject(request: &Request<ListOpportunitiesRequest>) -> Result<Uuid, Status> {
    match request.get_ref().organization_id.as_str() {
        identity::ME => Ok(decode::organization(request)?.account_id),
        id => Ok(ids::parse(id).ok_or(Error::OrganizationNotFound)?),
    }
}
