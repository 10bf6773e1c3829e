//! Members: who they are, what is noted of them, and that they are forgotten.

use axum::{
    extract::State,
    response::Response,
    routing::{get, post},
};
use chrono::{DateTime, SecondsFormat};
use connectus_platform::peer::on_behalf;
use connectus_proto::community::v1::{
    AddMemberNoteRequest, AddMemberTagsRequest, AnonymizeMemberRequest, FindMembersRequest, Identity, Member, Profile,
    PutMemberRequest, identity::By,
};
use http::{Method, StatusCode};
use prost_types::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    answer::{self, Outcome, Refusal, done, good, report},
    custom_fields,
    identities::identity,
    json::{Json, Parameters, comma_separated},
    operation::{Answer, Operation},
};
use crate::{
    rest::Params,
    route::{parameter, schema_of},
    upstream::Gateway,
};

/// The parameters that a member is asked for by.
const QUERY: &[crate::route::Parameter] = &[
    parameter("twitter", "string", "A Twitter handle or URL."),
    parameter("email", "string", "An e-mail address."),
    parameter("github", "string", "A GitHub handle or URL."),
    parameter("linkedin", "string", "A LinkedIn handle or URL."),
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        method: Method::GET,
        path: "/members",
        id: "getMembers",
        summary: "Finds a member by an e-mail address or a handle.",
        details: "Of several parameters the first that is given counts, in the order e-mail, Twitter, GitHub, LinkedIn. There is \
            more than one member only after a merge was undone.",
        tag: "Contacts",
        is_deprecated: false,
        path_parameter: None,
        query: QUERY,
        body: None,
        answer: Answer::List(schema_of::<CommunityMember>),
        failures: &[400, 404],
        rpc: "FindMembers",
        handler: || get(find).post(put),
    },
    Operation {
        method: Method::POST,
        path: "/members",
        id: "createOrUpdateCommunityMember",
        summary: "Makes a member, or adds to what is known of one.",
        details: "Sources say the same with `/source/{destinationSourceId}/user`. An e-mail address or a handle is needed.",
        tag: "Members",
        is_deprecated: true,
        path_parameter: None,
        query: &[],
        body: Some(schema_of::<NewMember>),
        answer: Answer::Done,
        failures: &[400, 404, 413],
        rpc: "PutMember",
        handler: axum::routing::MethodRouter::new,
    },
    Operation {
        method: Method::POST,
        path: "/members/",
        id: "createOrUpdateCommunityMemberSlash",
        summary: "The same as without the slash.",
        details: "",
        tag: "Members",
        is_deprecated: true,
        path_parameter: None,
        query: &[],
        body: Some(schema_of::<NewMember>),
        answer: Answer::Done,
        failures: &[400, 404, 413],
        rpc: "PutMember",
        handler: || post(put),
    },
    Operation {
        method: Method::GET,
        path: "/user/{email}",
        id: "getUser",
        summary: "Finds a member by an e-mail address.",
        details: "",
        tag: "Contacts",
        is_deprecated: false,
        path_parameter: Some("string"),
        query: &[],
        body: None,
        answer: Answer::List(schema_of::<CommunityMember>),
        failures: &[400, 404],
        rpc: "FindMembers",
        handler: || get(find_by_email).delete(forget),
    },
    Operation {
        method: Method::DELETE,
        path: "/user/{email}",
        id: "anonymizeUser",
        summary: "Asks that a member be forgotten.",
        details: "It is done later, at a time that the operator chooses, and never later than 15 days after this. Then nothing \
            remains of the names, addresses, handles, notes, custom fields and words of the person; counts do.",
        tag: "Right to be Forgotten",
        is_deprecated: false,
        path_parameter: Some("string"),
        query: &[],
        body: None,
        answer: Answer::Done,
        failures: &[400, 404],
        rpc: "AnonymizeMember",
        handler: axum::routing::MethodRouter::new,
    },
    Operation {
        method: Method::POST,
        path: "/members/note",
        id: "addNoteToMember",
        summary: "Adds a note to a member.",
        details: "",
        tag: "Members",
        is_deprecated: false,
        path_parameter: None,
        query: &[],
        body: Some(schema_of::<NewNote>),
        answer: Answer::Done,
        failures: &[400, 404, 413],
        rpc: "AddMemberNote",
        handler: || post(note),
    },
    Operation {
        method: Method::POST,
        path: "/members/tags",
        id: "addTagsToMember",
        summary: "Puts tags on a member; those that are not there are made.",
        details: "",
        tag: "Members",
        is_deprecated: false,
        path_parameter: None,
        query: &[],
        body: Some(schema_of::<NewTags>),
        answer: Answer::Done,
        failures: &[400, 404, 413],
        rpc: "AddMemberTags",
        handler: || post(tag),
    },
];

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
    segments: Vec<super::segments::Named>,
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
            segments: member.segments.into_iter().map(super::segments::Named::from).collect(),
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

fn field(known: connectus_proto::community::v1::MemberCustomField) -> Option<MemberField> {
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

/// A member that is to be made, or added to.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "source": "Chat", "fullName": "Ann Lee", "socials": [{"type": "email", "value": "someone@example.org"}]
}))]
struct NewMember {
    /// The name of the source that says it.
    #[schema(min_length = 1, max_length = 100)]
    source: String,
    #[serde(default)]
    full_name: String,
    /// An http or https URL.
    #[serde(default)]
    avatar_url: String,
    #[serde(default)]
    description: String,
    /// At least one by which the member is known.
    #[serde(default)]
    #[schema(required = true, min_items = 1)]
    socials: Vec<Social>,
    /// The id of a segment that the member is put into.
    #[serde(default)]
    segment: Option<i64>,
    #[serde(default)]
    company: String,
    #[serde(default)]
    domain: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    location: Option<Place>,
}

