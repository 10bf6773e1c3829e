//! The tokens with which a community's own systems use the Community API.

use axum::{
    Json,
    extract::State,
    response::Response,
    routing::{delete, get, post},
};
use connectus_platform::peer::on_behalf;
use connectus_proto::{
    common::v1::ErrorReason,
    community::v1::{self as proto, CreateTokenRequest, ListTokensRequest, RevokeTokenRequest},
};
use http::Method;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Params, communities::NOT_FOUND, done, opportunities::ORGANIZATIONS_ONLY, types::unix_seconds};
use crate::{
    body::Body,
    failure::Failure,
    route::{Answer, Auth, BAD_QUERY, Cause, INTERNAL, Origin, Route, error, schema_of},
    upstream::Gateway,
};

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::POST,
        path: "/v1/communities/{id}/tokens",
        summary: "Makes a token of the Community API.",
        details: "It is shown this once.",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.community.v1.ManagementService/CreateToken"],
        body: Some(schema_of::<NewToken>),
        answer: Answer::Json(schema_of::<CreatedToken>),
        errors: &[
            NOT_FOUND,
            INTERNAL,
            ORGANIZATIONS_ONLY,
            error(4003, 409, "Token limit reached.", &[Cause::Reason(ErrorReason::LimitReached)])
                .when("The community has 50 tokens that are not revoked."),
            BAD_QUERY,
        ],
        handler: || post(create),
    },
    Route {
        method: Method::GET,
        path: "/v1/communities/{id}/tokens",
        summary: "A community's tokens of the Community API, also revoked ones, newest first and up to 200.",
        details: "",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.community.v1.ManagementService/ListTokens"],
        body: None,
        answer: Answer::Json(schema_of::<Tokens>),
        errors: &[NOT_FOUND, INTERNAL, ORGANIZATIONS_ONLY],
        handler: || get(list),
    },
    Route {
        method: Method::DELETE,
        path: "/v1/communities/{id}/tokens/{jti}",
        summary: "Revokes a token of the Community API: it is good for nothing from now on. A repeat changes nothing.",
        details: "",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.community.v1.ManagementService/RevokeToken"],
        body: None,
        answer: Answer::Done,
        errors: &[
            NOT_FOUND,
            INTERNAL,
            ORGANIZATIONS_ONLY,
            error(4003, 404, "Token not found.", &[Cause::Reason(ErrorReason::ApiTokenNotFound)]),
        ],
        handler: || delete(revoke),
    },
];

/// How a token is to be called.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewCommunityToken)]
struct NewToken {
    /// 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
}

/// The answer to a new token.
#[derive(Serialize, ToSchema)]
#[schema(as = CreatedCommunityToken)]
struct CreatedToken {
    /// `200 - OK`.
    message: &'static str,
    /// The token's id.
    jti: String,
    /// The token, to send to the Community API as a bearer token.
    token: String,
}

/// What is known of a token.
#[derive(Serialize, ToSchema)]
#[schema(as = CommunityToken)]
struct Token {
    /// The token's id.
    jti: String,
    name: String,
    /// When it was made, in Unix seconds.
    created_at: i64,
    /// When it was revoked, in Unix seconds; 0 while it is good.
    revoked_at: i64,
}

/// A community's tokens.
#[derive(Serialize, ToSchema)]
#[schema(as = CommunityTokens)]
struct Tokens(Vec<Token>);

impl From<proto::ApiToken> for Token {
    fn from(token: proto::ApiToken) -> Self {
        Self {
            jti: token.id,
            name: token.name,
            created_at: unix_seconds(token.create_time),
            revoked_at: unix_seconds(token.revoke_time),
        }
    }
}

async fn create(
    State(gateway): State<Gateway>,
    Params(community_id): Params<String>,
    Body(NewToken { name }): Body<NewToken>,
) -> Result<Json<CreatedToken>, Failure> {
    let request = on_behalf(CreateTokenRequest { community_id, name });
    let response = gateway.communities().create_token(request).await?.into_inner();
    let jti = response.details.unwrap_or_default().id;
    Ok(Json(CreatedToken { message: "200 - OK", jti, token: response.token }))
}

async fn list(State(gateway): State<Gateway>, Params(community_id): Params<String>) -> Result<Json<Tokens>, Failure> {
    let response = gateway.communities().list_tokens(on_behalf(ListTokensRequest { community_id })).await?.into_inner();
    Ok(Json(Tokens(response.tokens.into_iter().map(Token::from).collect())))
}

async fn revoke(
    State(gateway): State<Gateway>,
    Params((community_id, token_id)): Params<(String, String)>,
) -> Result<Response, Failure> {
    gateway.communities().revoke_token(on_behalf(RevokeTokenRequest { community_id, token_id })).await?;
    Ok(done())
}
