//! Profiles.

use axum::{
    Json,
    extract::State,
    response::Response,
    routing::{get, patch},
};
use connectus_platform::{identity::ME, peer::on_behalf};
use connectus_proto::{
    account::v1::{self as proto, GetProfileRequest, UpdateProfileRequest, profile::Owner},
    common::v1::{Address as ProtoAddress, GeoPoint},
};
use http::Method;
use prost_types::FieldMask;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Params, done, not_me, present,
    types::{Address, Point},
};
use crate::{
    body::Body,
    failure::Failure,
    route::{ACCOUNT_NOT_FOUND, Answer, Auth, BAD_QUERY, INTERNAL, Origin, Route, schema_of},
    upstream::Gateway,
};

const GET_PROFILE: &str = "connectus.account.v1.AccountService/GetProfile";

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/v1/accounts/{id}/profile",
        summary: "An account's profile.",
        details: "",
        origin: Origin::Documented,
        auth: Auth::None,
        query: &[],
        rpcs: &[GET_PROFILE],
        body: None,
        answer: Answer::Json(schema_of::<Profile>),
        errors: &[ACCOUNT_NOT_FOUND, INTERNAL],
        handler: || get(get_profile),
    },
    Route {
        method: Method::GET,
        path: "/v1/profile",
        summary: "The caller's profile.",
        details: "",
        origin: Origin::Documented,
        auth: Auth::Token,
        query: &[],
        rpcs: &[GET_PROFILE],
        body: None,
        answer: Answer::Json(schema_of::<Profile>),
        errors: &[ACCOUNT_NOT_FOUND, INTERNAL],
        handler: || get(get_own_profile),
    },
    Route {
        method: Method::PATCH,
        path: "/v1/profile",
        summary: "Changes the given fields of the caller's profile.",
        details: "Fields that are not given stay as they are.",
        origin: Origin::Documented,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.account.v1.AccountService/UpdateProfile"],
        body: Some(schema_of::<ProfileChange>),
        answer: Answer::Done,
        errors: &[ACCOUNT_NOT_FOUND, INTERNAL, BAD_QUERY],
        handler: || patch(update_profile),
    },
];

/// A profile.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type")]
enum Profile {
    /// A person's.
    User(UserProfile),
    /// An organization's.
    Organization(OrganizationProfile),
}

/// What a person tells about themselves.
#[derive(Serialize, ToSchema)]
struct UserProfile {
    interests: Vec<String>,
    biography: String,
    education: String,
    quote: String,
    current_residence: String,
    certifications: String,
}

/// What an organization tells about itself.
#[derive(Serialize, ToSchema)]
struct OrganizationProfile {
    mission: String,
    quote: String,
    address: Address,
    /// The account ids of organizations that it belongs with.
    affiliated_orgs: Vec<String>,
    interests: Vec<String>,
}

impl From<proto::Profile> for Profile {
    fn from(profile: proto::Profile) -> Self {
        match profile.owner {
            Some(Owner::Organization(profile)) => Self::Organization(OrganizationProfile {
                mission: profile.mission,
                quote: profile.quote,
                address: profile.address.unwrap_or_default().into(),
                affiliated_orgs: profile.affiliated_organization_ids,
                interests: profile.interests,
            }),
            Some(Owner::User(profile)) => Self::User(profile.into()),
            None => Self::User(proto::UserProfile::default().into()),
        }
    }
}

impl From<proto::UserProfile> for UserProfile {
    fn from(profile: proto::UserProfile) -> Self {
        Self {
            interests: profile.interests,
            biography: profile.biography,
            education: profile.education,
            quote: profile.quote,
            current_residence: profile.current_residence,
            certifications: profile.certifications,
        }
    }
}

async fn get_own_profile(State(gateway): State<Gateway>) -> Result<Json<Profile>, Failure> {
    Ok(Json(fetch(gateway, ME.to_owned()).await?.into()))
}

async fn get_profile(State(gateway): State<Gateway>, Params(id): Params<String>) -> Result<Json<Profile>, Failure> {
    Ok(Json(fetch(gateway, not_me(id)).await?.into()))
}

async fn fetch(gateway: Gateway, account_id: String) -> Result<proto::Profile, Failure> {
    let response = gateway.account().get_profile(on_behalf(GetProfileRequest { account_id })).await?.into_inner();
    Ok(response.profile.unwrap_or_default())
}