/// By what a member is known.
#[derive(Deserialize, ToSchema)]
struct Social {
    r#type: SocialType,
    value: SocialValue,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "lowercase")]
enum SocialType {
    Github,
    Linkedin,
    Twitter,
    Youtube,
    Discord,
    Email,
}

/// A handle, or an e-mail address as a text.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
enum SocialValue {
    Text(String),
    Handle { handle: String },
}

/// Where a member is.
#[derive(Default, Deserialize, ToSchema)]
struct Place {
    #[serde(default)]
    city: String,
    #[serde(default)]
    region: String,
    #[serde(default)]
    country: String,
}

impl NewMember {
    fn into_message(self) -> PutMemberRequest {
        let place = self.location.unwrap_or_default();
        let mut profile = Profile {
            full_name: self.full_name,
            avatar_url: self.avatar_url,
            bio: self.description,
            company_name: self.company,
            company_domain: self.domain,
            title_at_company: self.title,
            role_at_company: self.role,
            city: place.city,
            region: place.region,
            country: place.country,
            ..Profile::default()
        };
        for Social { r#type, value } in self.socials {
            let (SocialValue::Text(value) | SocialValue::Handle { handle: value }) = value;
            *match r#type {
                SocialType::Github => &mut profile.github,
                SocialType::Linkedin => &mut profile.linkedin,
                SocialType::Twitter => &mut profile.twitter,
                SocialType::Youtube => &mut profile.youtube,
                SocialType::Discord => &mut profile.discord,
                SocialType::Email => &mut profile.email,
            } = value;
        }
        PutMemberRequest { source: self.source, profile: Some(profile), segment_id: self.segment.unwrap_or_default() }
    }
}

/// A note about a member.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewNote {
    /// By what the member is known: `email`, `twitter`, `github`, `linkedin` or `discord`.
    #[schema(example = "email")]
    social_type: String,
    #[schema(example = "email@domail.com")]
    value: String,
    #[schema(min_length = 1, max_length = 10000)]
    note: String,
}

/// Tags for a member.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewTags {
    /// By what the member is known: `email`, `twitter`, `github`, `linkedin` or `discord`.
    #[schema(example = "email")]
    social_type: String,
    #[schema(example = "email@domail.com")]
    value: String,
    /// Names with commas between them.
    #[schema(example = "tag1, tag2, tag3")]
    tags: String,
}

async fn find(State(gateway): State<Gateway>, query: Parameters) -> Response {
    let asked =
        ["email", "twitter", "github", "linkedin"].into_iter().find_map(|name| Some((name, query.first(name)?)));
    let outcome = match asked {
        Some((name, value)) => match identity(name, value) {
            Ok(identity) => members(gateway.clone(), identity).await,
            Err(refusal) => Err(refusal),
        },
        None => Err(Refusal::field("email", "is required, or else twitter, github or linkedin")),
    };
    answer::answer(gateway, outcome).await
}

async fn find_by_email(State(gateway): State<Gateway>, Params(email): Params<String>) -> Response {
    let outcome = members(gateway.clone(), Identity { by: Some(By::Email(email)) }).await;
    answer::answer(gateway, outcome).await
}

async fn members(mut gateway: Gateway, identity: Identity) -> Outcome {
    let response = gateway.community.find_members(on_behalf(FindMembersRequest { identity: Some(identity) })).await?;
    let (metadata, found, _) = response.into_parts();
    let members: Vec<CommunityMember> = found.members.into_iter().map(CommunityMember::from).collect();
    Ok(good(StatusCode::OK, &metadata, members))
}

async fn forget(State(mut gateway): State<Gateway>, Params(email): Params<String>) -> Response {
    let outcome = gateway.community.anonymize_member(on_behalf(AnonymizeMemberRequest { email })).await;
    let outcome = outcome.map(|response| report(StatusCode::OK, response.metadata(), "success"));
    answer::answer(gateway, outcome.map_err(Refusal::from)).await
}

async fn put(State(mut gateway): State<Gateway>, Json(new): Json<NewMember>) -> Response {
    let outcome = gateway.community.put_member(on_behalf(new.into_message())).await;
    answer::answer(gateway, outcome.map(|response| done(response.metadata())).map_err(Refusal::from)).await
}

async fn note(State(gateway): State<Gateway>, Json(new): Json<NewNote>) -> Response {
    answer::answer(gateway.clone(), add_note(gateway, new).await).await
}

async fn add_note(mut gateway: Gateway, new: NewNote) -> Outcome {
    let identity = Some(identity(&new.social_type, &new.value)?);
    let request = AddMemberNoteRequest { identity, note: new.note };
    Ok(done(gateway.community.add_member_note(on_behalf(request)).await?.metadata()))
}

async fn tag(State(gateway): State<Gateway>, Json(new): Json<NewTags>) -> Response {
    answer::answer(gateway.clone(), add_tags(gateway, new).await).await
}

async fn add_tags(mut gateway: Gateway, new: NewTags) -> Outcome {
    let identity = Some(identity(&new.social_type, &new.value)?);
    let tags = comma_separated(&new.tags).map(str::to_owned).collect();
    let request = AddMemberTagsRequest { identity, tags };
    Ok(done(gateway.community.add_member_tags(on_behalf(request)).await?.metadata()))
}
