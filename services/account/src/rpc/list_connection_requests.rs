//! ListConnectionRequests: what the caller has asked and was asked, newest first.

use connectus_platform::{fields::FieldError, identity, page::Page};
use connectus_proto::account::v1::{
    ConnectionRequestDirection, ListConnectionRequestsRequest, ListConnectionRequestsResponse,
};
use tonic::Request;

use super::{Accounts, Answer};
use crate::{domain::connection::Direction, store};

pub(super) async fn list_connection_requests(
    service: &Accounts,
    request: Request<ListConnectionRequestsRequest>,
) -> Answer<ListConnectionRequestsResponse> {
    let caller = identity::caller(&request)?.account_id;
    let ListConnectionRequestsRequest { direction, page_size, page_token } = request.into_inner();
    let (direction, page) = (decode(direction)?, Page::new(page_size, &page_token)?);
    let mut requests = store::connection_lists::requests(&service.pool, caller, direction, page).await?;
    let next_page_token = page.cut(&mut requests, |request| request.id);
    let requests = requests.into_iter().map(Into::into).collect();
    Ok(ListConnectionRequestsResponse { requests, next_page_token }.into())
}

/// Which of the two; none for both.
fn decode(direction: i32) -> Result<Option<Direction>, FieldError> {
    match ConnectionRequestDirection::try_from(direction) {
        Ok(ConnectionRequestDirection::Unspecified) => Ok(None),
        Ok(ConnectionRequestDirection::Incoming) => Ok(Some(Direction::Incoming)),
        Ok(ConnectionRequestDirection::Outgoing) => Ok(Some(Direction::Outgoing)),
        Err(_) => Err(FieldError::new("direction", "is not a direction")),
    }
}
