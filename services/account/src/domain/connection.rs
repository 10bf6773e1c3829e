//! Connections, and the requests to connect that come before them.

use chrono::{DateTime, Utc};
use connectus_platform::fields::{self, FieldError};
use uuid::Uuid;

use super::{Error, account::Account};

/// How many connections an account can have.
pub(crate) const MAX_CONNECTIONS: i64 = 2000;

/// How two accounts stand to each other, as one of them sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tie {
    /// They are not connected, and neither has asked to be.
    None,
    /// The account has asked the other one.
    HasAsked,
    /// The other one has asked the account.
    WasAsked,
    /// They are connected.
    Connected,
}

/// The other one, as it stands to an account that may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Other {
    /// How the two stand to each other.
    pub(crate) tie: Tie,
    /// Whether the account has blocked it.
    pub(crate) is_blocked: bool,
    /// Whether it takes messages from those who are no connections of it.
    pub(crate) takes_messages: bool,
}

/// What comes of asking somebody to connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// They are asked.
    Pending,
    /// The two are connected, since the other one had asked too.
    Connected,
}

impl Other {
    /// Asks it to connect. What is said to somebody who has asked too is said to a connection.
    pub(crate) fn ask(self, message: &str) -> Result<Asked, Error> {
        if self.is_blocked {
            return Err(Error::AccountBlocked);
        }
        match self.tie {
            Tie::Connected => Err(Error::AlreadyConnected),
            Tie::HasAsked => Err(Error::ConnectionAlreadyRequested),
            Tie::WasAsked => Ok(Asked::Connected),
            Tie::None if self.takes_messages || message.is_empty() => Ok(Asked::Pending),
            Tie::None => Err(Error::MessageNotAllowed),
        }
    }

    /// Accepts what it has asked.
    pub(crate) fn accept(self) -> Result<(), Error> {
        if self.tie == Tie::WasAsked { Ok(()) } else { Err(Error::ConnectionRequestNotFound) }
    }
}

/// Who asked whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// The other one has asked the account.
    Incoming,
    /// The account has asked the other one.
    Outgoing,
}

/// That somebody asks to connect, as one of the two sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConnectionRequest {
    /// Its id, a UUIDv7.
    pub(crate) id: Uuid,
    /// The other one, as the account may see it.
    pub(crate) other: Account,
    /// What the one who asks has to say, or nothing.
    pub(crate) message: String,
    /// When it was asked.
    pub(crate) created_at: DateTime<Utc>,
    /// Who asked whom.
    pub(crate) direction: Direction,
}

/// What the one who asks has to say, checked.
pub(crate) fn message(message: &str) -> Result<String, FieldError> {
    fields::text("message", message, 0..=1000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TIES: [Tie; 4] = [Tie::None, Tie::HasAsked, Tie::WasAsked, Tie::Connected];

    proptest! {
        #[test]
        fn an_account_is_asked_that_has_nothing_to_do_with_the_one_who_asks(
            tie in prop::sample::select(&TIES[..]),
            is_blocked: bool,
            takes_messages: bool,
            message in "x?",
        ) {
            let asked = Other { tie, is_blocked, takes_messages }.ask(&message);
            prop_assert_eq!(asked == Ok(Asked::Connected), tie == Tie::WasAsked && !is_blocked);
            let is_heard = takes_messages || message.is_empty();
            prop_assert_eq!(asked == Ok(Asked::Pending), tie == Tie::None && !is_blocked && is_heard);
            prop_assert_eq!(asked == Err(Error::AccountBlocked), is_blocked);
        }

        #[test]
        fn only_who_was_asked_can_accept(tie in prop::sample::select(&TIES[..])) {
            let other = Other { tie, is_blocked: false, takes_messages: true };
            prop_assert_eq!(other.accept().is_ok(), tie == Tie::WasAsked);
        }
    }
}
