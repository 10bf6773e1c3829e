//! ListComments: the replies to a post, newest first.

use connectus_platform::page::Page;
use connectus_proto::social::v1::{ListCommentsRequest, ListCommentsResponse};
use tonic::Request;

use super::{
    super::{Answer, Social},
    seen,
};
use crate::store;

pub(super) async fn list_comments(
    service: &Social,
    request: Request<ListCommentsRequest>,
) -> Answer<ListCommentsResponse> {
    let viewer = seen::viewer(&request);
    let ListCommentsRequest { post_id, page_size, page_token } = request.into_inner();
    let page = Page::new(page_size, &page_token)?;
    let post = seen::find(service, viewer, &post_id).await?;
    let mut replies = store::posts::list_replies(&service.pool, post.id, page).await?;
    let next_page_token = page.cut(&mut replies, |reply| reply.id);
    seen::retain(service, viewer, &mut replies).await?;
    let posts = seen::marked(service, viewer, replies).await?;
    Ok(ListCommentsResponse { posts, next_page_token }.into())
}
