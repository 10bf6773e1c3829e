//! The mail that asks to confirm an experience.

use askama::Template;
use connectus_platform::mail::Content;
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
pub(crate) fn approval(approval: &Approval<'_>) -> askama::Result<Content> {
    let (who, what) = (one_line(approval.user_name), one_line(&approval.details.name));
    let subject = format!("{who} asks you to confirm: {what}");
    Ok(Content { subject, text: Text { approval }.render()?, html: Html { approval }.render()? })
}

/// A text as part of a subject line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
