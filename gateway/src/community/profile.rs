//! What is known of a member, as the API writes it.

use chrono::{DateTime, SecondsFormat};
use connectus_proto::community::v1::{Member, MemberCustomField, Profile};
use prost_types::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{custom_fields, segments::Named};

/// A member, as all sources together know them. What is not known is absent.
#[derive(Serialize, ToSchema)]
pub(super) struct CommunityMember {
    #[serde(rename = "fullName", skip_serializing_if = "String::is_empty")]
    full_name: String,
    activities_count: i64,
    #[serde(skip_serializing_if = "String::is_empty")]
    avatar: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    bio: String,
    /// The company.
    #[serde(skip_serializing_if = "String::is_empty")]
    organization: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    title: String,
    /// When a source first spoke of them, or the time of their first activity if that is earlier.
    first_seen: String,
    /// The time of their last activity.
    #[serde(skip_serializing_if = "String::is_empty")]
    last_active: String,
    location: Location,
    /// The names of their tags.
    member_tags: Vec<String>,
    segments: Vec<Named>,
    /// Their first profile elsewhere.
    #[serde(skip_serializing_if = "String::is_empty")]
    url: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    twitter: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    github: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    linkedin: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    discord: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    youtube: String,
    custom_fields: Vec<MemberField>,
}

/// Where a member is.
#[derive(Serialize, ToSchema)]
struct Location {
    #[serde(skip_serializing_if = "String::is_empty")]
    city: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    region: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    country: String,
    /// In their own words.
    #[serde(skip_serializing_if = "String::is_empty")]
    raw: String,
}

/// A custom field of a member.
#[derive(Serialize, ToSchema)]
struct MemberField {
    name: String,
    r#type: &'static str,
    /// One value, or a list of a field that has several.
    value: Value,
}

impl From<Member> for CommunityMember {
    fn from(member: Member) -> Self {
        let profile = member.profile.unwrap_or_default();
        Self {
            full_name: full_name(&profile),
            activities_count: member.activities_count,
            avatar: profile.avatar_url,
            bio: profile.bio,
            organization: profile.company_name,
            title: profile.title_at_company,
            first_seen: moment(member.first_seen_time),
            last_active: moment(member.last_active_time),
            location: Location {
                city: profile.city,
                region: profile.region,
                country: profile.country,
                raw: profile.raw_location,
            },
            member_tags: member.tags,
            segments: member.segments.into_iter().map(Named::from).collect(),
            url: profile.external_profiles.into_iter().next().map(|profile| profile.url).unwrap_or_default(),
            twitter: profile.twitter,
            github: profile.github,
            linkedin: profile.linkedin,
            discord: profile.discord,
            youtube: profile.youtube,
            custom_fields: member.custom_fields.into_iter().filter_map(field).collect(),
        }
    }
}

/// The full name, or what the first and the last name make.
fn full_name(profile: &Profile) -> String {
    match profile.full_name.as_str() {
        "" => format!("{} {}", profile.first_name, profile.last_name).trim().to_owned(),
        name => name.to_owned(),
    }
}

fn field(known: MemberCustomField) -> Option<MemberField> {
    let field = known.field?;
    let mut values = known.values.into_iter().map(custom_fields::json);
    let kind = custom_fields::type_name(field.r#type());
    let value = if field.is_multivalue { Value::Array(values.collect()) } else { values.next()? };
    Some(MemberField { name: field.name, r#type: kind, value })
}

/// A moment as the API writes it; empty where there is none.
fn moment(time: Option<Timestamp>) -> String {
    let moment = time.and_then(|time| DateTime::from_timestamp(time.seconds, u32::try_from(time.nanos).ok()?));
    moment.map(|moment| moment.to_rfc3339_opts(SecondsFormat::Millis, true)).unwrap_or_default()
}
