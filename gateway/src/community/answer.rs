//! The answers of the Community API, each with what is left of the token's budget.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, SecondsFormat, Utc};
use connectus_platform::{peer::on_behalf, status};
use connectus_proto::{common::v1::ErrorReason, community::v1::GetTokenStatusRequest};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header::RETRY_AFTER};
use serde::Serialize;
use tonic::{Code, Status, metadata::MetadataMap};
use utoipa::ToSchema;

use super::fields;
use crate::upstream::Gateway;

pub(crate) const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
pub(crate) const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
pub(crate) const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// What came of an operation: an answer, or why there is none.
pub(super) type Outcome = Result<Response, Refusal>;

/// Why an operation is not done.
pub(super) enum Refusal {
    /// The rpc failed.
    Rpc(Status),
    /// The request is bad, as the gateway found before any rpc; what is wrong, each beginning with the field.
    Invalid(Vec<String>),
    /// The body is too large.
    TooLarge,
}

impl Refusal {
    /// One field is bad.
    pub(super) fn field(field: &str, problem: &str) -> Self {
        Self::Invalid(vec![format!("{field}: {problem}")])
    }
}

impl From<Status> for Refusal {
    fn from(status: Status) -> Self {
        Self::Rpc(status)
    }
}

/// How something went.
#[derive(Serialize, ToSchema)]
#[schema(as = Status)]
pub(super) struct Report {
    /// `ok`, `success`, `not-found`, `forbidden` or `failure`.
    status: &'static str,
    /// More on that.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

/// That a request is bad.
#[derive(Serialize, ToSchema)]
#[schema(as = InvalidRequest)]
pub(super) struct Invalid {
    /// `invalid-request-body`.
    reason: &'static str,
    /// Where the API is described.
    docs: String,
    /// What is wrong, each beginning with the field.
    errors: Vec<String>,
}

/// That a token's budget is spent.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RateLimited)]
pub(super) struct RateLimited {
    /// `rate-limit-exceeded`.
    reason: &'static str,
    rate_limit: RateLimit,
}

/// A token's budget.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RateLimit {
    /// How many calls there may be in an interval.
    interval_limit: i64,
    /// How many are left of it.
    interval_remaining: i64,
    /// In how many seconds it is whole again.
    interval_reset_seconds: i64,
    /// How many milliseconds to wait.
    wait_ms: u64,
}

/// A good answer, with what is left of the budget.
pub(super) fn good(status: StatusCode, metadata: &MetadataMap, body: impl Serialize) -> Response {
    (status, limits(metadata), Json(body)).into_response()
}

/// That something is done.
pub(super) fn done(metadata: &MetadataMap) -> Response {
    report(StatusCode::OK, metadata, "ok")
}

/// How something went, in a word.
pub(super) fn report(status: StatusCode, metadata: &MetadataMap, word: &'static str) -> Response {
    good(status, metadata, Report { status: word, reason: None })
}

/// What is left of the budget, as an rpc said.
fn limits(metadata: &MetadataMap) -> HeaderMap {
    let metadata = metadata.clone().into_headers();
    let named = [LIMIT, REMAINING].into_iter().filter_map(|name| Some((name.clone(), metadata.get(name)?.clone())));
    named.collect()
}

/// The answer to an outcome. Whoever sends a bad request without a good token is told of the token first.
pub(super) async fn answer(gateway: Gateway, outcome: Outcome) -> Response {
    let (status, refusal) = match outcome {
        Ok(response) => return response,
        Err(Refusal::Rpc(status)) => return failed(&gateway, &status),
        Err(refusal @ Refusal::Invalid(_)) => (StatusCode::BAD_REQUEST, refusal),
        Err(refusal @ Refusal::TooLarge) => (StatusCode::PAYLOAD_TOO_LARGE, refusal),
    };
    match gateway.community().get_token_status(on_behalf(GetTokenStatusRequest {})).await {
        Err(failure) => failed(&gateway, &failure),
        Ok(token) => match refusal {
            Refusal::Invalid(errors) => invalid(&gateway, token.metadata(), errors),
            Refusal::TooLarge | Refusal::Rpc(_) => good(status, token.metadata(), failure("The body is too large.")),
        },
    }
}

