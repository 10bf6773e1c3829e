//! By what members are asked for.

use connectus_proto::community::v1::{Identity, identity::By};

use super::{answer::Refusal, json::comma_separated};

/// An identity of a type of social, such as `email`.
pub(super) fn identity(social_type: &str, value: &str) -> Result<Identity, Refusal> {
    let value = value.trim().to_owned();
    let by = match social_type.trim().to_ascii_lowercase().as_str() {
        "email" => By::Email(value),
        "twitter" => By::Twitter(value),
        "github" => By::Github(value),
        "linkedin" => By::Linkedin(value),
        "discord" => By::Discord(value),
        _ => return Err(Refusal::field("socialType", "is none of email, twitter, github, linkedin, discord")),
    };
    Ok(Identity { by: Some(by) })
}

/// Several identities of one type, with commas between them.
pub(super) fn identities(social_type: &str, values: &str) -> Result<Vec<Identity>, Refusal> {
    comma_separated(values).map(|value| identity(social_type, value)).collect()
}
