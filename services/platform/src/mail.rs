//! Mail: by SMTP, or into a development mailbox.

mod development;

use std::{sync::Arc, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp,
};
use tracing::Instrument;
use uuid::Uuid;

pub use development::{DevelopmentMailbox, StoredMail};

use crate::{outbox::DeliveryError, telemetry::traces};

/// How long the mail server may take to let us in.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long it may take over one mail; less than the outbox gives an attempt. It may look into a mail before it takes it,
/// and whoever hangs up meanwhile will send it again.
const SEND_TIMEOUT: Duration = Duration::from_mins(2);

const SILENT: &str = "the mail server did not answer in time";

/// A mail to one address, in both forms.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The id of the message that causes it: a repeat has the same, so that mail programs can tell.
    pub id: Uuid,
    /// The address it goes to.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// Where one click ends mails of its kind (RFC 8058), if they are not asked for one by one.
    pub unsubscribe_url: Option<String>,
}

/// What a mail says, in both forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The subject line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

impl Mail {
    /// Addresses a content.
    #[must_use]
    pub fn new(id: Uuid, to: String, Content { subject, text, html }: Content) -> Self {
        Self { id, to, subject, text, html, unsubscribe_url: None }
    }

    /// Says where one click ends mails of this kind.
    #[must_use]
    pub fn unsubscribable(self, url: String) -> Self {
        Self { unsubscribe_url: Some(url), ..self }
    }
}

/// The way that mails take.
#[derive(Clone)]
pub enum Mailer {
    /// To a mail server.
    Smtp(Arc<SmtpMailer>),
    /// Into a folder, for development.
    Development(DevelopmentMailbox),
}

/// Sends mails to a mail server.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Why mails cannot be sent with the settings given.
#[derive(Debug, thiserror::Error)]
pub enum MailSettingError {
    /// `SMTP_URL` is no URL of a mail server.
    #[error("SMTP_URL is not understood (smtp://host:port, smtps://user:password@host): {0}")]
    Url(#[from] smtp::Error),
    /// `MAIL_FROM` is no address.
    #[error("MAIL_FROM is not an e-mail address: {0}")]
    From(#[from] lettre::address::AddressError),
}

impl Mailer {
    /// Sends through the mail server at a URL (`smtp://`, `smtps://`, or `smtp://...?tls=required` for STARTTLS), from an
    /// address.
    pub fn smtp(url: &str, from: &str) -> Result<Self, MailSettingError> {
        let from = from.parse()?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)?.timeout(Some(CONNECT_TIMEOUT)).build();
        Ok(Self::Smtp(Arc::new(SmtpMailer { transport, from })))
    }

    /// Hands a mail over. Once this returns `Ok`, the other side has taken it.
    pub async fn send(&self, mail: Mail) -> Result<(), DeliveryError> {
        match self {
            Self::Smtp(mailer) => mailer.send(mail).instrument(traces::mail()).await,
            Self::Development(mailbox) => mailbox.put(mail).map_err(|error| DeliveryError::Retry(error.to_string())),
        }
    }
}

impl SmtpMailer {
    async fn send(&self, mail: Mail) -> Result<(), DeliveryError> {
        let message = self.message(mail).map_err(|error| DeliveryError::Refused(error.to_string()))?;
        // The transport's own limit holds for connecting only.
        match tokio::time::timeout(SEND_TIMEOUT, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if concerns_this_mail(&error) => Err(DeliveryError::Refused(describe(&error))),
            Ok(Err(error)) => Err(DeliveryError::Retry(describe(&error))),
            Err(_) => Err(DeliveryError::Retry(SILENT.to_owned())),
        }
    }

    fn message(&self, mail: Mail) -> Result<Message, Box<dyn std::error::Error>> {
        let mut builder = Message::builder();
        if let Some(url) = mail.unsubscribe_url {
            let one_click = "List-Unsubscribe=One-Click".to_owned();
            builder = builder
                .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("List-Unsubscribe"), format!("<{url}>")))
                .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("List-Unsubscribe-Post"), one_click));
        }
        Ok(builder
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .from(self.from.clone())
            .to(Mailbox::new(None, mail.to.parse()?))
            .subject(mail.subject)
            .multipart(MultiPart::alternative_plain_html(mail.text, mail.html))?)
    }
}

/// Whether the server will never take this one mail (RFC 5321, section 4.2.3: the mailbox, its size or its name), and not
/// that it takes none now, as when our password is wrong or our address is on a list.
fn concerns_this_mail(error: &smtp::Error) -> bool {
    match error.status().map(u16::from) {
        Some(551..=553 | 555 | 556) => true,
        // A refusal by policy has this code too, and tells it by its enhanced one (RFC 3463: 5.1 is the address).
        Some(550) => enhanced_code(error).is_none_or(|code| code.starts_with("5.1.")),
        _ => false,
    }
}

/// The enhanced status code that a refusal begins with, if the server sends them (RFC 2034).
fn enhanced_code(error: &smtp::Error) -> Option<String> {
    let said = std::error::Error::source(error)?.to_string();
    let code = said.split_whitespace().next()?;
    code.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.').then(|| code.to_owned())
}

/// What went wrong, without the server's words, which may name the recipient.
fn describe(error: &smtp::Error) -> String {
    match error.status() {
        Some(code) => format!("the mail server answered {code}"),
        None if error.is_timeout() => SILENT.to_owned(),
        None if error.is_client() || error.is_tls() => {
            "the mail server does not offer what SMTP_URL asks for".to_owned()
        }
        None => "the mail server cannot be reached".to_owned(),
    }
}
