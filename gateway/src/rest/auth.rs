//! Registration and login.

use axum::{Json, extract::State, response::Response, routing::post};
use connectus_platform::peer::on_behalf;
use connectus_proto::{
    auth::v1::{
        LoginRequest, OrganizationRegistration, RegisterRequest, ResendVerificationRequest, UserRegistration,
        register_request::Owner,
    },
    common::v1::ErrorReason,
};
use http::Method;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{done, present, types::read_date};
use crate::{
    body::Body,
    failure::Failure,
    route::{Answer, Auth, BAD_QUERY, Cause, INTERNAL, Origin, Route, THROTTLED, error, schema_of},
    upstream::Gateway,
};

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::POST,
        path: "/v1/auth/login",
        summary: "Trades an e-mail address or account id and a password for an access token.",
        details: "It begins a session, which `GET /v1/auth/sessions` lists with the device and the address that it \
            was begun from.",
        origin: Origin::Documented,
        auth: Auth::None,
        query: &[],
        rpcs: &["connectus.auth.v1.AuthService/Login"],
        body: Some(schema_of::<Login>),
        answer: Answer::Json(schema_of::<Token>),
        errors: &[
            error(3100, 500, "Internal server error.", &[Cause::Internal]),
            error(3101, 400, "Invalid login.", &[Cause::Reason(ErrorReason::LoginRefused)])
                .when("There is no such account, or its password is another: one answer, after the same time."),
            error(3102, 400, "Email not verified.", &[Cause::Reason(ErrorReason::LoginEmailUnverified)])
                .when("The password was right, but the link that verifies the address was not opened yet."),
            error(3103, 403, "Account locked.", &[Cause::Reason(ErrorReason::AccountLocked)])
                .when("The password was right, but an operator has locked the account."),
            BAD_QUERY,
            THROTTLED,
        ],
        handler: || post(login),
    },
    Route {
        method: Method::POST,
        path: "/v1/auth/register",
        summary: "Registers an account, and mails a link that verifies its address.",
        details: "An address that has an account already is answered like any other, and told by mail, so that nobody \
            learns from it who has an account.",
        origin: Origin::Documented,
        auth: Auth::None,
        query: &[],
        rpcs: &["connectus.auth.v1.AuthService/Register"],
        body: Some(schema_of::<Register>),
        answer: Answer::Done,
        errors: &[
            error(3200, 500, "Invalid account type.", &[Cause::Reason(ErrorReason::AccountTypeInvalid)]),
            error(3201, 400, "Username already taken.", &[Cause::Reason(ErrorReason::EmailTaken)])
                .when("The address has an account, and the password is that account's own."),
            error(3203, 500, "Internal server error registering the account.", &[Cause::Internal]),
            error(
                3204,
                500,
                "Internal server error sending the verification email.",
                &[Cause::Reason(ErrorReason::MailNotAccepted)],
            ),
            error(3205, 500, "There was a problem reading the request.", &[Cause::Unreadable]),
            BAD_QUERY,
            THROTTLED,
        ],
        handler: || post(register),
    },
    Route {
        method: Method::POST,
        path: "/v1/auth/resend-verification",
        summary: "Mails another link that verifies an address, if an account waits for one.",
        details: "The answer, and the time it takes, is the same if not.",
        origin: Origin::Added,
        auth: Auth::None,
        query: &[],
        rpcs: &["connectus.auth.v1.AuthService/ResendVerification"],
        body: Some(schema_of::<ResendVerification>),
        answer: Answer::Done,
        errors: &[INTERNAL, BAD_QUERY, THROTTLED],
        handler: || post(resend_verification),
    },
];

/// Who logs in.
#[derive(Deserialize, ToSchema)]
struct Login {
    /// E-mail address or account id.
    id: String,
    /// Password.
    password: String,
}

/// An access token.
#[derive(Serialize, ToSchema)]
pub(super) struct Token {
    /// A JWT, to send as `x-access-token` or as a bearer token.
    pub(super) token: String,
}

async fn login(State(gateway): State<Gateway>, Body(body): Body<Login>) -> Result<Json<Token>, Failure> {
    let request = LoginRequest { id: body.id, password: body.password };
    let response = gateway.auth().login(on_behalf(request)).await?.into_inner();
    Ok(Json(Token { token: response.access_token }))
}

/// Who registers.
#[derive(Deserialize, ToSchema)]
struct Register {
    /// E-mail address, up to 254 characters.
    #[schema(format = Email, max_length = 254, example = "someone@example.org")]
    email: String,
    /// Password, 8 to 128 characters, and not among the most common ones.
    #[schema(min_length = 8, max_length = 128)]
    password: String,
    /// `user` or `organization`.
    #[schema(example = "user")]
    r#type: String,
    /// A user's first name, 1 to 100 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, min_length = 1, max_length = 100)]
    first_name: Option<String>,
    /// A user's birthday, `MM/DD/YYYY`.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, pattern = r"^\d{2}/\d{2}/\d{4}$", example = "04/30/1990")]
    birthday: Option<String>,
    /// Whether an organization is a non-profit (also read as `is_non_profit`).
    #[serde(default, alias = "is_non_profit", deserialize_with = "present")]
    #[schema(nullable = false)]
    is_nonprofit: Option<bool>,
    /// The name that an organization shows, 1 to 200 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, min_length = 1, max_length = 200)]
    preferred_name: Option<String>,
}

impl Register {
    fn owner(&self) -> Result<Owner, Failure> {
        match self.r#type.to_lowercase().as_str() {
            "user" => {
                let birthday = required("birthday", self.birthday.as_deref())?;
                let birthday = read_date(birthday).ok_or_else(|| Failure::invalid("birthday"))?;
                let first_name = required("first_name", self.first_name.as_deref())?.to_owned();
                Ok(Owner::User(UserRegistration { first_name, birthday: Some(birthday) }))
            }
            "organization" => {
                let preferred_name = required("preferred_name", self.preferred_name.as_deref())?.to_owned();
                let is_nonprofit = required("is_nonprofit", self.is_nonprofit)?;
                Ok(Owner::Organization(OrganizationRegistration { preferred_name, is_nonprofit }))
            }
            _ => Err(Failure::Reason(ErrorReason::AccountTypeInvalid)),
        }
    }
}

fn required<T>(field: &str, value: Option<T>) -> Result<T, Failure> {
    value.ok_or_else(|| Failure::invalid(field))
}

async fn register(State(gateway): State<Gateway>, Body(body): Body<Register>) -> Result<Response, Failure> {
    let owner = Some(body.owner()?);
    let request = RegisterRequest { email: body.email, password: body.password, owner };
    gateway.auth().register(on_behalf(request)).await?;
    Ok(done())
}

/// Who lost the mail that verifies their address.
#[derive(Deserialize, ToSchema)]
struct ResendVerification {
    /// E-mail address.
    #[schema(format = Email, max_length = 254, example = "someone@example.org")]
    email: String,
}

async fn resend_verification(
    State(gateway): State<Gateway>,
    Body(body): Body<ResendVerification>,
) -> Result<Response, Failure> {
    gateway.auth().resend_verification(on_behalf(ResendVerificationRequest { email: body.email })).await?;
    Ok(done())
}
