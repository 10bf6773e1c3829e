//! ListFeed: what the caller and their connections have posted and shared, newest first.

use std::collections::HashMap;

use connectus_platform::{identity, page::Page};
use connectus_proto::social::v1::{self as proto, ListFeedRequest, ListFeedResponse};
use tonic::Request;
use uuid::Uuid;

use super::{
    super::{Answer, Social},
    encode, seen,
};
use crate::{
    domain::{Error, post::Post, standing::Standing},
    store::{self, feed::Entry},
};

pub(super) async fn list_feed(service: &Social, request: Request<ListFeedRequest>) -> Answer<ListFeedResponse> {
    let owner = identity::caller(&request)?.account_id;
    let ListFeedRequest { page_size, page_token } = request.into_inner();
    let page = Page::new(page_size, &page_token)?;
    let mut circle = service.accounts.connections(owner).await?;
    circle.push(owner);
    let visible = Standing::Connected.visible();
    let (entries, next_page_token) = store::feed::list(&service.pool, owner, &circle, &visible, page).await?;
    let posts = posts_of(service, owner, &entries).await?;
    Ok(ListFeedResponse { posts, next_page_token }.into())
}

/// The posts that stand in a feed, of those that its owner may see. One may have been deleted at this very moment.
async fn posts_of(service: &Social, owner: Uuid, entries: &[Entry]) -> Result<Vec<proto::Post>, Error> {
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.post_id).collect();
    let mut posts = store::posts::find_all(&service.pool, &ids).await?;
    seen::retain(service, Some(owner), &mut posts).await?;
    let marks = store::marks::of(&service.pool, Some(owner), &ids).await?;
    let mut posts: HashMap<Uuid, Post> = posts.into_iter().map(|post| (post.id, post)).collect();
    let shown = entries.iter().filter_map(|entry| {
        let post = posts.remove(&entry.post_id)?;
        Some(encode::post_in_feed(post, &marks, entry.sharer))
    });
    Ok(shown.collect())
}
