//! GetPost: one post, for whoever may see it.

use connectus_proto::social::v1::{GetPostRequest, GetPostResponse};
use tonic::Request;

use super::{
    super::{Answer, Social},
    seen,
};

pub(super) async fn get_post(service: &Social, request: Request<GetPostRequest>) -> Answer<GetPostResponse> {
    let viewer = seen::viewer(&request);
    let post = seen::find(service, viewer, &request.get_ref().post_id).await?;
    let post = seen::marked(service, viewer, vec![post]).await?.pop();
    Ok(GetPostResponse { post }.into())
}
