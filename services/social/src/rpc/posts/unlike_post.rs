//! UnlikePost: an account does not like a post any more.

use connectus_platform::identity;
use connectus_proto::social::v1::{UnlikePostRequest, UnlikePostResponse};
use tonic::Request;

use super::{
    super::{Answer, Social},
    seen,
};
use crate::{domain::post::Mark, store};

pub(super) async fn unlike_post(service: &Social, request: Request<UnlikePostRequest>) -> Answer<UnlikePostResponse> {
    let caller = identity::caller(&request)?.account_id;
    let post = seen::find_to_mark(service, caller, &request.get_ref().post_id).await?;
    let response = UnlikePostResponse {};
    store::marks::take(&service.pool, Mark::Like, &post, caller, &response).await?;
    service.outbox.wake();
    Ok(response.into())
}
