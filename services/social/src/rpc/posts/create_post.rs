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
        post::{Counts, Post},
    },
    store::{self, marks::Marks},
};

pub(super) async fn create_post(service: &Social, request: Request<CreatePostRequest>) -> Answer<CreatePostResponse> {
    let author = identity::caller(&request)?.account_id;
    let content = content::checked(request.into_inner().content)?;
    if let Some(replied_to) = content.reply_to {
        seen::find(service, Some(author), &replied_to.to_string()).await?;
    }
    throttle::admit(&service.pool, &limits::post(author)).await?.map_err(Error::TooManyPosts)?;
    let post = Post { id: Uuid::now_v7(), author, content, created_at: Utc::now(), counts: Counts::default() };
    let response = CreatePostResponse { post: Some(encode::post(post.clone(), &Marks::default())) };
    store::posts::insert(&service.pool, &post, &response).await?;
    service.outbox.wake();
    Ok(response.into())
}
