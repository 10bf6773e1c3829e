//! Experiences.

use axum::{
    Json,
    extract::State,
    response::Response,
    routing::{delete, get, post, put},
};
use connectus_platform::{identity::ME, peer::on_behalf};
use connectus_proto::{
    common::v1::ErrorReason,
    experience::v1::{
        self as proto, CreateExperienceRequest, DeleteExperienceRequest, ExperienceDetails, ListExperiencesRequest,
        ReplaceExperienceRequest, ValidationState, Validator, validator,
    },
};
use http::Method;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Params, done, not_me,
    page::{self, Page},
    present,
    types::{Address, unix_seconds},
};
use crate::{
    body::Body,
    failure::Failure,
    route::{Answer, Auth, BAD_QUERY, Cause, ErrorCode, INTERNAL, Origin, Route, THROTTLED, error, schema_of},
    upstream::Gateway,
};

const LIST: &str = "connectus.experience.v1.ExperienceService/ListExperiences";

const WRONG_TYPE: ErrorCode = error(
    4000,
    400,
    "Incorrect account type, user account required.",
    &[Cause::Reason(ErrorReason::UserAccountRequired)],
);
const USER_NOT_FOUND: ErrorCode =
    error(4002, 404, "User not found, is this the correct account type?", &[Cause::Reason(ErrorReason::UserNotFound)])
        .when("There is no such account, it is an organization's, or it has blocked the caller.");
const MAIL_NOT_SENT: ErrorCode =
    error(4003, 500, "Issue sending verification email.", &[Cause::Reason(ErrorReason::MailNotAccepted)])
        .when("The mail could not be queued, and nothing was changed.");
const EXPERIENCE_NOT_FOUND: ErrorCode =
    error(4002, 404, "Experience not found with supplied ID.", &[Cause::Reason(ErrorReason::ExperienceNotFound)])
        .when("The caller has no such experience.");

const OPPORTUNITY_NOT_FOUND: ErrorCode =
    error(4006, 404, "Opportunity not found.", &[Cause::Reason(ErrorReason::OpportunityNotFound)]);
const OPPORTUNITY_OF_ANOTHER: ErrorCode = error(
    4007,
    400,
    "Opportunity of another organization.",
    &[Cause::Reason(ErrorReason::OpportunityOfAnotherOrganization)],
)
.when("It is not of the organization whose account is asked to confirm.");

const NO_ORGANIZATION: &str = "There is no such organization; a person's id counts as none.";

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/v1/accounts/{id}/experiences",
        summary: "A person's experiences, newest first.",
        details: "Whom the person has blocked is answered as if there was nobody.",
        origin: Origin::Documented,
        auth: Auth::None,
        query: &[],
        rpcs: &[LIST],
        body: None,
        answer: Answer::List(schema_of::<Experience>),
        errors: &[INTERNAL, USER_NOT_FOUND, BAD_QUERY],
        handler: || get(list),
    },
    Route {
        method: Method::GET,
        path: "/v1/experiences",
        summary: "The caller's experiences, newest first.",
        details: "",
        origin: Origin::Documented,
        auth: Auth::Token,
        query: &[],
        rpcs: &[LIST],
        body: None,
        answer: Answer::List(schema_of::<Experience>),
        errors: &[WRONG_TYPE, INTERNAL, USER_NOT_FOUND, BAD_QUERY],
        handler: || get(list_own),
    },
    Route {
        method: Method::POST,
        path: "/v1/experiences",
        summary: "Writes down an experience, and asks its organization to confirm it.",
        details: "The organization is an account, which decides on the site, or with `email_verify` an address, which \
            is mailed a link.",
        origin: Origin::Documented,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.experience.v1.ExperienceService/CreateExperience"],
        body: Some(schema_of::<Details>),
        answer: Answer::Json(schema_of::<Created>),
        errors: &[
            WRONG_TYPE,
            INTERNAL,
            error(4002, 404, "Organization not found.", &[Cause::Reason(ErrorReason::OrganizationNotFound)])
                .when(NO_ORGANIZATION),
            MAIL_NOT_SENT,
            OPPORTUNITY_NOT_FOUND,
            OPPORTUNITY_OF_ANOTHER,
            BAD_QUERY,
            THROTTLED,
        ],
        handler: || post(create),
    },
    Route {
        method: Method::PUT,
        path: "/v1/experiences/resolve/{id}",
        summary: "Replaces an experience as a whole, and asks its organization anew.",
        details: "What was pending or decided is withdrawn. Whether it is confirmed on the site or by mail stays as \
            it was at first. An opportunity that it had stays its own, though it may be withdrawn since then.",
        origin: Origin::Documented,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.experience.v1.ExperienceService/ReplaceExperience"],
        body: Some(schema_of::<Details>),
        answer: Answer::Done,
        errors: &[
            WRONG_TYPE,
            INTERNAL,
            EXPERIENCE_NOT_FOUND,
            MAIL_NOT_SENT,
            error(4005, 404, "Organization not found.", &[Cause::Reason(ErrorReason::OrganizationNotFound)])
                .when(NO_ORGANIZATION),
            OPPORTUNITY_NOT_FOUND,
            OPPORTUNITY_OF_ANOTHER,
            BAD_QUERY,
            THROTTLED,
        ],
        handler: || put(replace),
    },
    Route {
        method: Method::DELETE,
        path: "/v1/experiences/resolve/{id}",
        summary: "Deletes an experience, and withdraws the request to confirm it.",
        details: "",
        origin: Origin::Documented,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.experience.v1.ExperienceService/DeleteExperience"],
        body: None,
        answer: Answer::Done,
        errors: &[WRONG_TYPE, INTERNAL, EXPERIENCE_NOT_FOUND],
        handler: || delete(remove),
    },
];