fn invalid(gateway: &Gateway, metadata: &MetadataMap, errors: Vec<String>) -> Response {
    let docs = format!("{}/docs/", gateway.links.public_url);
    good(StatusCode::BAD_REQUEST, metadata, Invalid { reason: "invalid-request-body", docs, errors })
}

fn failure(reason: &'static str) -> Report {
    Report { status: "failure", reason: Some(reason) }
}

/// The answer to an rpc that failed.
fn failed(gateway: &Gateway, status: &Status) -> Response {
    let metadata = status.metadata();
    let not_found = |reason| Report { status: "not-found", reason: Some(reason) };
    match status::reason(status) {
        Some(ErrorReason::InvalidField) => {
            let errors = status::field_errors(status).into_iter();
            let errors = errors.map(|error| format!("{}: {}", fields::published(&error.field), error.problem));
            invalid(gateway, metadata, errors.collect())
        }
        Some(ErrorReason::NameTaken) => {
            invalid(gateway, metadata, vec!["name: is that of another tag, maybe of a deleted one".to_owned()])
        }
        Some(ErrorReason::LimitReached) => {
            invalid(gateway, metadata, vec!["name: there are as many as there may be".to_owned()])
        }
        Some(ErrorReason::CommunityTokenInvalid) => forbidden(),
        Some(ErrorReason::RateLimited) => rate_limited(metadata),
        Some(ErrorReason::SourceNotFound) => good(StatusCode::NOT_FOUND, metadata, not_found("No such source")),
        Some(ErrorReason::MemberNotFound) => good(StatusCode::NOT_FOUND, metadata, not_found("No such member")),
        Some(ErrorReason::TagNotFound) => good(StatusCode::NOT_FOUND, metadata, not_found("No such tag")),
        Some(ErrorReason::SegmentNotFound) => good(StatusCode::NOT_FOUND, metadata, not_found("No such segment")),
        _ if status.code() == Code::OutOfRange => {
            good(StatusCode::PAYLOAD_TOO_LARGE, metadata, failure("The body is too large."))
        }
        _ => passing(status),
    }
}

/// A failure of ours, which may pass.
fn passing(status: &Status) -> Response {
    let code = match status.code() {
        Code::Unavailable | Code::ResourceExhausted | Code::Aborted => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let mut response = good(code, status.metadata(), failure("Something is wrong with the service."));
    if code != StatusCode::INTERNAL_SERVER_ERROR {
        let wait = status::retry_after(status).unwrap_or(status::RETRY_DELAY);
        response.headers_mut().insert(RETRY_AFTER, moment(Utc::now() + wait));
    }
    response
}

/// The answer to a token that is not good. It has no budget, of which nothing is left.
fn forbidden() -> Response {
    let headers = [(LIMIT, HeaderValue::from(0)), (REMAINING, HeaderValue::from(0))];
    let report = Report { status: "forbidden", reason: Some("Token not valid") };
    (StatusCode::FORBIDDEN, headers, Json(report)).into_response()
}

fn rate_limited(metadata: &MetadataMap) -> Response {
    let now = Utc::now();
    let number = |name: &HeaderName| -> i64 {
        metadata.get(name.as_str()).and_then(|value| value.to_str().ok()?.parse().ok()).unwrap_or_default()
    };
    // Too late rather than too early.
    let reset = number(&RESET) + 1;
    let wait = (DateTime::from_timestamp(reset, 0).unwrap_or(now) - now).to_std().unwrap_or_default();
    let rate_limit = RateLimit {
        interval_limit: number(&LIMIT),
        interval_remaining: number(&REMAINING),
        interval_reset_seconds: i64::try_from(wait.as_secs()).unwrap_or(i64::MAX),
        wait_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
    };
    let body = RateLimited { reason: "rate-limit-exceeded", rate_limit };
    let mut response = good(StatusCode::TOO_MANY_REQUESTS, metadata, body);
    response.headers_mut().insert(RESET, HeaderValue::from(reset));
    response.headers_mut().insert(RETRY_AFTER, moment(now + wait));
    response
}

/// A moment as the structure of the API has it in `Retry-After`: RFC 3339.
fn moment(moment: DateTime<Utc>) -> HeaderValue {
    let text = moment.to_rfc3339_opts(SecondsFormat::Secs, true);
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("1"))
}
