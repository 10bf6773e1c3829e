//! Whose a token is.

use axum::{extract::State, response::Response, routing::get};
use connectus_platform::peer::on_behalf;
use connectus_proto::community::v1::GetTokenStatusRequest;
use http::{Method, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    answer::{self, Outcome, good},
    operation::{Answer, Operation},
};
use crate::{route::schema_of, upstream::Gateway};

pub(super) const OPERATIONS: &[Operation] = &[Operation {
    method: Method::GET,
    path: "/api-token-status",
    id: "getApiTokenStatus",
    summary: "Tells whose the token is.",
    details: "",
    tag: "Token Status",
    is_deprecated: false,
    path_parameter: None,
    query: &[],
    body: None,
    answer: Answer::Json(schema_of::<ApiToken>),
    failures: &[],
    rpc: "GetTokenStatus",
    handler: || get(status),
}];

/// A token of the API.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ApiToken {
    /// Its id.
    jti: String,
    /// The name of its community.
    community_name: String,
    /// The id of its community.
    community_id: String,
}

async fn status(State(gateway): State<Gateway>) -> Response {
    answer::answer(gateway.clone(), find(gateway).await).await
}

async fn find(gateway: Gateway) -> Outcome {
    let response = gateway.community().get_token_status(on_behalf(GetTokenStatusRequest {})).await?;
    let (metadata, token, _) = response.into_parts();
    let body = ApiToken { jti: token.token_id, community_name: token.community_name, community_id: token.community_id };
    Ok(good(StatusCode::OK, &metadata, body))
}
