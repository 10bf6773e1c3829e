//! SetPostCounts: the social service tells what an account's posts come to.

use connectus_platform::fields;
use connectus_proto::account::v1::{SetPostCountsRequest, SetPostCountsResponse};
use tonic::Request;

use super::{Accounts, Answer};
use crate::{
    domain::Error,
    store::{self, numbers::PostCounts},
};

pub(super) async fn set_post_counts(
    service: &Accounts,
    request: Request<SetPostCountsRequest>,
) -> Answer<SetPostCountsResponse> {
    let SetPostCountsRequest { account_id, posts_count, liked_count, shared_count, version } = request.into_inner();
    let id = fields::id("account_id", &account_id)?;
    let counts = PostCounts { posts: posts_count, liked: liked_count, shared: shared_count, version };
    if store::numbers::set_post_counts(&service.pool, id, counts).await? {
        Ok(SetPostCountsResponse {}.into())
    } else {
        Err(Error::AccountNotYetKnown.into())
    }
}
