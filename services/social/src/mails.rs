//! The mails about notifications.

use askama::Template;
use connectus_platform::mail::Content;
use connectus_proto::social::v1::NotificationKind;

/// Who did something, where it was no account.
const SOMEBODY: &str = "Somebody";
/// How much of a sentence stands in a subject line, in characters.
const MAX_SUBJECT: usize = 100;

/// What happened, for somebody who reads mails.
pub(crate) struct Line {
    /// Who did what.
    sentence: String,
    /// What there is to say about it, or empty.
    content: String,
}

impl Line {
    /// Says what happened, and who did it if it was an account.
    pub(crate) fn new(kind: NotificationKind, actor: Option<&str>, content: &str) -> Self {
        let who = one_line(actor.unwrap_or(SOMEBODY));
        let sentence = match kind {
            NotificationKind::ConnectionRequested => format!("{who} asks to connect with you"),
            NotificationKind::ConnectionAccepted => format!("{who} has accepted to connect with you"),
            NotificationKind::ValidationRequested => format!("{who} asks you to confirm what they did"),
            NotificationKind::ValidationApproved => format!("{who} has confirmed what you did"),
            NotificationKind::ValidationDeclined => format!("{who} has not confirmed what you did"),
            NotificationKind::PostLiked => format!("{who} likes your post"),
            NotificationKind::PostShared => format!("{who} has shared your post"),
            NotificationKind::PostReplied => format!("{who} has replied to your post"),
            NotificationKind::InterestShown => format!("{who} is interested in what you offer"),
            NotificationKind::ShiftChanged => "A shift of yours has other times".to_owned(),
            NotificationKind::ShiftFreed => "A place in a shift is free, and now yours".to_owned(),
            NotificationKind::ShiftWithdrawn => "A shift of yours does not take place".to_owned(),
            NotificationKind::OpportunityWithdrawn => "What you were interested in was withdrawn".to_owned(),
            NotificationKind::Unspecified => "There is something new".to_owned(),
        };
        Self { sentence, content: content.to_owned() }
    }
}

/// What every mail has beside its lines.
pub(crate) struct Frame<'a> {
    /// What the reader is called.
    pub(crate) name: &'a str,
    /// The web site, if there is one.
    pub(crate) site: Option<&'a str>,
    /// Where the mails are ended.
    pub(crate) unsubscribe: &'a str,
}

#[derive(Template)]
#[template(path = "notifications.txt")]
struct Text<'a> {
    lines: &'a [Line],
    frame: &'a Frame<'a>,
}

#[derive(Template)]
#[template(path = "notifications.html")]
struct Html<'a> {
    lines: &'a [Line],
    frame: &'a Frame<'a>,
}

/// The mail about something that waits for an answer.
pub(crate) fn notification(line: Line, frame: &Frame<'_>) -> askama::Result<Content> {
    let subject = line.sentence.chars().take(MAX_SUBJECT).collect();
    mail(subject, &[line], frame)
}

/// The mail about all that has come since the last one.
pub(crate) fn digest(lines: &[Line], frame: &Frame<'_>) -> askama::Result<Content> {
    let subject = match lines.len() {
        1 => "1 new notification".to_owned(),
        many => format!("{many} new notifications"),
    };
    mail(subject, lines, frame)
}

fn mail(subject: String, lines: &[Line], frame: &Frame<'_>) -> askama::Result<Content> {
    let (text, html) = (Text { lines, frame }.render()?, Html { lines, frame }.render()?);
    Ok(Content { subject, text, html })
}

/// A name as part of a line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
