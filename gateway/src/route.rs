//! What the route tables say about a route.

use axum::routing::MethodRouter;
use connectus_proto::common::v1::ErrorReason;
use http::Method;
use utoipa::openapi::{RefOr, Schema};

use crate::upstream::Gateway;

/// A route of the published API.
pub(crate) struct Route {
    /// Its method.
    pub(crate) method: Method,
    /// Its path, with parameters in braces.
    pub(crate) path: &'static str,
    /// What it does, in a sentence.
    pub(crate) summary: &'static str,
    /// What there is to know beyond that; empty where there is nothing.
    pub(crate) details: &'static str,
    /// Who describes it.
    pub(crate) origin: Origin,
    /// Whether it needs an access token.
    pub(crate) auth: Auth,
    /// What its query may have, beside what every list takes.
    pub(crate) query: &'static [Parameter],
    /// The rpcs that it calls; none where the gateway needs none.
    pub(crate) rpcs: &'static [&'static str],
    /// Its body, if it has one.
    pub(crate) body: Option<SchemaOf>,
    /// Its answer.
    pub(crate) answer: Answer,
    /// Its errors, beside those of the token, of its method, and of every route.
    pub(crate) errors: &'static [ErrorCode],
    /// What serves it.
    pub(crate) handler: fn() -> MethodRouter<Gateway>,
}

/// A parameter of a query.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its type, as JSON Schema calls it.
    pub(crate) kind: &'static str,
    /// What it is.
    pub(crate) description: &'static str,
}

/// Writes a parameter down.
pub(crate) const fn parameter(name: &'static str, kind: &'static str, description: &'static str) -> Parameter {
    Parameter { name, kind, description }
}

/// Who describes a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The documented API has it.
    Documented,
    /// This project has added it.
    Added,
}

/// Adds a type's schemas to a list, and returns the type's own.
pub(crate) type SchemaOf = fn(&mut Vec<(String, RefOr<Schema>)>) -> RefOr<Schema>;

/// The [`SchemaOf`] of a type.
pub(crate) fn schema_of<T: utoipa::ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) -> RefOr<Schema> {
    T::schemas(schemas);
    schemas.push((T::name().into_owned(), T::schema()));
    RefOr::Ref(utoipa::openapi::Ref::from_schema_name(T::name()))
}

/// Whether a route needs an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Auth {
    /// It does not, but tells more to whoever sends one.
    None,
    /// It does.
    Token,
}

/// What a route answers.
#[derive(Clone, Copy)]
pub(crate) enum Answer {
    /// `{"message": "200 - OK"}`.
    Done,
    /// A JSON value.
    Json(SchemaOf),
    /// A page of a list, as a bare JSON array.
    List(SchemaOf),
    /// A JSON value to keep as a file.
    File(SchemaOf),
    /// A picture.
    Svg,
    /// A calendar.
    Calendar,
    /// Server-sent events, each with a JSON value.
    Events(SchemaOf),
    /// A page for people; its errors are pages too.
    Html,
}

/// An error of a route.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ErrorCode {
    /// The published number.
    pub(crate) code: u16,
    /// The HTTP status.
    pub(crate) status: u16,
    /// The published message.
    pub(crate) message: &'static str,
    /// When it is answered, where the message does not say it all; otherwise empty.
    pub(crate) when: &'static str,
    /// What it is answered for.
    pub(crate) causes: &'static [Cause],
}

/// What an error is answered for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The rpc failed with this reason, or the gateway found the same before calling it.
    Reason(ErrorReason),
    /// The request has a missing or invalid field.
    BadQuery,
    /// The body cannot be read at all; a bad query where no error is for this.
    Unreadable,
    /// Any other failure.
    Internal,
}

/// The errors of every route that needs a token.
pub(crate) const AUTH_ERRORS: &[ErrorCode] = &[
    error(3000, 401, "No token provided.", &[Cause::Reason(ErrorReason::TokenMissing)]),
    error(3001, 401, "Failed to authenticate token.", &[Cause::Reason(ErrorReason::TokenInvalid)])
        .when("The token is malformed, forged or expired, or its session has ended."),
    error(3002, 500, "Internal server error when finding account.", &[Cause::Reason(ErrorReason::AccessUnknown)])
        .when("Whether the session has ended cannot be told now."),
    error(3003, 401, "Email not verified.", &[Cause::Reason(ErrorReason::EmailUnverified)])
        .when("The account's address was changed, and the new one is not verified yet."),
];

/// The errors of every POST, which may carry an `Idempotency-Key`.
const IDEMPOTENCY_ERRORS: &[ErrorCode] = &[
    error(
        4220,
        422,
        "This idempotency key was used with another request.",
        &[Cause::Reason(ErrorReason::IdempotencyKeyReused)],
    ),
    error(
        4090,
        409,
        "The first request with this idempotency key is still being worked on.",
        &[Cause::Reason(ErrorReason::IdempotencyKeyInUse)],
    ),
];

/// The error for a bad query, the same wherever there is one.
pub(crate) const BAD_QUERY: ErrorCode = error(4050, 400, "Bad query format.", &[Cause::BadQuery])
    .when("A field, a parameter or a header is missing or invalid: `x-error-field` names it.");

/// The internal error of most routes.
pub(crate) const INTERNAL: ErrorCode = error(4001, 500, "Internal server error.", &[Cause::Internal]);

/// The error of most routes about an account that is not there.
pub(crate) const ACCOUNT_NOT_FOUND: ErrorCode =
    error(4000, 404, "Account not found.", &[Cause::Reason(ErrorReason::AccountNotFound)])
        .when("There is no such account, or it has blocked the caller.");

/// The error of the routes that ask for the password again.
pub(crate) const PASSWORD_WRONG: ErrorCode =
    error(4002, 400, "Wrong password.", &[Cause::Reason(ErrorReason::PasswordWrong)]);

/// The error of the routes with which somebody could guess a secret, or bother a stranger.
pub(crate) const THROTTLED: ErrorCode =
    error(4290, 429, "Too many requests.", &[Cause::Reason(ErrorReason::TooManyAttempts)])
        .when("There were too many attempts on one account or for one address, or too many requests from one client.");

/// Writes an error down.
pub(crate) const fn error(code: u16, status: u16, message: &'static str, causes: &'static [Cause]) -> ErrorCode {
    ErrorCode { code, status, message, when: "", causes }
}

impl ErrorCode {
    /// The same, with a word on when it is answered.
    pub(crate) const fn when(self, when: &'static str) -> Self {
        Self { when, ..self }
    }
}

impl Route {
    /// Its path, and where that has underscores the same with hyphens, which the former system took too.
    pub(crate) fn spellings(&self) -> impl Iterator<Item = String> {
        let hyphenated = Some(self.path.replace('_', "-")).filter(|path| path != self.path);
        std::iter::once(self.path.to_owned()).chain(hyphenated)
    }

    /// Every error of the route, with those of its token and its method.
    pub(crate) fn all_errors(&self) -> impl Iterator<Item = &'static ErrorCode> {
        let auth: &'static [ErrorCode] = match self.auth {
            Auth::Token => AUTH_ERRORS,
            Auth::None => &[],
        };
        let idempotency: &'static [ErrorCode] = if self.method == Method::POST { IDEMPOTENCY_ERRORS } else { &[] };
        auth.iter().chain(self.errors).chain(idempotency)
    }

    /// The error for a cause, if the route has one.
    pub(crate) fn error_for(&self, cause: Cause) -> Option<&'static ErrorCode> {
        self.all_errors().find(|error| error.causes.contains(&cause))
    }
}
