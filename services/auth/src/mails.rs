//! The mails that auth sends.

use askama::Template;

/// A mail in both forms.
pub(crate) struct Bodies {
    /// Plain text.
    pub(crate) text: String,
    /// HTML.
    pub(crate) html: String,
}

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
pub(crate) fn verify_email(link: &str) -> askama::Result<Bodies> {
    Ok(Bodies { text: VerifyEmailText { link }.render()?, html: VerifyEmailHtml { link }.render()? })
}

/// The mail with the link to choose a new password.
pub(crate) fn reset_password(link: &str) -> askama::Result<Bodies> {
    Ok(Bodies { text: ResetPasswordText { link }.render()?, html: ResetPasswordHtml { link }.render()? })
}
