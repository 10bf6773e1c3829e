//! Passwords, and which ones are good enough (OWASP ASVS 4.0.3, section 2.1).

use std::{collections::HashSet, ops::RangeInclusive, sync::LazyLock};

use connectus_platform::fields::FieldError;
use unicode_normalization::UnicodeNormalization;

/// How many characters a password has.
const LENGTH: RangeInclusive<usize> = 8..=128;

/// The most common passwords of at least the shortest length, in lower case.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("../../assets/common-passwords.txt").lines().collect());

/// A password as it is hashed. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Password {
    normalized: String,
    written: String,
}

impl Password {
    /// Takes a password that somebody chooses, if it is good enough.
    pub(crate) fn choose(field: &str, written: &str) -> Result<Self, FieldError> {
        let password = Self::presented(written);
        let characters = password.normalized.chars().count();
        if characters == 0 {
            return Err(FieldError::new(field, "is required"));
        }
        if !LENGTH.contains(&characters) {
            let (least, most) = LENGTH.into_inner();
            return Err(FieldError::new(field, format!("must have {least} to {most} characters")));
        }
        if COMMON.contains(password.normalized.to_lowercase().as_str()) {
            return Err(FieldError::new(field, "is among the most common passwords"));
        }
        Ok(password)
    }

    /// Takes a password that somebody logs in with.
    pub(crate) fn presented(written: &str) -> Self {
        Self { normalized: written.nfc().collect(), written: written.to_owned() }
    }

    /// Whether it is too long to be anybody's, so that hashing it would only cost time.
    pub(crate) fn is_too_long(&self) -> bool {
        self.normalized.chars().count() > *LENGTH.end()
    }

    /// What is hashed: the same on every keyboard (Unicode NFC).
    pub(crate) fn normalized(&self) -> &[u8] {
        self.normalized.as_bytes()
    }

    /// As it was typed, which is what the former system hashed.
    pub(crate) fn written(&self) -> &[u8] {
        self.written.as_bytes()
    }
}

/// The greatest cost of a hash of the former system: one more takes twice the time, and the comparison must end before a refused
/// login is answered.
const MAX_FORMER_COST: u32 = 12;

/// A hash of the former system, if bcrypt can read it: `$2b$10$`, a salt of 22 characters and 31 of the hash itself.
pub(crate) fn former_hash(field: &str, hash: &str) -> Result<String, FieldError> {
    match hash.parse::<bcrypt::HashParts>() {
        Ok(parts) if parts.get_cost() > MAX_FORMER_COST => {
            Err(FieldError::new(field, format!("has a cost of more than {MAX_FORMER_COST}")))
        }
        Ok(_) if hash.starts_with("$2") => Ok(hash.to_owned()),
        Ok(_) | Err(_) => Err(FieldError::new(field, "is not a bcrypt hash")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn short_long_and_common_ones_are_refused() {
        for (written, problem) in [
            ("", "is required"),
            ("short12", "must have 8 to 128 characters"),
            (&"x".repeat(129), "must have 8 to 128 characters"),
            ("PassWord", "is among the most common passwords"),
        ] {
            assert_eq!(Password::choose("password", written).err().unwrap().problem, problem, "{written}");
        }
        assert!(Password::choose("password", "a fine pass").is_ok());
        assert!(COMMON.len() > 5000);
    }

    #[test]
    fn the_same_letters_are_the_same_password() {
        let (composed, decomposed) = ("caf\u{e9} au lait", "cafe\u{301} au lait");
        assert_eq!(Password::presented(composed).normalized(), Password::presented(decomposed).normalized());
    }

    proptest! {
        #[test]
        fn what_is_chosen_is_of_good_length(written in ".{0,200}") {
            if let Ok(password) = Password::choose("password", &written) {
                prop_assert!(!password.is_too_long());
                prop_assert!(password.normalized.chars().count() >= 8);
            }
        }
    }
}
