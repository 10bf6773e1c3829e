//! ListValidationRequests: what waits for an organization, newest first.

use connectus_platform::page::Page;
use connectus_proto::experience::v1::{
    ListValidationRequestsRequest, ListValidationRequestsResponse, ValidationRequest,
};
use prost_types::Timestamp;
use tonic::Request;
use uuid::Uuid;

use super::{Answer, Experiences, decode};
use crate::store;

pub(super) async fn list_validation_requests(
    service: &Experiences,
    request: Request<ListValidationRequestsRequest>,
) -> Answer<ListValidationRequestsResponse> {
    let organization = decode::organization(&request)?.account_id;
    let ListValidationRequestsRequest { page_size, page_token } = request.into_inner();
    let page = Page::new(page_size, &page_token)?;
    let mut listed = store::validations::list(&service.pool, organization, page).await?;
    let next_page_token = page.cut(&mut listed, |request| request.id);
    // Whoever has blocked the organization is not for it to see.
    let visible = service.relations.visible(organization, listed.iter().map(|request| request.user_id)).await?;
    let seen = listed.into_iter().filter(|request| visible.contains(&request.user_id));
    let requests = seen.map(|request| ValidationRequest {
        user_id: request.user_id.to_string(),
        experience_id: request.experience_id.to_string(),
        create_time: made_at(request.id),
        request_id: request.id.to_string(),
    });
    Ok(ListValidationRequestsResponse { requests: requests.collect(), next_page_token }.into())
}

/// When a request was made, which its UUIDv7 says.
fn made_at(request: Uuid) -> Option<Timestamp> {
    let (seconds, _) = request.get_timestamp()?.to_unix();
    Some(Timestamp { seconds: seconds.cast_signed(), nanos: 0 })
}
