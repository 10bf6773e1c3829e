//! SharePost: an account shows a post to its connections.

use connectus_platform::identity;
use connectus_proto::social::v1::{NotificationKind, SharePostRequest, SharePostResponse};
use tonic::Request;

use super::{
    super::{Answer, Social},
    seen,
};
use crate::{
    domain::{notification::News, post::Mark},
    store,
};

pub(super) async fn share_post(service: &Social, request: Request<SharePostRequest>) -> Answer<SharePostResponse> {
    let caller = identity::caller(&request)?.account_id;
    let post = seen::find_to_mark(service, caller, &request.get_ref().post_id).await?;
    let response = SharePostResponse {};
    let announcement = service.announcement(News::of_mark(NotificationKind::PostShared, caller, &post));
    store::marks::put(&service.pool, Mark::Share, &post, caller, &announcement, &response).await?;
    service.outbox.wake();
    Ok(response.into())
}
