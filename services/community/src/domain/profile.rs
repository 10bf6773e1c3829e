//! Profiles: what a source says of a person's fields, and what is known of them.

use std::collections::BTreeMap;

use connectus_platform::fields::{self, FieldError};
use connectus_proto::community::v1::{ExternalProfile, Profile};
use serde_json::{Value, json};

use super::{
    handle::{self, Kind},
    statements::Said,
    url,
};

/// How many profiles elsewhere a person has.
const MOST_PROFILES: usize = 50;
/// The name of the field that is a list.
const EXTERNAL_PROFILES: &str = "external_profiles";

/// What a field holds.
#[derive(Clone, Copy)]
enum Content {
    /// Up to so many characters.
    Text(usize),
    /// An http or https URL.
    Url,
    /// What a person is known by.
    Handle(Kind),
}

/// A field of a profile that is a text; an empty one says that there is none.
struct Field {
    /// Its name in the contract.
    name: &'static str,
    content: Content,
    get: fn(&Profile) -> &String,
    get_mut: fn(&mut Profile) -> &mut String,
}

macro_rules! field {
    ($name:ident, $content:expr) => {
        Field {
            name: stringify!($name),
            content: $content,
            get: |profile| &profile.$name,
            get_mut: |profile| &mut profile.$name,
        }
    };
}

const FIELDS: &[Field] = &[
    field!(full_name, Content::Text(200)),
    field!(first_name, Content::Text(200)),
    field!(last_name, Content::Text(200)),
    field!(username, Content::Text(200)),
    field!(avatar_url, Content::Url),
    field!(bio, Content::Text(5000)),
    field!(email, Content::Handle(Kind::Email)),
    field!(linkedin, Content::Handle(Kind::Linkedin)),
    field!(github, Content::Handle(Kind::Github)),
    field!(twitter, Content::Handle(Kind::Twitter)),
    field!(discord, Content::Handle(Kind::Discord)),
    field!(youtube, Content::Text(200)),
    field!(role_at_company, Content::Text(200)),
    field!(title_at_company, Content::Text(200)),
    field!(company_name, Content::Text(200)),
    field!(company_domain, Content::Text(253)),
    field!(country, Content::Text(200)),
    field!(city, Content::Text(200)),
    field!(region, Content::Text(200)),
    field!(raw_location, Content::Text(500)),
];

/// Reads what is said of a profile: of the fields that a mask names, or else of those that are set.
pub(crate) fn said(path: &str, profile: &Profile, mask: Option<&[String]>) -> Result<Said, Vec<FieldError>> {
    let (mut said, mut errors) = (Said::new(), unknown(path, mask));
    let is_meant = |name: &str, is_set: bool| mask.map_or(is_set, |mask| mask.iter().any(|named| named == name));
    for field in FIELDS {
        let text = (field.get)(profile);
        if is_meant(field.name, !text.is_empty()) {
            match field.read(path, text) {
                Ok(value) => drop(said.insert(field.name.to_owned(), value)),
                Err(error) => errors.push(error),
            }
        }
    }
    if is_meant(EXTERNAL_PROFILES, !profile.external_profiles.is_empty()) {
        match external_profiles(&format!("{path}.{EXTERNAL_PROFILES}"), &profile.external_profiles) {
            Ok(value) => drop(said.insert(EXTERNAL_PROFILES.to_owned(), value)),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(said) } else { Err(errors) }
}

/// The names of a mask that no field has.
fn unknown(path: &str, mask: Option<&[String]>) -> Vec<FieldError> {
    let is_known = |name: &str| name == EXTERNAL_PROFILES || FIELDS.iter().any(|field| field.name == name);
    let unknown = mask.unwrap_or_default().iter().filter(|name| !is_known(name));
    unknown.map(|_| FieldError::new(format!("{path}_mask"), "names what is no field of a profile")).take(1).collect()
}

impl Field {
    fn read(&self, path: &str, text: &str) -> Result<Value, FieldError> {
        let path = format!("{path}.{}", self.name);
        if text.trim().is_empty() {
            return Ok(Value::Null);
        }
        Ok(Value::String(match self.content {
            Content::Text(most) => fields::text(&path, text, 0..=most)?,
            Content::Url => url::web(&path, text)?,
            Content::Handle(kind) => handle::shown(&path, kind, text)?,
        }))
    }
}

fn external_profiles(path: &str, profiles: &[ExternalProfile]) -> Result<Value, FieldError> {
    fields::list(path, profiles.len(), MOST_PROFILES)?;
    let read = |(at, profile): (usize, &ExternalProfile)| {
        let path = format!("{path}[{at}]");
        if profile.url.trim().is_empty() {
            return Err(FieldError::new(format!("{path}.url"), "is required"));
        }
        let name = fields::text(&format!("{path}.name"), &profile.name, 0..=200)?;
        Ok(json!({"url": url::web(&format!("{path}.url"), &profile.url)?, "name": name}))
    };
    let read: Result<Vec<Value>, FieldError> = profiles.iter().enumerate().map(read).collect();
    Ok(Some(read?).filter(|profiles| !profiles.is_empty()).map_or(Value::Null, Value::Array))
}

/// The profile that is known by what counts of its fields.
pub(crate) fn profile(known: &BTreeMap<&str, &Value>) -> Profile {
    let mut profile = Profile::default();
    for field in FIELDS {
        if let Some(Value::String(text)) = known.get(field.name) {
            (field.get_mut)(&mut profile).clone_from(text);
        }
    }
    let external = known.get(EXTERNAL_PROFILES).and_then(|list| list.as_array()).into_iter().flatten();
    let part = |profile: &Value, name: &str| profile[name].as_str().unwrap_or_default().to_owned();
    profile.external_profiles =
        external.map(|profile| ExternalProfile { url: part(profile, "url"), name: part(profile, "name") }).collect();
    profile
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::statements::{Statements, known};

    #[test]
    fn what_is_said_is_known() {
        let external_profiles =
            vec![ExternalProfile { url: "https://example.org".to_owned(), name: "Blog".to_owned() }];
        let profile = Profile {
            full_name: "Ann Lee".to_owned(),
            email: "ann@example.org".to_owned(),
            github: "ann".to_owned(),
            external_profiles,
            ..Profile::default()
        };
        let mut statements = Statements::default();
        statements.note(&said("profile", &profile, None).unwrap(), 1);
        assert_eq!(super::profile(&known([&statements])), profile);
    }

    #[test]
    fn a_mask_tells_what_is_cleared() {
        let mask = ["bio".to_owned(), "city".to_owned()];
        let profile = Profile { city: "Bonn".to_owned(), country: "Germany".to_owned(), ..Profile::default() };
        let said = said("profile", &profile, Some(&mask)).unwrap();
        assert_eq!(said, Said::from([("bio".to_owned(), Value::Null), ("city".to_owned(), json!("Bonn"))]));
    }

    #[test]
    fn every_bad_field_is_named() {
        let profile = Profile { email: "x".to_owned(), avatar_url: "x".to_owned(), ..Profile::default() };
        let errors = said("profile", &profile, None).unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["profile.avatar_url", "profile.email"]);
        assert_eq!(said("profile", &profile, Some(&["x".to_owned()])).unwrap_err()[0].field, "profile_mask");
    }
}
