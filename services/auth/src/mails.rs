//! The mails that auth sends.

use askama::Template;
use connectus_platform::mail::Content;

#[derive(Template)]
#[template(path = "verify_email.txt")]
struct VerifyEmailText<'a> {
    link: &'a str,
}

#[derive(Template)]
#[template(path = "verify_email.html")]
struct VerifyEmailHtml<'a> {
    link: &'a str,
}

#[derive(Template)]
#[template(path = "reset_password.txt")]
struct ResetPasswordText<'a> {
    link: &'a str,
}

#[derive(Template)]
#[template(path = "reset_password.html")]
struct ResetPasswordHtml<'a> {
    link: &'a str,
}

/// The mail with the link that verifies an address.
pub(crate) fn verify_email(link: &str) -> askama::Result<Content> {
    content("Verify your e-mail address", &VerifyEmailText { link }, &VerifyEmailHtml { link })
}

/// The mail with the link to choose a new password.
pub(crate) fn reset_password(link: &str) -> askama::Result<Content> {
    content("Choose a new password", &ResetPasswordText { link }, &ResetPasswordHtml { link })
}

fn content(subject: &str, text: &impl Template, html: &impl Template) -> askama::Result<Content> {
    Ok(Content { subject: subject.to_owned(), text: text.render()?, html: html.render()? })
}
