//! The mails that auth sends.

use askama::Template;
use connectus_platform::mail::Content;

/// A mail with a link, in both forms.
macro_rules! mail_with_link {
    ($(#[$doc:meta])* $name:ident, $subject:literal, $text:literal, $html:literal) => {
        $(#[$doc])*
        pub(crate) fn $name(link: &str) -> askama::Result<Content> {
            #[derive(Template)]
            #[template(path = $text)]
            struct Text<'a> {
                link: &'a str,
            }
            #[derive(Template)]
            #[template(path = $html)]
            struct Html<'a> {
                link: &'a str,
            }
            content($subject, &Text { link }, &Html { link })
        }
    };
}

/// A mail that only tells something, in both forms.
macro_rules! notice {
    ($(#[$doc:meta])* $name:ident, $subject:literal, $text:literal, $html:literal) => {
        $(#[$doc])*
        pub(crate) fn $name() -> askama::Result<Content> {
            #[derive(Template)]
            #[template(path = $text)]
            struct Text;
            #[derive(Template)]
            #[template(path = $html)]
            struct Html;
            content($subject, &Text, &Html)
        }
    };
}

mail_with_link! {
    /// The mail with the link that verifies an address.
    verify_email, "Verify your e-mail address", "verify_email.txt", "verify_email.html"
}
mail_with_link! {
    /// The mail with the link to choose a new password.
    reset_password, "Choose a new password", "reset_password.txt", "reset_password.html"
}
mail_with_link! {
    /// The mail to an address that somebody tried to register again.
    already_registered, "You have an account already", "already_registered.txt", "already_registered.html"
}
mail_with_link! {
    /// The mail with the link that verifies the address that an account is changed to.
    email_change, "Verify your new e-mail address", "email_change.txt", "email_change.html"
}
mail_with_link! {
    /// The mail to an address that an account was to be changed to, but that has one already.
    email_change_refused, "You have an account already", "email_change_refused.txt", "email_change_refused.html"
}
notice! {
    /// The mail that tells of a new password.
    password_changed, "Your password was changed", "password_changed.txt", "password_changed.html"
}
notice! {
    /// The mail that tells of the end of an account.
    deleted, "Your account was deleted", "deleted.txt", "deleted.html"
}

#[derive(Template)]
#[template(path = "email_change_notice.txt")]
struct EmailChangeNoticeText<'a> {
    link: &'a str,
    new_email: &'a str,
}

#[derive(Template)]
#[template(path = "email_change_notice.html")]
struct EmailChangeNoticeHtml<'a> {
    link: &'a str,
    new_email: &'a str,
}

/// The mail to the address before a change, with the link that undoes it.
pub(crate) fn email_change_notice(link: &str, new_email: &str) -> askama::Result<Content> {
    let (text, html) = (EmailChangeNoticeText { link, new_email }, EmailChangeNoticeHtml { link, new_email });
    content("Your e-mail address is being changed", &text, &html)
}

fn content(subject: &str, text: &impl Template, html: &impl Template) -> askama::Result<Content> {
    Ok(Content { subject: subject.to_owned(), text: text.render()?, html: html.render()? })
}
