//! ListInterests: who is interested in an opportunity of an organization, latest first.

use connectus_platform::{ids, page::Page};
use connectus_proto::experience::v1::{ListInterestsRequest, ListInterestsResponse};
use tonic::Request;

use crate::{
    domain::Error,
    rpc::{Answer, Experiences, decode},
    store,
};

pub(super) async fn list_interests(
    service: &Experiences,
    request: Request<ListInterestsRequest>,
) -> Answer<ListInterestsResponse> {
    let organization_id = decode::organization(&request)?.account_id;
    let ListInterestsRequest { opportunity_id, page_size, page_token } = request.into_inner();
    let page = Page::new(page_size, &page_token)?;
    let id = ids::parse(&opportunity_id).ok_or(Error::OpportunityNotFound)?;
    let found = store::opportunities::find(&service.pool, id).await?;
    found.filter(|found| found.organization_id == organization_id).ok_or(Error::OpportunityNotFound)?;
    let mut listed = store::interests::list(&service.pool, id, page).await?;
    let next_page_token = page.cut(&mut listed, |interest| interest.id);
    let visible = service.relations.visible(organization_id, listed.iter().map(|interest| interest.user_id)).await?;
    let seen = listed.into_iter().filter(|interest| visible.contains(&interest.user_id));
    Ok(ListInterestsResponse { interests: seen.map(Into::into).collect(), next_page_token }.into())
}
