//! Changing the caller's account, and deleting it.

use axum::{
    Json,
    extract::State,
    response::Response,
    routing::{patch, post},
};
use connectus_platform::{identity::ME, peer::on_behalf};
use connectus_proto::{
    account::v1::{self as proto, Gender, UpdateAccountRequest, account::Owner},
    auth::v1::DeleteAccountRequest,
    common::v1::ErrorReason,
};
use http::Method;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    accounts::{Account, fetch},
    done, present,
    profile::Mask,
    types::read_date,
};
use crate::{
    body::Body,
    failure::Failure,
    route::{
        ACCOUNT_NOT_FOUND, Answer, Auth, BAD_QUERY, Cause, INTERNAL, Origin, PASSWORD_WRONG, Route, THROTTLED, error,
        schema_of,
    },
    upstream::Gateway,
};

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::PATCH,
        path: "/v1/account",
        summary: "Changes the given fields of the caller's account, and answers it.",
        details: "An organization that takes another name is no longer verified: who it is was checked under the old \
            one.",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.account.v1.AccountService/UpdateAccount"],
        body: Some(schema_of::<AccountChange>),
        answer: Answer::Json(schema_of::<Account>),
        errors: &[ACCOUNT_NOT_FOUND, INTERNAL, BAD_QUERY],
        handler: || patch(update),
    },
    Route {
        method: Method::POST,
        path: "/v1/account/delete",
        summary: "Deletes the caller's account, and with it the person's data in every service.",
        details: "What an organization confirmed for others stays confirmed, with its name.",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.auth.v1.AuthService/DeleteAccount"],
        body: Some(schema_of::<Deletion>),
        answer: Answer::Done,
        errors: &[
            INTERNAL,
            PASSWORD_WRONG,
            error(4003, 500, "Issue sending the confirmation email.", &[Cause::Reason(ErrorReason::MailNotAccepted)]),
            BAD_QUERY,
            THROTTLED,
        ],
        handler: || post(delete),
    },
];

/// The fields to change, of the caller's type of account; those of the other type are ignored.
#[derive(Deserialize, ToSchema)]
struct AccountChange {
    /// A person's; 1 to 100 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, min_length = 1, max_length = 100)]
    first_name: Option<String>,
    /// A person's; up to 100 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_length = 100)]
    middle_name: Option<String>,
    /// A person's; up to 100 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_length = 100)]
    last_name: Option<String>,
    /// A person's, `MM/DD/YYYY`.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, pattern = r"^\d{2}/\d{2}/\d{4}$", example = "04/30/1990")]
    birthday: Option<String>,
    /// A person's: `Male`, `Female`, `Other`, or empty.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    gender: Option<String>,
    /// An organization's; 1 to 200 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, min_length = 1, max_length = 200)]
    preferred_name: Option<String>,
    /// An https URL of up to 2000 characters, or empty for the picture that is made of the id.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_length = 2000)]
    avatar: Option<String>,
    /// An https URL of up to 2000 characters, or empty for the picture that is made of the id.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_length = 2000)]
    header: Option<String>,
}

impl AccountChange {
    /// The new values; what is given of them is in the mask.
    fn into_message(mut self, current: Option<&Owner>, mask: &mut Mask) -> Result<proto::Account, Failure> {
        let avatar_url = mask.take("avatar_url", self.avatar.take());
        let header_url = mask.take("header_url", self.header.take());
        let owner = match current {
            Some(Owner::Organization(_)) => self.for_organization(mask),
            Some(Owner::User(_)) | None => self.for_user(mask)?,
        };
        Ok(proto::Account { avatar_url, header_url, owner: Some(owner), ..proto::Account::default() })
    }

    fn for_user(self, mask: &mut Mask) -> Result<Owner, Failure> {
        let birthday = self.birthday.map(|text| read_date(&text).ok_or_else(|| Failure::invalid("birthday")));
        let gender = self.gender.map(|text| read_gender(&text).ok_or_else(|| Failure::invalid("gender")));
        Ok(Owner::User(proto::User {
            first_name: mask.take("user.first_name", self.first_name),
            middle_name: mask.take("user.middle_name", self.middle_name),
            last_name: mask.take("user.last_name", self.last_name),
            birthday: mask.take("user.birthday", birthday.transpose()?.map(Some)),
            gender: mask.take("user.gender", gender.transpose()?.map(i32::from)),
        }))
    }

    fn for_organization(self, mask: &mut Mask) -> Owner {
        let preferred_name = mask.take("organization.preferred_name", self.preferred_name);
        Owner::Organization(proto::Organization { preferred_name, ..proto::Organization::default() })
    }
}

fn read_gender(text: &str) -> Option<Gender> {
    match text {
        "" => Some(Gender::Unspecified),
        "Male" => Some(Gender::Male),
        "Female" => Some(Gender::Female),
        "Other" => Some(Gender::Other),
        _ => None,
    }
}

/// The caller's type of account is asked for first: the fields that may change depend on it.
async fn update(State(gateway): State<Gateway>, Body(change): Body<AccountChange>) -> Result<Json<Account>, Failure> {
    let current = fetch(gateway.clone(), ME.to_owned()).await?;
    let mut mask = Mask::default();
    let account = change.into_message(current.owner.as_ref(), &mut mask)?;
    let Some(update_mask) = mask.finish() else { return Ok(Json(Account::new(current, &gateway.links))) };
    let request = UpdateAccountRequest { account: Some(account), update_mask: Some(update_mask) };
    let response = gateway.account().update_account(on_behalf(request)).await?.into_inner();
    Ok(Json(Account::new(response.account.unwrap_or_default(), &gateway.links)))
}

/// Who wants to go.
#[derive(Deserialize, ToSchema)]
struct Deletion {
    /// The password.
    password: String,
}

async fn delete(State(gateway): State<Gateway>, Body(body): Body<Deletion>) -> Result<Response, Failure> {
    gateway.auth().delete_account(on_behalf(DeleteAccountRequest { password: body.password })).await?;
    Ok(done())
}
