//! UnsharePost: an account does not share a post any more.

use connectus_platform::identity;
use connectus_proto::social::v1::{UnsharePostRequest, UnsharePostResponse};
use tonic::Request;

use super::{
    super::{Answer, Social},
    seen,
};
use crate::{domain::post::Mark, store};

pub(super) async fn unshare_post(
    service: &Social,
    request: Request<UnsharePostRequest>,
) -> Answer<UnsharePostResponse> {
    let caller = identity::caller(&request)?.account_id;
    let post = seen::find_to_mark(service, caller, &request.get_ref().post_id).await?;
    let response = UnsharePostResponse {};
    store::marks::take(&service.pool, Mark::Share, &post, caller, &response).await?;
    service.outbox.wake();
    Ok(response.into())
}
