//! The page that renders the OpenAPI document, with its assets from the binary.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use http::{
    HeaderValue, StatusCode,
    header::{CONTENT_ENCODING, CONTENT_TYPE},
};
use serde_json::Value;
use tower_http::decompression::DecompressionLayer;
use utoipa_swagger_ui::Config;

use crate::{
    community,
    failure::{envelope, general},
    openapi,
};

/// The documents of both APIs, and `/docs`.
pub(crate) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let document: Arc<Value> = Arc::new(openapi::document());
    let community: Arc<Value> = Arc::new(community::openapi::document());
    let config = Arc::new(Config::new(["/openapi.json", "/community/v1/openapi.json"]));
    Router::new()
        .route("/openapi.json", get(move || std::future::ready(Json(document.clone()))))
        .route("/community/v1/openapi.json", get(move || std::future::ready(Json(community.clone()))))
        .route("/docs", get(|| std::future::ready(Redirect::permanent("/docs/"))))
        .route("/docs/", get(|State(config)| std::future::ready(asset(config, ""))).with_state(config.clone()))
        .route(
            "/docs/{*file}",
            get(|State(config), Path(file): Path<String>| std::future::ready(asset(config, &file))).with_state(config),
        )
        // Assets are in the binary as gzip has them. Not every client takes them so.
        .layer(DecompressionLayer::new())
}

fn asset(config: Arc<Config<'static>>, file: &str) -> Response {
    match utoipa_swagger_ui::serve(file, config) {
        Ok(Some(file)) => match HeaderValue::from_str(&file.content_type) {
            Ok(content_type) => {
                let encoding = file.gzpipped.then_some([(CONTENT_ENCODING, HeaderValue::from_static("gzip"))]);
                ([(CONTENT_TYPE, content_type)], encoding, file.bytes.to_vec()).into_response()
            }
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
        Ok(None) | Err(_) => envelope(&general::NOT_FOUND),
    }
}
