//! CreatePost: an account says something.

use chrono::Utc;
use connectus_platform::{identity, throttle};
use connectus_proto::social::v1::{CreatePostRequest, CreatePostResponse};
use tonic::Request;
use uuid::Uuid;

use super::{
    super::{Answer, Social},
    encode, seen,
};
use crate::{
    domain::{
        Error, content, limits,
        notification::News,
        post::{Counts, Post},
    },
    store::{self, marks::Marks},
};

pub(super) async fn create_post(service: &Social, request: Request<CreatePostRequest>) -> Answer<CreatePostResponse> {
    let author = identity::caller(&request)?.account_id;
    let content = content::checked(request.into_inner().content)?;
    let replied_to = match content.reply_to {
        Some(post) => Some(seen::find(service, Some(author), &post.to_string()).await?),
        None => None,
    };
    throttle::admit(&service.pool, &limits::post(author)).await?.map_err(Error::TooManyAttempts)?;
    let post = Post { id: Uuid::now_v7(), author, content, created_at: Utc::now(), counts: Counts::default() };
    let response = CreatePostResponse { post: Some(encode::post(post.clone(), &Marks::default())) };
    let news = match replied_to {
        Some(replied_to) => news_of_reply(service, &post, &replied_to).await?,
        None => Vec::new(),
    };
    store::posts::insert(&service.pool, &post, &service.announcement(news), &response).await?;
    service.outbox.wake();
    Ok(response.into())
}

/// What the author of a post is told of a reply to it: nothing of their own, and of nothing that is not for them to see.
async fn news_of_reply(service: &Social, reply: &Post, to: &Post) -> Result<Vec<News>, Error> {
    if reply.author == to.author {
        return Ok(Vec::new());
    }
    let standings = service.accounts.standings(Some(to.author), [reply.author]).await?;
    let is_seen = standings.of(reply.author).sees(reply.content.visibility);
    Ok(if is_seen { vec![News::of_reply(reply, to.author)] } else { Vec::new() })
}
