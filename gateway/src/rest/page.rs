//! Pages of lists: `limit` and `cursor` in the query, `x-next-cursor` in the answer.

use axum::{
    Json,
    extract::{FromRequestParts, Query},
    http::request::Parts,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::{failure::Failure, upstream::Gateway};

/// The header with the next page's cursor; absent on the last page.
pub(crate) const NEXT_CURSOR: HeaderName = HeaderName::from_static("x-next-cursor");

/// Which page is asked for.
#[derive(Deserialize)]
pub(super) struct PageQuery {
    limit: Option<i32>,
    cursor: Option<String>,
}

/// Which page is asked for, as the rpcs take it.
pub(super) struct Page {
    pub(super) size: i32,
    pub(super) token: String,
}

impl FromRequestParts<Gateway> for Page {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Failure> {
        let query = Query::<PageQuery>::from_request_parts(parts, gateway).await;
        let Query(PageQuery { limit, cursor }) = query.map_err(|_| Failure::invalid("limit"))?;
        // To the rpcs, 0 stands for the default; to REST it is no size.
        if limit == Some(0) {
            return Err(Failure::invalid("limit"));
        }
        Ok(Self { size: limit.unwrap_or_default(), token: cursor.unwrap_or_default() })
    }
}

/// The answer with a page.
pub(super) fn answer<T: Serialize>(elements: &[T], next: &str) -> Response {
    let mut response = Json(elements).into_response();
    if let Some(next) = Some(next).filter(|next| !next.is_empty()).and_then(|next| HeaderValue::from_str(next).ok()) {
        response.headers_mut().insert(NEXT_CURSOR, next);
    }
    response
}
