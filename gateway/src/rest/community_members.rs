//! Who a community's members are.

use std::num::NonZeroI64;

use axum::{extract::State, response::Response, routing::get};
use connectus_platform::peer::on_behalf;
use connectus_proto::community::v1::{
    self as proto, CustomFieldValue, ListMembersRequest, custom_field_value::Value as Given,
};
use http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Params,
    communities::NOT_FOUND,
    community_structure::kind,
    opportunities::ORGANIZATIONS_ONLY,
    page::{self, Page},
    query::Query,
    types::unix_seconds,
};
use crate::{
    failure::Failure,
    route::{Answer, Auth, BAD_QUERY, INTERNAL, Origin, Route, parameter, schema_of},
    upstream::Gateway,
};

pub(super) const ROUTES: &[Route] = &[Route {
    method: Method::GET,
    path: "/v1/communities/{id}/members",
    summary: "A community's members, newest first.",
    details: "",
    origin: Origin::Added,
    auth: Auth::Token,
    query: &[
        parameter("segment", "integer", "Only those of the segment of this id."),
        parameter("tag", "string", "Only those with the tag of this name."),
        parameter("source", "integer", "Only those whom the source of this id knows."),
    ],
    rpcs: &["connectus.community.v1.ManagementService/ListMembers"],
    body: None,
    answer: Answer::List(schema_of::<Member>),
    errors: &[NOT_FOUND, INTERNAL, ORGANIZATIONS_ONLY, BAD_QUERY],
    handler: || get(list),
}];

/// A person of a community, as all its sources together know them.
#[derive(Serialize, ToSchema)]
#[schema(as = CommunityMember)]
struct Member {
    id: String,
    profile: MemberProfile,
    /// How many activities there are of the member.
    activities_count: i64,
    /// When a source first spoke of the member, or the time of the first activity if that is earlier, in Unix seconds.
    first_seen_at: i64,
    /// The time of the last activity, in Unix seconds; 0 if there is none.
    last_active_at: i64,
    /// In alphabetical order.
    tags: Vec<String>,
    /// The segments that the member is in.
    segments: Vec<MemberSegment>,
    /// What is known of custom fields.
    custom_fields: Vec<MemberField>,
    /// When the member was forgotten, in Unix seconds; 0 if that has not happened.
    anonymized_at: i64,
}

/// Of each field what was said last, by whichever source; empty where nothing was.
#[derive(Serialize, ToSchema)]
struct MemberProfile {
    full_name: String,
    first_name: String,
    last_name: String,
    username: String,
    avatar_url: String,
    bio: String,
    email: String,
    linkedin: String,
    github: String,
    twitter: String,
    discord: String,
    youtube: String,
    /// Profiles elsewhere.
    external_profiles: Vec<ExternalProfile>,
    role_at_company: String,
    title_at_company: String,
    company_name: String,
    company_domain: String,
    country: String,
    city: String,
    region: String,
    /// The place in the person's own words.
    raw_location: String,
}

/// A profile elsewhere.
#[derive(Serialize, ToSchema)]
struct ExternalProfile {
    url: String,
    name: String,
}

/// A segment that a member is in.
#[derive(Serialize, ToSchema)]
struct MemberSegment {
    id: i64,
    name: String,
}

/// What is known of a member's custom field.
#[derive(Serialize, ToSchema)]
#[schema(as = MemberCustomField)]
struct MemberField {
    /// The custom field's id.
    id: i64,
    name: String,
    /// `enum`, `string`, `date`, `int`, `number`, `url` or `boolean`.
    r#type: &'static str,
    /// At least one.
    values: Vec<FieldValue>,
}

/// A value of a custom field: a text of those of the types `enum`, `string`, `date` and `url`.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = CustomFieldValue)]
enum FieldValue {
    Text(String),
    Whole(i64),
    Number(f64),
    Boolean(bool),
}

impl FieldValue {
    fn new(value: CustomFieldValue) -> Option<Self> {
        Some(match value.value? {
            Given::Text(text) => Self::Text(text),
            Given::Boolean(boolean) => Self::Boolean(boolean),
            // A whole number is written without a point, which some clients take for another type.
            Given::Number(number) => number.to_string().parse().map_or(Self::Number(number), Self::Whole),
        })
    }
}

impl From<proto::Member> for Member {
    fn from(member: proto::Member) -> Self {
        Self {
            id: member.id,
            profile: member.profile.unwrap_or_default().into(),
            activities_count: member.activities_count,
            first_seen_at: unix_seconds(member.first_seen_time),
            last_active_at: unix_seconds(member.last_active_time),
            tags: member.tags,
            segments: member.segments.into_iter().map(MemberSegment::from).collect(),
            custom_fields: member.custom_fields.into_iter().map(MemberField::from).collect(),
            anonymized_at: unix_seconds(member.anonymize_time),
        }
    }
}

impl From<proto::Profile> for MemberProfile {
    fn from(profile: proto::Profile) -> Self {
        let elsewhere = |proto::ExternalProfile { url, name }| ExternalProfile { url, name };
        Self {
            full_name: profile.full_name,
            first_name: profile.first_name,
            last_name: profile.last_name,
            username: profile.username,
            avatar_url: profile.avatar_url,
            bio: profile.bio,
            email: profile.email,
            linkedin: profile.linkedin,
            github: profile.github,
            twitter: profile.twitter,
            discord: profile.discord,
            youtube: profile.youtube,
            external_profiles: profile.external_profiles.into_iter().map(elsewhere).collect(),
            role_at_company: profile.role_at_company,
            title_at_company: profile.title_at_company,
            company_name: profile.company_name,
            company_domain: profile.company_domain,
            country: profile.country,
            city: profile.city,
            region: profile.region,
            raw_location: profile.raw_location,
        }
    }
}

impl From<proto::Segment> for MemberSegment {
    fn from(segment: proto::Segment) -> Self {
        Self { id: segment.id, name: segment.name }
    }
}

impl From<proto::MemberCustomField> for MemberField {
    fn from(known: proto::MemberCustomField) -> Self {
        let field = known.field.unwrap_or_default();
        let values = known.values.into_iter().filter_map(FieldValue::new).collect();
        Self { r#type: kind(field.r#type()), id: field.id, name: field.name, values }
    }
}

/// A parameter that is the id of something with a number; 0, which is none's, stands for no parameter with the rpcs.
fn number(query: &Query, name: &str) -> Result<i64, Failure> {
    let Some(text) = query.one(name)? else { return Ok(0) };
    text.parse().map(NonZeroI64::get).map_err(|_| Failure::invalid(name))
}

async fn list(
    State(gateway): State<Gateway>,
    Params(community_id): Params<String>,
    query: Query,
    page: Page,
) -> Result<Response, Failure> {
    let request = ListMembersRequest {
        community_id,
        page_size: page.size,
        page_token: page.token,
        segment_id: number(&query, "segment")?,
        tag: query.text("tag")?,
        source_id: number(&query, "source")?,
    };
    let response = gateway.communities().list_members(on_behalf(request)).await?.into_inner();
    let members: Vec<Member> = response.members.into_iter().map(Member::from).collect();
    Ok(page::answer(&members, &response.next_page_token))
}
