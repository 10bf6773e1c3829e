//! Settings.

use axum::{
    Json,
    extract::State,
    response::Response,
    routing::{get, patch},
};
use connectus_platform::peer::on_behalf;
use connectus_proto::account::v1::{self as proto, GetSettingsRequest, UpdateSettingsRequest, settings::Owner};
use http::Method;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{done, present, profile::Mask};
use crate::{
    body::Body,
    failure::Failure,
    route::{ACCOUNT_NOT_FOUND, Answer, Auth, BAD_QUERY, INTERNAL, Origin, Route, schema_of},
    upstream::Gateway,
};

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/v1/settings",
        summary: "The caller's settings.",
        details: "",
        origin: Origin::Documented,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.account.v1.AccountService/GetSettings"],
        body: None,
        answer: Answer::Json(schema_of::<Settings>),
        errors: &[ACCOUNT_NOT_FOUND, INTERNAL],
        handler: || get(get_settings),
    },
    Route {
        method: Method::PATCH,
        path: "/v1/settings",
        summary: "Changes the given settings of the caller.",
        details: "Those that are not given stay as they are.",
        origin: Origin::Documented,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.account.v1.AccountService/UpdateSettings"],
        body: Some(schema_of::<SettingsChange>),
        answer: Answer::Done,
        errors: &[ACCOUNT_NOT_FOUND, INTERNAL, BAD_QUERY],
        handler: || patch(update_settings),
    },
];

/// An account's settings.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type")]
enum Settings {
    /// A person's.
    User(UserSettings),
    /// An organization's.
    Organization(OrganizationSettings),
}

/// A person's settings.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "they are settings, each with a meaning of its own")]
struct UserSettings {
    allow_messages_from_unknown: bool,
    email_notifications: bool,
    is_full_name_visible: bool,
    /// The account ids that it has blocked.
    blocked_users: Vec<String>,
    /// Whether the communities of organizations learn of what these have confirmed, with the name and the verified e-mail address.
    share_with_communities: bool,
}

/// An organization's settings.
#[derive(Serialize, ToSchema)]
struct OrganizationSettings {
    allow_messages_from_unknown: bool,
    email_notifications: bool,
    is_nonprofit: bool,
}

impl From<proto::Settings> for Settings {
    fn from(settings: proto::Settings) -> Self {
        match settings.owner {
            Some(Owner::Organization(settings)) => Self::Organization(OrganizationSettings {
                allow_messages_from_unknown: settings.allow_messages_from_unknown,
                email_notifications: settings.email_notifications,
                is_nonprofit: settings.is_nonprofit,
            }),
            Some(Owner::User(settings)) => Self::User(settings.into()),
            None => Self::User(proto::UserSettings::default().into()),
        }
    }
}

impl From<proto::UserSettings> for UserSettings {
    fn from(settings: proto::UserSettings) -> Self {
        Self {
            allow_messages_from_unknown: settings.allow_messages_from_unknown,
            email_notifications: settings.email_notifications,
            is_full_name_visible: settings.is_full_name_visible,
            blocked_users: settings.blocked_account_ids,
            share_with_communities: settings.share_with_communities,
        }
    }
}

async fn get_settings(State(gateway): State<Gateway>) -> Result<Json<Settings>, Failure> {
    Ok(Json(fetch(gateway).await?.into()))
}

async fn fetch(gateway: Gateway) -> Result<proto::Settings, Failure> {
    let response = gateway.account().get_settings(on_behalf(GetSettingsRequest {})).await?.into_inner();
    Ok(response.settings.unwrap_or_default())
}

/// The settings to change, of the caller's type of account; those of the other type are ignored.
#[derive(Deserialize, ToSchema)]
struct SettingsChange {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    allow_messages_from_unknown: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    email_notifications: Option<bool>,
    /// A person's.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    is_full_name_visible: Option<bool>,
    /// A person's; up to 1000 account ids, which replace those before.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_items = 1000)]
    blocked_users: Option<Vec<String>>,
    /// A person's.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    share_with_communities: Option<bool>,
    /// An organization's.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    is_nonprofit: Option<bool>,
}

impl SettingsChange {
    fn for_user(self, mask: &mut Mask) -> Owner {
        Owner::User(proto::UserSettings {
            allow_messages_from_unknown: mask.take("allow_messages_from_unknown", self.allow_messages_from_unknown),
            email_notifications: mask.take("email_notifications", self.email_notifications),
            is_full_name_visible: mask.take("is_full_name_visible", self.is_full_name_visible),
            blocked_account_ids: mask.take("blocked_account_ids", self.blocked_users),
            share_with_communities: mask.take("share_with_communities", self.share_with_communities),
        })
    }

    fn for_organization(self, mask: &mut Mask) -> Owner {
        Owner::Organization(proto::OrganizationSettings {
            allow_messages_from_unknown: mask.take("allow_messages_from_unknown", self.allow_messages_from_unknown),
            email_notifications: mask.take("email_notifications", self.email_notifications),
            is_nonprofit: mask.take("is_nonprofit", self.is_nonprofit),
        })
    }
}

/// The caller's type of account is asked for first: the settings that may change depend on it.
async fn update_settings(
    State(gateway): State<Gateway>,
    Body(change): Body<SettingsChange>,
) -> Result<Response, Failure> {
    let current = fetch(gateway.clone()).await?;
    let mut mask = Mask::default();
    let owner = match current.owner {
        Some(Owner::Organization(_)) => change.for_organization(&mut mask),
        Some(Owner::User(_)) | None => change.for_user(&mut mask),
    };
    if let Some(update_mask) = mask.finish() {
        let settings = Some(proto::Settings { owner: Some(owner) });
        let request = UpdateSettingsRequest { settings, update_mask: Some(update_mask) };
        gateway.account().update_settings(on_behalf(request)).await?;
    }
    Ok(done())
}
