//! LikePost: an account likes a post.

use connectus_platform::identity;
use connectus_proto::social::v1::{LikePostRequest, LikePostResponse, NotificationKind};
use tonic::Request;

use super::{
    super::{Answer, Social},
    seen,
};
use crate::{
    domain::{notification::News, post::Mark},
    store,
};

pub(super) async fn like_post(service: &Social, request: Request<LikePostRequest>) -> Answer<LikePostResponse> {
    let caller = identity::caller(&request)?.account_id;
    let post = seen::find_to_mark(service, caller, &request.get_ref().post_id).await?;
    let response = LikePostResponse {};
    let announcement = service.announcement(News::of_mark(NotificationKind::PostLiked, caller, &post));
    store::marks::put(&service.pool, Mark::Like, &post, caller, &announcement, &response).await?;
    service.outbox.wake();
    Ok(response.into())
}
