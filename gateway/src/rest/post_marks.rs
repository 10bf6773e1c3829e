//! What accounts make of posts: likes and shares.

use axum::{extract::State, response::Response, routing::post};
use connectus_platform::peer::on_behalf;
use connectus_proto::social::v1::{LikePostRequest, SharePostRequest, UnlikePostRequest, UnsharePostRequest};
use http::Method;

use super::{Params, done, posts::POST_NOT_FOUND};
use crate::{
    failure::Failure,
    route::{Answer, Auth, BAD_QUERY, ErrorCode, INTERNAL, Origin, Route, THROTTLED},
    upstream::Gateway,
};

const ERRORS: &[ErrorCode] = &[POST_NOT_FOUND, INTERNAL, BAD_QUERY, THROTTLED];
const REPEAT: &str = "A repeat changes nothing.";

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::POST,
        path: "/v1/posts/{id}/like",
        summary: "The caller likes a post.",
        details: REPEAT,
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.social.v1.PostService/LikePost"],
        body: None,
        answer: Answer::Done,
        errors: ERRORS,
        handler: || post(like),
    },
    Route {
        method: Method::POST,
        path: "/v1/posts/{id}/unlike",
        summary: "The caller does not like a post any more.",
        details: REPEAT,
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.social.v1.PostService/UnlikePost"],
        body: None,
        answer: Answer::Done,
        errors: ERRORS,
        handler: || post(unlike),
    },
    Route {
        method: Method::POST,
        path: "/v1/posts/{id}/share",
        summary: "The caller shows a post to their connections.",
        details: REPEAT,
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.social.v1.PostService/SharePost"],
        body: None,
        answer: Answer::Done,
        errors: ERRORS,
        handler: || post(share),
    },
    Route {
        method: Method::POST,
        path: "/v1/posts/{id}/unshare",
        summary: "The caller does not share a post any more.",
        details: REPEAT,
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.social.v1.PostService/UnsharePost"],
        body: None,
        answer: Answer::Done,
        errors: ERRORS,
        handler: || post(unshare),
    },
];

async fn like(State(gateway): State<Gateway>, Params(post_id): Params<String>) -> Result<Response, Failure> {
    gateway.posts().like_post(on_behalf(LikePostRequest { post_id })).await?;
    Ok(done())
}

async fn unlike(State(gateway): State<Gateway>, Params(post_id): Params<String>) -> Result<Response, Failure> {
    gateway.posts().unlike_post(on_behalf(UnlikePostRequest { post_id })).await?;
    Ok(done())
}

async fn share(State(gateway): State<Gateway>, Params(post_id): Params<String>) -> Result<Response, Failure> {
    gateway.posts().share_post(on_behalf(SharePostRequest { post_id })).await?;
    Ok(done())
}

async fn unshare(State(gateway): State<Gateway>, Params(post_id): Params<String>) -> Result<Response, Failure> {
    gateway.posts().unshare_post(on_behalf(UnsharePostRequest { post_id })).await?;
    Ok(done())
}
