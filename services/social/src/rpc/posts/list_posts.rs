//! ListPosts: what an account has said, newest first.

use connectus_platform::{identity, ids, page::Page};
use connectus_proto::social::v1::{ListPostsRequest, ListPostsResponse};
use tonic::{Request, Status};
use uuid::Uuid;

use super::{
    super::{Answer, Social},
    seen,
};
use crate::{
    domain::{Error, standing::Standing},
    store,
};

pub(super) async fn list_posts(service: &Social, request: Request<ListPostsRequest>) -> Answer<ListPostsResponse> {
    let (author, viewer) = (subject(&request)?, seen::viewer(&request));
    let ListPostsRequest { page_size, page_token, .. } = request.into_inner();
    let page = Page::new(page_size, &page_token)?;
    let standing = service.accounts.standings(viewer, [author]).await?.of(author);
    if standing == Standing::Hidden {
        return Err(Error::AccountNotFound.into());
    }
    let mut posts = store::posts::list_by(&service.pool, author, &standing.visible(), page).await?;
    let next_page_token = page.cut(&mut posts, |post| post.id);
    let posts = seen::marked(service, viewer, posts).await?;
    Ok(ListPostsResponse { posts, next_page_token }.into())
}

/// Whose posts are asked for. An id that is no id belongs to no account.
fn subject(request: &Request<ListPostsRequest>) -> Result<Uuid, Status> {
    match request.get_ref().account_id.as_str() {
        identity::ME => Ok(identity::caller(request)?.account_id),
        id => Ok(ids::parse(id).ok_or(Error::AccountNotFound)?),
    }
}
