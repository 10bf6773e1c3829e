//! A member that is to be made, or added to.

use connectus_proto::community::v1::{Profile, PutMemberRequest};
use serde::Deserialize;
use utoipa::ToSchema;

/// A member that is to be made, or added to.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "source": "Chat", "fullName": "Ann Lee", "socials": [{"type": "email", "value": "someone@example.org"}]
}))]
pub(super) struct NewMember {
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
    /// The same as the rpcs have it.
    pub(super) fn into_message(self) -> PutMemberRequest {
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
