//! Failures of a request, and their answers in the published envelope.

use std::time::Duration;

use axum::{
    Json,
    response::{Html, IntoResponse, Response},
};
use connectus_platform::status;
use connectus_proto::common::v1::ErrorReason;
use http::{HeaderName, HeaderValue, StatusCode, header::RETRY_AFTER};
use serde::Serialize;
use tonic::{Code, Status};
use utoipa::ToSchema;

use crate::{
    pages,
    rest::fields,
    route::{Answer, Cause, ErrorCode, Route},
};

/// The header that names the field that made a request bad; the envelope has no place for it.
pub(crate) const ERROR_FIELD: HeaderName = HeaderName::from_static("x-error-field");

/// The errors that any path answers.
pub(crate) mod general {
    use crate::route::{ErrorCode, error};

    pub(crate) const NOT_FOUND: ErrorCode = error(4040, 404, "Not found.", &[]);
    pub(crate) const METHOD_NOT_ALLOWED: ErrorCode = error(4045, 405, "Method not allowed.", &[]);
    pub(crate) const TOO_SLOW: ErrorCode = error(4080, 408, "The request took too long.", &[]);
    pub(crate) const BODY_TOO_LARGE: ErrorCode = error(4130, 413, "The body is too large.", &[]);
    pub(crate) const CONTENT_TYPE: ErrorCode = error(4150, 415, "Unsupported content type.", &[]);
    pub(crate) const TOO_MANY_REQUESTS: ErrorCode = error(4290, 429, "Too many requests.", &[]);
    pub(crate) const INTERNAL: ErrorCode = error(5000, 500, "Internal server error.", &[]);
    /// Those of every route with a body.
    pub(crate) const OF_BODIES: [&ErrorCode; 3] = [&TOO_SLOW, &BODY_TOO_LARGE, &CONTENT_TYPE];
    /// The statuses that are answered outside of the routes, and so in the envelope even where a route is a page.
    pub(crate) const BEFORE_ROUTES: [u16; 2] = [TOO_SLOW.status, TOO_MANY_REQUESTS.status];
}

/// Why a request fails. Its answer depends on the route, which renders it.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// An rpc failed.
    Rpc(Status),
    /// The gateway found what an rpc would have failed with.
    Reason(ErrorReason),
    /// A field is missing or invalid; its path, where there is one.
    InvalidField(Option<String>),
    /// The body cannot be read at all.
    Unreadable,
    /// Something that every path answers alike.
    General(&'static ErrorCode),
}

impl Failure {
    /// A field of the request is missing or invalid.
    pub(crate) fn invalid(field: &str) -> Self {
        Self::InvalidField(Some(field.to_owned()))
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        Self::Rpc(status)
    }
}

impl IntoResponse for Failure {
    /// A response that the route's layer takes the failure out of, and renders.
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The body of every error.
#[derive(Serialize, ToSchema)]
#[schema(as = Error)]
pub(crate) struct Envelope {
    error: EnvelopeError,
}

/// What went wrong.
#[derive(Serialize, ToSchema)]
#[schema(as = ErrorBody)]
struct EnvelopeError {
    /// The number of the error, with a meaning of its own in each route.
    code: u16,
    /// The same for people.
    message: &'static str,
}

impl Envelope {
    pub(crate) fn new(error: &ErrorCode) -> Self {
        Self { error: EnvelopeError { code: error.code, message: error.message } }
    }
}

/// The answer for an error, in the envelope.
pub(crate) fn envelope(error: &ErrorCode) -> Response {
    (status_code(error), Json(Envelope::new(error))).into_response()
}

fn status_code(error: &ErrorCode) -> StatusCode {
    StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The answer of a route to a failure.
pub(crate) fn render(route: &Route, failure: &Failure) -> Response {
    let (error, status) = choose(route, failure);
    let mut response = match route.answer {
        Answer::Html => (status, Html(pages::failure(error))).into_response(),
        Answer::Done
        | Answer::Json(_)
        | Answer::List(_)
        | Answer::File(_)
        | Answer::Svg
        | Answer::Calendar
        | Answer::Events(_) => (status, Json(Envelope::new(error))).into_response(),
    };
    if let Some(field) = field(failure).and_then(|field| HeaderValue::try_from(field).ok()) {
        response.headers_mut().insert(ERROR_FIELD, field);
    }
    if let Some(delay) = retry_after(failure, status) {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(whole_seconds(delay)));
    }
    response
}

fn choose(route: &Route, failure: &Failure) -> (&'static ErrorCode, StatusCode) {
    let cause = match failure {
        Failure::General(error) => return (error, status_code(error)),
        Failure::Rpc(status) if is_too_large(status) => {
            return (&general::BODY_TOO_LARGE, status_code(&general::BODY_TOO_LARGE));
        }
        Failure::Unreadable if route.error_for(Cause::Unreadable).is_some() => Cause::Unreadable,
        Failure::Unreadable | Failure::InvalidField(_) => Cause::BadQuery,
        Failure::Reason(reason) => cause_of(*reason),
        Failure::Rpc(status) => status::reason(status).map_or(Cause::Internal, cause_of),
    };
    if let Some(error) = route.error_for(cause).filter(|_| cause != Cause::Internal) {
        return (error, status_code(error));
    }
    let error = route.error_for(Cause::Internal).unwrap_or(&general::INTERNAL);
    (error, internal_status(failure, error))
}

/// Whether a service refused to decode a request for its size, which tonic says before there is a reason to give.
fn is_too_large(status: &Status) -> bool {
    status.code() == Code::OutOfRange && status::reason(status).is_none()
}

fn cause_of(reason: ErrorReason) -> Cause {
    match reason {
        ErrorReason::InvalidField => Cause::BadQuery,
        reason => Cause::Reason(reason),
    }
}

/// A failure that passes says so by its status.
fn internal_status(failure: &Failure, error: &ErrorCode) -> StatusCode {
    match failure {
        Failure::Rpc(status) => match status.code() {
            Code::Unavailable | Code::ResourceExhausted => StatusCode::SERVICE_UNAVAILABLE,
            Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
            _ => status_code(error),
        },
        _ => status_code(error),
    }
}

fn field(failure: &Failure) -> Option<String> {
    match failure {
        Failure::InvalidField(field) => field.clone(),
        Failure::Rpc(status) => Some(fields::published(&status::field_errors(status).first()?.field)),
        _ => None,
    }
}

/// A delay as `Retry-After` says it: too late rather than too early.
pub(crate) fn whole_seconds(delay: Duration) -> u64 {
    delay.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX).max(1)
}

fn retry_after(failure: &Failure, status: StatusCode) -> Option<Duration> {
    let Failure::Rpc(rpc) = failure else { return None };
    let passes = matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT);
    status::retry_after(rpc).or(passes.then_some(status::RETRY_DELAY))
}
