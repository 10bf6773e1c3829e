//! What people are known by in several sources: e-mail addresses and handles, in the one form that is compared.

use connectus_platform::fields::{self, FieldError};
use connectus_proto::community::v1::{Identity, identity::By};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::Url;

use super::statements::Statements;

/// The longest handle, in characters; that of a URL may be longer.
const LONGEST: usize = 200;

/// What kind of handle it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// An e-mail address.
    Email,
    /// A Twitter handle.
    Twitter,
    /// A GitHub handle.
    Github,
    /// A LinkedIn handle, with `in/`, `company/` or the like before the name.
    Linkedin,
    /// A Discord name.
    Discord,
}

impl Kind {
    /// Every kind.
    pub(crate) const ALL: [Self; 5] = [Self::Email, Self::Twitter, Self::Github, Self::Linkedin, Self::Discord];

    /// What it is called: in the database, and as a field of a profile.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Twitter => "twitter",
            Self::Github => "github",
            Self::Linkedin => "linkedin",
            Self::Discord => "discord",
        }
    }

    /// The hosts whose URLs lead to profiles.
    fn hosts(self) -> &'static [&'static str] {
        match self {
            Self::Email | Self::Discord => &[],
            Self::Twitter => &["twitter.com", "x.com"],
            Self::Github => &["github.com"],
            Self::Linkedin => &["linkedin.com"],
        }
    }
}

/// An e-mail address or a handle, in the one form that is compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Handle {
    /// What kind of handle it is.
    pub(crate) kind: Kind,
    /// In small letters, and without what not everybody writes.
    pub(crate) value: String,
}

/// Reads a handle as somebody wrote it: with or without `@`, or as the URL of a profile. Returns it as it is shown.
pub(crate) fn shown(field: &str, kind: Kind, value: &str) -> Result<String, FieldError> {
    if kind == Kind::Email {
        return fields::email(field, value);
    }
    let value = fields::text(field, value, 1..=LONGEST)?;
    let path = path_of(kind, &value).unwrap_or(value);
    let path = path.trim_start_matches('/').trim_start_matches('@');
    let handle = match kind {
        Kind::Linkedin if !path.contains('/') => format!("in/{path}"),
        _ => path.trim_end_matches('/').to_owned(),
    };
    if is_handle(kind, &handle) { Ok(handle) } else { Err(FieldError::new(field, "is not a handle")) }
}

/// The path of a URL that leads to a profile.
fn path_of(kind: Kind, value: &str) -> Option<String> {
    let url = if value.contains("://") { value.to_owned() } else { format!("https://{value}") };
    let url = Url::parse(&url).ok()?;
    let host = url.host_str()?;
    let is_of = |known: &str| host == known || host.ends_with(&format!(".{known}"));
    if !kind.hosts().iter().any(|known| is_of(known)) {
        return None;
    }
    percent_decode_str(url.path()).decode_utf8().ok().map(Into::into)
}

/// Whether a handle may be one: without spaces and what only URLs have.
fn is_handle(kind: Kind, value: &str) -> bool {
    let separators = usize::from(kind == Kind::Linkedin);
    let parts: Vec<&str> = value.split('/').collect();
    let is_word = |part: &&str| {
        !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control() || "?&:\"<>\\".contains(c))
    };
    parts.len() == separators + 1 && parts.iter().all(is_word)
}

impl Handle {
    /// What a handle that is shown so is compared by.
    pub(crate) fn of(kind: Kind, shown: &str) -> Self {
        Self { kind, value: shown.to_lowercase() }
    }

    /// Every handle that a source has given for a person.
    pub(crate) fn all(statements: &Statements) -> Vec<Self> {
        let shown =
            |kind: Kind| statements.value(kind.name()).and_then(Value::as_str).map(|shown| Self::of(kind, shown));
        Kind::ALL.into_iter().filter_map(shown).collect()
    }

    /// Reads by what a member is asked for.
    pub(crate) fn asked_for(identity: Option<&Identity>) -> Result<Self, FieldError> {
        let by = identity.and_then(|identity| identity.by.as_ref());
        let (kind, value) = match by.ok_or_else(|| FieldError::new("identity", "is required"))? {
            By::Email(value) => (Kind::Email, value),
            By::Twitter(value) => (Kind::Twitter, value),
            By::Github(value) => (Kind::Github, value),
            By::Linkedin(value) => (Kind::Linkedin, value),
            By::Discord(value) => (Kind::Discord, value),
        };
        Ok(Self::of(kind, &shown(&format!("identity.{}", kind.name()), kind, value)?))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn handles_and_urls_of_one_profile_are_one() {
        for (kind, spellings, handle) in [
            (Kind::Email, vec!["Ann@Example.org", " ann@example.org"], "ann@example.org"),
            (
                Kind::Twitter,
                vec![
                    "@Person",
                    "person",
                    "https://twitter.com/Person",
                    "x.com/person/",
                    "https://www.x.com/person?s=20",
                ],
                "person",
            ),
            (Kind::Github, vec!["Person", "https://github.com/person", "github.com/Person/"], "person"),
            (
                Kind::Linkedin,
                vec![
                    "in/Person",
                    "person",
                    "/in/person/",
                    "https://www.linkedin.com/in/person/",
                    "linkedin.com/in/Person",
                ],
                "in/person",
            ),
            (Kind::Linkedin, vec!["company/Acme", "https://linkedin.com/company/acme"], "company/acme"),
            (
                Kind::Linkedin,
                vec!["in/Jörg", "https://linkedin.com/in/jörg", "https://linkedin.com/in/j%C3%B6rg"],
                "in/jörg",
            ),
            (Kind::Discord, vec!["Person#1234", "person#1234"], "person#1234"),
        ] {
            for spelling in spellings {
                let shown = shown("f", kind, spelling).map(|shown| Handle::of(kind, &shown).value);
                assert_eq!(shown, Ok(handle.to_owned()), "{spelling}");
            }
        }
    }

    #[test]
    fn what_is_no_handle_is_refused() {
        for (kind, bad) in [
            (Kind::Email, "ann"),
            (Kind::Twitter, ""),
            (Kind::Twitter, "@"),
            (Kind::Twitter, "two words"),
            (Kind::Github, "https://example.org/person"),
            (Kind::Github, "https://github.com/person/repository"),
            (Kind::Github, "https://github.com/"),
            (Kind::Linkedin, "https://www.linkedin.com/in/person/details"),
            (Kind::Linkedin, "in/"),
        ] {
            assert!(shown("f", kind, bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_as_itself(kind in prop::sample::select(Kind::ALL.to_vec()), value in ".{0,40}") {
            if let Ok(once) = shown("f", kind, &value) {
                let again = shown("f", kind, &once);
                prop_assert_eq!(again.map(|again| Handle::of(kind, &again)), Ok(Handle::of(kind, &once)));
            }
        }
    }
}
