//! Why an operator's command failed, each in one sentence.

use std::{fmt, io, path::PathBuf};

use connectus_platform::{fields::FieldError, status};
use connectus_proto::common::v1::ErrorReason;
use tonic::{Code, Status};

use super::services::Peer;
use crate::{error::StartError, secret::SecretError};

/// Why an operator's command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// Nobody knows who does it.
    #[error("say who does it with --operator, since neither USER nor LOGNAME is set")]
    NoOperator,
    /// There is no secret to call services with.
    #[error(
        "there is no secret to call the services with: set CONNECTUS_SERVICE_SECRET to theirs, or --data-dir to the folder \
         of role `all` ({} is not there)", .0.display()
    )]
    NoSecret(PathBuf),
    /// The secret is of no use.
    #[error(transparent)]
    Setting(#[from] Box<StartError>),
    /// The kept secret is of no use.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A service's URL is wrong.
    #[error("{0} is not understood: {1}")]
    PeerUrl(&'static str, tonic::transport::Error),
    /// A service refused, or did not answer.
    #[error(transparent)]
    Call(#[from] CallError),
    /// No service has such a dead message.
    #[error("there is no dead message {0}")]
    NoSuchMessage(String),
    /// A file cannot be read or written.
    #[error("cannot {doing} {}: {source}", path.display())]
    File {
        /// What was tried.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// An import ended before its end.
    #[error("{cause}; the import stopped, and goes on after line {lines} when it is started again")]
    ImportStopped {
        /// Why.
        cause: CallError,
        /// How many lines are done in the pass it was in.
        lines: u64,
    },
    /// An import is done, but for some lines.
    #[error("lines were refused: {refused}, listed with the reasons in {}", report.display())]
    LinesRefused {
        /// How many.
        refused: u64,
        /// Where they are listed.
        report: PathBuf,
    },
    /// An account that was named is a person's.
    #[error("{0} is no organization's account")]
    NoOrganization(String),
    /// A file of people cannot be imported, for what its first line says.
    #[error("cannot import {}: {problem}", path.display())]
    Header {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// An import of people ended before its end.
    #[error("{cause}; the import stopped after line {line}, and can be started again, since no line counts twice")]
    PeopleStopped {
        /// Why.
        cause: CallError,
        /// Up to which line all is done.
        line: u64,
    },
    /// What there is to say cannot be printed.
    #[error("cannot print: {0}")]
    Print(io::Error),
}

impl From<StartError> for CommandError {
    fn from(error: StartError) -> Self {
        Self::Setting(Box::new(error))
    }
}

/// A call to a service that failed.
#[derive(Debug)]
pub(crate) struct CallError {
    service: &'static str,
    url: String,
    setting: &'static str,
    status: Box<Status>,
}

impl CallError {
    pub(crate) fn new(peer: &Peer, status: Status) -> Self {
        Self { service: peer.name, url: peer.url.clone(), setting: peer.setting, status: Box::new(status) }
    }

    /// Why, if the service said so.
    pub(crate) fn reason(&self) -> Option<ErrorReason> {
        status::reason(&self.status)
    }

    /// The status of gRPC.
    pub(crate) fn code(&self) -> Code {
        self.status.code()
    }

    /// Whether trying again may help.
    pub(crate) fn is_passing(&self) -> bool {
        use ErrorReason::{DeadlineExceeded, Overloaded, Unavailable};
        match self.reason() {
            Some(reason) => matches!(reason, Unavailable | DeadlineExceeded | Overloaded),
            // A service that ends in the middle of an answer gives no reason. One that is not there, or a request that is too
            // large, stays so.
            None => !matches!(self.code(), Code::Unimplemented | Code::OutOfRange),
        }
    }

    /// A failure without a reason is not one of the suite's: something else answered.
    fn write_unknown(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, url, setting, .. } = self;
        match self.code() {
            Code::Unimplemented => write!(f, "{url} ({setting}) is not the address of {service}"),
            Code::OutOfRange => write!(f, "it is too large for {service}"),
            _ => write!(f, "{service} at {url} ({setting}) gave an answer that is not understood"),
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, url, setting, status } = self;
        let Some(reason) = self.reason() else { return self.write_unknown(f) };
        match reason {
            ErrorReason::Unavailable => {
                write!(f, "{service} at {url} ({setting}) is not available: {}", status.message())
            }
            ErrorReason::DeadlineExceeded => write!(f, "{service} at {url} ({setting}) did not answer in time"),
            ErrorReason::Overloaded | ErrorReason::TooManyAttempts => {
                write!(f, "{service} at {url} ({setting}) has too much to do; try again later")
            }
            ErrorReason::Internal | ErrorReason::Unspecified => {
                write!(f, "{service} at {url} ({setting}) failed, and its log says why")
            }
            ErrorReason::ServiceIdentityRequired => write!(
                f,
                "{service} at {url} ({setting}) has another secret: CONNECTUS_SERVICE_SECRET, or else the file \
                 service-secret in --data-dir, must be the one it was started with"
            ),
            ErrorReason::InvalidField => write_list(f, &status::field_errors(status)),
            ErrorReason::AccountNotFound | ErrorReason::UserNotFound => write!(f, "there is no such account"),
            ErrorReason::OrganizationNotFound => write!(f, "there is no such organization"),
            ErrorReason::MessageNotFound => write!(f, "there is no such dead message"),
            ErrorReason::CommunityNotFound => write!(f, "there is no such community"),
            ErrorReason::AccountDeleted => write!(f, "it was deleted here, and is not brought back"),
            ErrorReason::EmailTaken => write!(f, "email: belongs to another account"),
            // Those that no command is answered with say what they are, for developers.
            ErrorReason::IdempotencyKeyReused
            | ErrorReason::IdempotencyKeyInUse
            | ErrorReason::TokenMissing
            | ErrorReason::TokenInvalid
            | ErrorReason::AccessUnknown
            | ErrorReason::EmailUnverified
            | ErrorReason::UserAccountRequired
            | ErrorReason::OrganizationAccountRequired
            | ErrorReason::AccountTypeInvalid
            | ErrorReason::LoginRefused
            | ErrorReason::LoginEmailUnverified
            | ErrorReason::LinkInvalid
            | ErrorReason::LinkAccountGone
            | ErrorReason::MailNotAccepted
            | ErrorReason::AccountLocked
            | ErrorReason::PasswordWrong
            | ErrorReason::SessionNotFound
            | ErrorReason::ExperienceNotFound
            | ErrorReason::OwnAccount
            | ErrorReason::LimitReached
            | ErrorReason::ConnectionRequestNotFound
            | ErrorReason::ConnectionAlreadyRequested
            | ErrorReason::AlreadyConnected
            | ErrorReason::ConnectionNotFound
            | ErrorReason::MessageNotAllowed
            | ErrorReason::AccountBlocked
            | ErrorReason::OpportunityNotFound
            | ErrorReason::OpportunityOfAnotherOrganization
            | ErrorReason::ShiftNotFound
            | ErrorReason::ShiftOver
            | ErrorReason::InterestNotFound
            | ErrorReason::PostNotFound
            | ErrorReason::NotificationNotFound
            | ErrorReason::CommunityTokenInvalid
            | ErrorReason::RateLimited
            | ErrorReason::SourceNotFound
            | ErrorReason::MemberNotFound
            | ErrorReason::TagNotFound
            | ErrorReason::SegmentNotFound
            | ErrorReason::NameTaken
            | ErrorReason::ApiTokenNotFound
            | ErrorReason::MergeNotFound
            | ErrorReason::ValidationNotFound => write!(f, "{service} refused: {}", status.message()),
        }
    }
}

impl std::error::Error for CallError {}

fn write_list(f: &mut fmt::Formatter<'_>, errors: &[FieldError]) -> fmt::Result {
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    f.write_str(&errors.join("; "))
}
