//! What sources say about people.

use axum::{extract::State, response::Response, routing::post};
use connectus_platform::peer::on_behalf;
use connectus_proto::community::v1::{ExternalProfile as ProtoExternalProfile, Profile, SourceUser, UpsertUserRequest};
use http::{Method, StatusCode};
use prost_types::FieldMask;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    answer::{self, Outcome, Refusal, report},
    custom_fields::FieldSetting,
    json::{Json, nullable},
    operation::{Answer, Operation},
    tags::TagAssignment,
};
use crate::{rest::Params, route::schema_of, upstream::Gateway};

pub(super) const OPERATIONS: &[Operation] = &[Operation {
    method: Method::POST,
    path: "/source/{destinationSourceId}/user",
    id: "addUpdateUserToSource",
    summary: "Adds what a source knows of a person, or changes it.",
    details: "A field that is absent stays as it is, and one that is null is cleared. Of each field what was said last counts, by \
        whichever source. People whom two sources know by one e-mail address, or by one handle at LinkedIn, GitHub, Twitter or \
        Discord, are one member. When it is answered it is kept, and worked on soon, after what the source said before.",
    tag: "Contacts",
    is_deprecated: false,
    path_parameter: Some("integer"),
    query: &[],
    body: Some(schema_of::<ApiUser>),
    answer: Answer::Accepted,
    failures: &[400, 404, 413],
    rpc: "UpsertUser",
    handler: || post(upsert),
}];

/// A person, as a source knows them.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::option_option)] // Absent keeps, null clears.
pub(super) struct ApiUser {
    /// The source's own id of the person.
    #[schema(min_length = 1, max_length = 500)]
    id: String,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 200)]
    full_name: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 200)]
    first_name: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 200)]
    last_name: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 200)]
    username: Option<Option<String>>,
    /// An http or https URL.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 2000)]
    avatar_url: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 5000)]
    bio: Option<Option<String>>,
    /// An e-mail address; an empty one is as good as null.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 254, example = "someone@example.org")]
    email: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<SocialHandle>)]
    linkedin: Option<Option<SocialHandle>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<SocialHandle>)]
    github: Option<Option<SocialHandle>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<SocialHandle>)]
    twitter: Option<Option<SocialHandle>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<DiscordName>)]
    discord: Option<Option<DiscordName>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Vec<ExternalProfile>>, max_items = 50)]
    external_profiles: Option<Option<Vec<ExternalProfile>>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 200)]
    role_at_company: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 200)]
    title_at_company: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 200)]
    company_name: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 253)]
    company_domain: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 200)]
    country: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 200)]
    city: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 200)]
    region: Option<Option<String>>,
    /// The place in the person's own words.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, max_length = 500)]
    raw_location: Option<Option<String>>,
    /// Tags that the person gets, beyond those there are.
    #[serde(default)]
    #[schema(max_items = 50)]
    tags: Vec<TagAssignment>,
    #[serde(default)]
    #[schema(max_items = 100)]
    custom_fields: Vec<FieldSetting>,
}

/// A handle at LinkedIn, GitHub or Twitter, or the URL of a profile there; an empty one is as good as null.
#[derive(Deserialize, ToSchema)]
struct SocialHandle {
    #[serde(rename = "type")]
    _type: HandleType,
    #[schema(max_length = 200, example = "Person")]
    value: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum HandleType {
    Handle,
}

/// A name at Discord; an empty one is as good as null.
#[derive(Deserialize, ToSchema)]
struct DiscordName {
    #[serde(rename = "type", default)]
    _type: Option<UsernameType>,
    #[schema(max_length = 200, example = "person")]
    username: String,
    discriminator: Discriminator,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum UsernameType {
    Username,
}

/// What tells those of one name apart: a text or a number, and 0 for names that are unique.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
enum Discriminator {
    Text(String),
    Number(u16),
}

/// A profile elsewhere.
#[derive(Deserialize, ToSchema)]
struct ExternalProfile {
    /// An http or https URL.
    #[schema(min_length = 1, max_length = 2000)]
    url: String,
    #[serde(default)]
    #[schema(max_length = 200)]
    name: String,
}

impl From<SocialHandle> for String {
    fn from(handle: SocialHandle) -> Self {
        handle.value
    }
}

impl From<DiscordName> for String {
    fn from(name: DiscordName) -> Self {
        let discriminator = match name.discriminator {
            Discriminator::Text(text) => text,
            Discriminator::Number(number) => number.to_string(),
        };
        match discriminator.trim() {
            "" | "0" => name.username,
            discriminator => format!("{}#{discriminator}", name.username),
        }
    }
}

impl ApiUser {
    /// The same as the rpcs have it.
    pub(super) fn into_message(self) -> SourceUser {
        let (mut profile, mut paths) = (Profile::default(), Vec::new());
        let mut say = |name: &str, field: &mut String, said: Option<Option<String>>| {
            if let Some(said) = said {
                paths.push(name.to_owned());
                *field = said.unwrap_or_default();
            }
        };
        say("full_name", &mut profile.full_name, self.full_name);
        say("first_name", &mut profile.first_name, self.first_name);
        say("last_name", &mut profile.last_name, self.last_name);
        say("username", &mut profile.username, self.username);
        say("avatar_url", &mut profile.avatar_url, self.avatar_url);
        say("bio", &mut profile.bio, self.bio);
        say("email", &mut profile.email, self.email);
        say("linkedin", &mut profile.linkedin, self.linkedin.map(|handle| handle.map(String::from)));
        say("github", &mut profile.github, self.github.map(|handle| handle.map(String::from)));
        say("twitter", &mut profile.twitter, self.twitter.map(|handle| handle.map(String::from)));
        say("discord", &mut profile.discord, self.discord.map(|name| name.map(String::from)));
        say("role_at_company", &mut profile.role_at_company, self.role_at_company);
        say("title_at_company", &mut profile.title_at_company, self.title_at_company);
        say("company_name", &mut profile.company_name, self.company_name);
        say("company_domain", &mut profile.company_domain, self.company_domain);
        say("country", &mut profile.country, self.country);
        say("city", &mut profile.city, self.city);
        say("region", &mut profile.region, self.region);
        say("raw_location", &mut profile.raw_location, self.raw_location);
        if let Some(profiles) = self.external_profiles {
            paths.push("external_profiles".to_owned());
            let profiles = profiles.into_iter().flatten();
            profile.external_profiles =
                profiles.map(|ExternalProfile { url, name }| ProtoExternalProfile { url, name }).collect();
        }
        SourceUser {
            id: self.id,
            profile: Some(profile),
            profile_mask: Some(FieldMask { paths }),
            tags: self.tags.into_iter().map(TagAssignment::into_message).collect(),
            custom_fields: self.custom_fields.into_iter().map(FieldSetting::into_message).collect(),
        }
    }
}

/// The id of a source from a path.
pub(super) fn source_id(id: &str) -> Result<i64, Refusal> {
    id.parse().map_err(|_| Refusal::field("destinationSourceId", "is not a whole number"))
}

async fn upsert(State(gateway): State<Gateway>, Params(source): Params<String>, Json(user): Json<ApiUser>) -> Response {
    answer::answer(gateway.clone(), accept(gateway, &source, user).await).await
}

async fn accept(gateway: Gateway, source: &str, user: ApiUser) -> Outcome {
    let request = UpsertUserRequest { source_id: source_id(source)?, user: Some(user.into_message()) };
    let response = gateway.community().upsert_user(on_behalf(request)).await?;
    Ok(report(StatusCode::ACCEPTED, response.metadata(), "ok"))
}
