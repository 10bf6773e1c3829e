//! The tokens of links that end mails about notifications. They are good for nothing else, and for as long as there is the
//! account, so that nothing is kept of them.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use connectus_platform::identity::ServiceIdentity;
use uuid::Uuid;

/// What the tokens are sealed for.
const PURPOSE: &[u8] = b"unsubscribe from notifications";
/// How long an id is, in bytes.
const ID_LENGTH: usize = 16;

/// The token of an account.
pub(crate) fn token(identity: &ServiceIdentity, account_id: Uuid) -> String {
    let code = identity.seal(PURPOSE, account_id.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode([account_id.as_bytes(), &code[..]].concat())
}

/// Whose token it is, if it is one.
pub(crate) fn account_of(identity: &ServiceIdentity, token: &str) -> Option<Uuid> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
    let (id, code) = bytes.split_at_checked(ID_LENGTH)?;
    if identity.is_sealed(PURPOSE, id, code) { Uuid::from_slice(id).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_token_is_its_accounts_and_no_other_text_is_one(id: u128, at in 0_usize..64, by in 1_u8..64) {
            let (identity, id) = (ServiceIdentity::random(), Uuid::from_u128(id));
            let token = token(&identity, id);
            prop_assert_eq!(account_of(&identity, &token), Some(id));
            let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(&token).unwrap_or_default();
            let place = at % bytes.len();
            bytes[place] ^= by;
            prop_assert_eq!(account_of(&identity, &BASE64_URL_SAFE_NO_PAD.encode(bytes)), None);
            prop_assert_eq!(account_of(&ServiceIdentity::random(), &token), None);
        }

        #[test]
        fn no_text_panics(text in ".*") {
            prop_assert_eq!(account_of(&ServiceIdentity::random(), &text), None);
        }
    }
}
