//! How much may be tried: guesses of passwords, and mails to addresses (OWASP ASVS 4.0.3, section 2.2.1).

use std::{net::IpAddr, time::Duration};

use connectus_platform::{
    client::Client,
    throttle::{Attempt, Limit},
};
use uuid::Uuid;

use super::account::{LoginId, email_key};

/// Guesses at one account: no more than 80 in an hour.
const GUESSES: Limit = Limit { burst: 20, refill: Duration::from_mins(1) };
/// Guesses from one client address, at whatever accounts: many people may share it.
const GUESSES_FROM: Limit = Limit { burst: 100, refill: Duration::from_secs(6) };
/// Mails to one address that somebody asks for who need not be its owner.
const MAILS_TO: Limit = Limit { burst: 10, refill: Duration::from_mins(10) };
/// Mails that one client address asks for.
const MAILS_FROM: Limit = Limit { burst: 50, refill: Duration::from_mins(1) };
/// How often it is written down that an account is guessed at too often.
const REPORTS: Limit = Limit { burst: 1, refill: Duration::from_hours(1) };

/// A guess at an account's password.
pub(crate) fn guess(account_id: Uuid) -> Attempt {
    Attempt::new("guess", &account_id.to_string(), GUESSES)
}

/// A guess at the password of an account that there is not: it is counted as those at others are.
pub(crate) fn guess_at_nobody(id: &LoginId) -> Attempt {
    let subject = match id {
        LoginId::Account(id) => id.to_string(),
        LoginId::Email(key) => key.clone(),
    };
    Attempt::new("guess", &subject, GUESSES)
}

/// A guess by who is logged in, and is asked for the password again: strangers do not use up what they have.
pub(crate) fn guess_again(account_id: Uuid) -> Attempt {
    Attempt::new("guess again", &account_id.to_string(), GUESSES)
}

/// A guess from a client's address.
pub(crate) fn guess_from(client: &Client) -> Option<Attempt> {
    network(client).map(|network| Attempt::new("guess from", &network, GUESSES_FROM))
}

/// A mail to an address.
pub(crate) fn mail_to(email: &str) -> Attempt {
    Attempt::new("mail to", &email_key(email), MAILS_TO)
}

/// A mail that is asked for from a client's address.
pub(crate) fn mail_from(client: &Client) -> Option<Attempt> {
    network(client).map(|network| Attempt::new("mail from", &network, MAILS_FROM))
}

/// A report that there were too many guesses at an account.
pub(crate) fn report(account_id: Uuid) -> Attempt {
    Attempt::new("report", &account_id.to_string(), REPORTS)
}

/// What counts as one client: an IPv4 address, or the IPv6 network of one subscriber (RFC 6177: /64 at least). This machine
/// itself is nobody in particular.
fn network(client: &Client) -> Option<String> {
    match client.address? {
        address if address.is_loopback() => None,
        IpAddr::V4(address) => Some(address.to_string()),
        IpAddr::V6(address) => Some(format!("{:x}/64", address.to_bits() >> 64)),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn network_of(address: &str) -> Option<String> {
        network(&Client::new(Some(address.parse().unwrap()), ""))
    }

    #[test]
    fn one_subscriber_is_one_client() {
        assert_eq!(network_of("2001:db8:1:2::1"), network_of("2001:db8:1:2:ffff::9"));
        assert_ne!(network_of("2001:db8:1:2::1"), network_of("2001:db8:1:3::1"));
        assert_ne!(network_of("192.0.2.1"), network_of("192.0.2.2"));
        assert_eq!(network_of("127.0.0.1"), None);
        assert_eq!(network(&Client::default()), None);
    }
}