/// The fields to change, of the caller's type of account; those of the other type are ignored.
#[derive(Deserialize, ToSchema)]
struct ProfileChange {
    /// Up to 50, each of 1 to 100 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_items = 50)]
    interests: Option<Vec<String>>,
    /// Up to 500 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_length = 500)]
    quote: Option<String>,
    /// A person's; up to 5000 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_length = 5000)]
    biography: Option<String>,
    /// A person's; up to 500 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_length = 500)]
    education: Option<String>,
    /// A person's; up to 500 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_length = 500)]
    current_residence: Option<String>,
    /// A person's; up to 2000 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_length = 2000)]
    certifications: Option<String>,
    /// An organization's; up to 5000 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_length = 5000)]
    mission: Option<String>,
    /// An organization's; parts that are not given stay as they are.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    address: Option<AddressChange>,
    /// An organization's; up to 200 ids.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_items = 200)]
    affiliated_orgs: Option<Vec<String>>,
}

/// The parts of an address to change.
#[derive(Deserialize, ToSchema)]
struct AddressChange {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    street: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    city: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    province: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    country: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    postal_code: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    apt_number: Option<String>,
    /// Null takes the point off the map.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Point>)]
    #[expect(clippy::option_option, reason = "absent keeps the point, null takes it away")]
    geojson: Option<Option<Point>>,
}

/// A field mask that grows with the values that are taken into a message.
#[derive(Default)]
pub(super) struct Mask(Vec<String>);

impl Mask {
    /// The value of a field, and its path in the mask if it was given.
    pub(super) fn take<T: Default>(&mut self, path: &str, value: Option<T>) -> T {
        if value.is_some() {
            self.0.push(path.to_owned());
        }
        value.unwrap_or_default()
    }

    /// The mask; none if nothing was given.
    pub(super) fn finish(self) -> Option<FieldMask> {
        (!self.0.is_empty()).then_some(FieldMask { paths: self.0 })
    }
}

impl ProfileChange {
    fn for_user(self, mask: &mut Mask) -> Owner {
        Owner::User(proto::UserProfile {
            interests: mask.take("interests", self.interests),
            biography: mask.take("biography", self.biography),
            education: mask.take("education", self.education),
            quote: mask.take("quote", self.quote),
            current_residence: mask.take("current_residence", self.current_residence),
            certifications: mask.take("certifications", self.certifications),
        })
    }

    fn for_organization(self, mask: &mut Mask) -> Owner {
        Owner::Organization(proto::OrganizationProfile {
            mission: mask.take("mission", self.mission),
            quote: mask.take("quote", self.quote),
            address: self.address.map(|address| address.into_message(mask)),
            affiliated_organization_ids: mask.take("affiliated_organization_ids", self.affiliated_orgs),
            interests: mask.take("interests", self.interests),
        })
    }
}

impl AddressChange {
    fn into_message(self, mask: &mut Mask) -> ProtoAddress {
        ProtoAddress {
            street: mask.take("address.street", self.street),
            city: mask.take("address.city", self.city),
            province: mask.take("address.province", self.province),
            country: mask.take("address.country", self.country),
            postal_code: mask.take("address.postal_code", self.postal_code),
            apt_number: mask.take("address.apt_number", self.apt_number),
            point: mask.take("address.point", self.geojson).map(GeoPoint::from),
        }
    }
}

/// The caller's type of account is asked for first: the fields that may change depend on it.
async fn update_profile(
    State(gateway): State<Gateway>,
    Body(change): Body<ProfileChange>,
) -> Result<Response, Failure> {
    let current = fetch(gateway.clone(), ME.to_owned()).await?;
    let mut mask = Mask::default();
    let owner = match current.owner {
        Some(Owner::Organization(_)) => change.for_organization(&mut mask),
        Some(Owner::User(_)) | None => change.for_user(&mut mask),
    };
    if let Some(update_mask) = mask.finish() {
        let profile = Some(proto::Profile { owner: Some(owner) });
        let request = UpdateProfileRequest { profile, update_mask: Some(update_mask) };
        gateway.account().update_profile(on_behalf(request)).await?;
    }
    Ok(done())
}
