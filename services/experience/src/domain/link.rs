//! Mailed links by which somebody without an account decides.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use sha2::{Digest, Sha256};

/// How long a mailed link works.
pub(crate) const LINK_TTL: TimeDelta = TimeDelta::days(7);

/// The token of a mailed link: 256 random bits, which nobody guesses, and which say nothing.
pub(crate) fn new_token(random: [u8; 32]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(random)
}

/// What is stored of a token: enough to know it again, and not to use it.
pub(crate) fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}
