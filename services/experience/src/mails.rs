//! The mail that asks to confirm an experience.

use askama::Template;
use connectus_proto::experience::v1::ExperienceDetails;

/// What the mail says.
pub(crate) struct Approval<'a> {
    /// Who asks.
    pub(crate) user_name: &'a str,
    /// What they did.
    pub(crate) details: &'a ExperienceDetails,
    /// Where to look at it and decide.
    pub(crate) link: &'a str,
}

/// A mail in both forms.
pub(crate) struct Bodies {
    /// Plain text.
    pub(crate) text: String,
    /// HTML.
    pub(crate) html: String,
}

#[derive(Template)]
#[template(path = "approval.txt")]
struct Text<'a> {
    approval: &'a Approval<'a>,
}

#[derive(Template)]
#[template(path = "approval.html")]
struct Html<'a> {
    approval: &'a Approval<'a>,
}

/// Writes the mail.
pub(crate) fn approval(approval: &Approval<'_>) -> askama::Result<Bodies> {
    Ok(Bodies { text: Text { approval }.render()?, html: Html { approval }.render()? })
}
