//! Posts as somebody sees them, if they may.

use connectus_platform::{identity, ids, throttle};
use connectus_proto::social::v1 as proto;
use tonic::Request;
use uuid::Uuid;

use super::{super::Social, encode};
use crate::{
    domain::{Error, limits, post::Post},
    store,
};

/// Who looks, if it is anybody.
pub(super) fn viewer<T>(request: &Request<T>) -> Option<Uuid> {
    identity::viewer(request).map(|viewer| viewer.account_id)
}

/// Finds a post that a viewer may see. Any other is answered as if there was none.
pub(super) async fn find(service: &Social, viewer: Option<Uuid>, post_id: &str) -> Result<Post, Error> {
    let id = ids::parse(post_id).ok_or(Error::PostNotFound)?;
    let post = store::posts::find(&service.pool, id).await?;
    // What is hidden takes as long as what is not there.
    let author = post.as_ref().map_or_else(Uuid::now_v7, |post| post.author);
    let standings = service.accounts.standings(viewer, [author]).await?;
    let seen = post.filter(|post| standings.of(post.author).sees(post.content.visibility));
    seen.ok_or(Error::PostNotFound)
}

/// Finds a post that an account may see, on which it is about to put a mark, or to take one off.
pub(super) async fn find_to_mark(service: &Social, by: Uuid, post_id: &str) -> Result<Post, Error> {
    let post = find(service, Some(by), post_id).await?;
    throttle::admit(&service.pool, &limits::mark(by)).await?.map_err(Error::TooManyAttempts)?;
    Ok(post)
}

/// Takes out of a list what a viewer may not see, or does not want to.
pub(super) async fn retain(service: &Social, viewer: Option<Uuid>, posts: &mut Vec<Post>) -> Result<(), Error> {
    let authors: Vec<Uuid> = posts.iter().map(|post| post.author).collect();
    let standings = service.accounts.standings(viewer, authors).await?;
    posts.retain(|post| standings.of(post.author).sees(post.content.visibility) && !standings.is_blocked(post.author));
    Ok(())
}

/// Writes posts down with what the viewer has made of them.
pub(super) async fn marked(
    service: &Social,
    viewer: Option<Uuid>,
    posts: Vec<Post>,
) -> Result<Vec<proto::Post>, Error> {
    let ids: Vec<Uuid> = posts.iter().map(|post| post.id).collect();
    let marks = store::marks::of(&service.pool, viewer, &ids).await?;
    Ok(posts.into_iter().map(|post| encode::post(post, &marks)).collect())
}