/// Something a person did.
#[derive(Serialize, ToSchema)]
struct Experience {
    location: Address,
    id: String,
    name: String,
    /// The organization's account id, or an e-mail address with `email_verify`.
    organization: String,
    opportunity: String,
    description: String,
    when: When,
    /// Whether the organization has confirmed it.
    is_verified: bool,
    /// Whether it is confirmed by e-mail.
    email_verify: bool,
    /// An addition to the documented API: the name of the organization that decided it on the site, as it was then. It
    /// outlasts the organization's account; empty when none has.
    organization_name: String,
    /// When it was written down, in Unix seconds.
    created_at: i64,
    hours: i32,
}

/// When something was, in the person's own words.
#[derive(Default, Deserialize, Serialize, ToSchema)]
#[serde(default)]
struct When {
    /// Up to 64 characters.
    begin: String,
    /// Up to 64 characters.
    end: String,
}

impl From<proto::Experience> for Experience {
    fn from(experience: proto::Experience) -> Self {
        let details = experience.details.unwrap_or_default();
        let validation = experience.validation.unwrap_or_default();
        let is_verified = validation.state() == ValidationState::Verified;
        let (organization, email_verify) = match validation.validator.and_then(|validator| validator.validator) {
            Some(validator::Validator::OrganizationId(id)) => (id, false),
            Some(validator::Validator::Email(email)) => (email, true),
            None => (String::new(), false),
        };
        Self {
            location: details.location.unwrap_or_default().into(),
            id: experience.id,
            name: details.name,
            organization,
            opportunity: details.opportunity_id,
            description: details.description,
            when: When { begin: details.begin, end: details.end },
            is_verified,
            email_verify,
            organization_name: validation.organization_name,
            created_at: unix_seconds(experience.create_time),
            hours: details.hours,
        }
    }
}

/// What a person says about an experience.
#[derive(Deserialize, ToSchema)]
struct Details {
    #[serde(default)]
    location: Address,
    /// 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// The organization's account id, or an e-mail address with `email_verify`; empty for none.
    #[serde(default)]
    organization: String,
    /// The id of the opportunity that it came from, which is of the organization; empty for none.
    #[serde(default)]
    opportunity: String,
    /// 1 to 5000 characters. That of the opportunity stands for one that is not given.
    #[serde(default)]
    #[schema(max_length = 5000)]
    description: String,
    #[serde(default)]
    when: When,
    /// 0 to 1000000.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000)]
    hours: i32,
    /// Whether it is confirmed through a mail to the organization's address. Required of a new experience; afterwards it
    /// keeps its value, whatever is sent.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    email_verify: Option<bool>,
}

impl Details {
    /// The details, and the organization apart.
    fn into_message(self) -> (ExperienceDetails, String) {
        let details = ExperienceDetails {
            name: self.name,
            description: self.description,
            opportunity_id: self.opportunity,
            location: Some(self.location.into()),
            begin: self.when.begin,
            end: self.when.end,
            hours: self.hours,
        };
        (details, self.organization)
    }
}

/// The answer to a new experience.
#[derive(Serialize, ToSchema)]
struct Created {
    /// `200 - OK`.
    message: &'static str,
    /// The experience's id.
    id: String,
}

async fn list_own(State(gateway): State<Gateway>, page: Page) -> Result<Response, Failure> {
    fetch(gateway, ME.to_owned(), page).await
}

async fn list(State(gateway): State<Gateway>, Params(id): Params<String>, page: Page) -> Result<Response, Failure> {
    fetch(gateway, not_me(id), page).await
}

async fn fetch(gateway: Gateway, user_id: String, page: Page) -> Result<Response, Failure> {
    let request = ListExperiencesRequest { user_id, page_size: page.size, page_token: page.token };
    let response = gateway.experience().list_experiences(on_behalf(request)).await?.into_inner();
    let experiences: Vec<Experience> = response.experiences.into_iter().map(Experience::from).collect();
    Ok(page::answer(&experiences, &response.next_page_token))
}

/// An address that is asked to confirm.
fn by_mail(address: String) -> Validator {
    Validator { validator: Some(validator::Validator::Email(address)) }
}

/// An organization that is asked to confirm; nobody, if its id is empty.
fn by_account(id: String) -> Option<Validator> {
    (!id.is_empty()).then_some(Validator { validator: Some(validator::Validator::OrganizationId(id)) })
}

async fn create(State(gateway): State<Gateway>, Body(details): Body<Details>) -> Result<Json<Created>, Failure> {
    let email_verify = details.email_verify.ok_or_else(|| Failure::invalid("email_verify"))?;
    let (details, organization) = details.into_message();
    let validator = if email_verify { Some(by_mail(organization)) } else { by_account(organization) };
    let request = CreateExperienceRequest { details: Some(details), validator };
    let response = gateway.experience().create_experience(on_behalf(request)).await?.into_inner();
    Ok(Json(Created { message: "200 - OK", id: response.experience.unwrap_or_default().id }))
}

async fn replace(
    State(gateway): State<Gateway>,
    Params(experience_id): Params<String>,
    Body(details): Body<Details>,
) -> Result<Response, Failure> {
    let (details, organization) = details.into_message();
    // How it is confirmed is as it was at first, which the service knows.
    let validator = if organization.contains('@') { Some(by_mail(organization)) } else { by_account(organization) };
    let request = ReplaceExperienceRequest { experience_id, details: Some(details), validator };
    gateway.experience().replace_experience(on_behalf(request)).await?;
    Ok(done())
}

async fn remove(State(gateway): State<Gateway>, Params(experience_id): Params<String>) -> Result<Response, Failure> {
    gateway.experience().delete_experience(on_behalf(DeleteExperienceRequest { experience_id })).await?;
    Ok(done())
}
