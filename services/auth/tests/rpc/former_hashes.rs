//! Login with passwords that the former system hashed.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use connectus_testkit::{PASSWORD, Person, Suite, refusal};
use futures::future::{join, join_all};

use crate::support::{LOGIN_REFUSED, NEW_PASSWORD, login, reset_password, reset_token};

/// The hash that auth makes now: argon2id, as OWASP wants it at least.
const NOW: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

/// A password hashed by argon2id with less than that.
fn weak_argon2_hash(password: &str) -> String {
    let (salt, mut hash) = (b"a salt of its own", [0; 32]);
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(1024, 1, 1, Some(32)).unwrap());
    argon2.hash_password_into(password.as_bytes(), salt, &mut hash).unwrap();
    let [salt, hash] = [salt.as_slice(), &hash].map(|bytes| BASE64_STANDARD_NO_PAD.encode(bytes));
    format!("$argon2id$v=19$m=1024,t=1,p=1${salt}${hash}")
}

/// A bcrypt hash as one version of the former system wrote it.
fn bcrypt_hash(password: &str, prefix: &str) -> String {
    // The versions differ in nothing but their name, for what was hashed correctly.
    bcrypt::hash(password, 4).unwrap().replacen("$2b$", prefix, 1)
}

async fn stored_hash(suite: &Suite, person: &Person) -> String {
    suite.database.value(&format!("SELECT password_hash FROM auth.accounts WHERE id = '{}'", person.id)).await
}

async fn store_hash(suite: &Suite, person: &Person, hash: &str) {
    let update = format!("UPDATE auth.accounts SET password_hash = '{hash}' WHERE id = '{}'", person.id);
    suite.database.execute(&update).await;
}

#[tokio::test]
async fn a_new_hash_is_argon2id_with_a_salt_of_its_own() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let (hash, other) = (stored_hash(&suite, &ann).await, stored_hash(&suite, &ben).await);
    assert!(hash.starts_with(NOW) && other.starts_with(NOW), "{hash} {other}");
    assert_ne!(hash, other, "they have the same password");
    login(&suite, &ann.email, PASSWORD).await.unwrap();
    assert_eq!(stored_hash(&suite, &ann).await, hash, "a hash that is strong enough stays");
}

#[tokio::test]
async fn weak_hashes_verify_and_are_upgraded_at_the_next_login() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let former = ["$2a$", "$2b$", "$2y$"].map(|prefix| bcrypt_hash(PASSWORD, prefix));
    for weak in former.into_iter().chain([weak_argon2_hash(PASSWORD)]) {
        store_hash(&suite, &ann, &weak).await;
        assert_eq!(refusal(login(&suite, &ann.email, "wrong password").await), LOGIN_REFUSED, "{weak}");
        assert_eq!(stored_hash(&suite, &ann).await, weak, "a wrong password upgrades nothing");
        login(&suite, &ann.email, PASSWORD).await.unwrap();
        let upgraded = stored_hash(&suite, &ann).await;
        assert!(upgraded.starts_with(NOW), "{weak} became {upgraded}");
        login(&suite, &ann.email, PASSWORD).await.unwrap();
        assert_eq!(refusal(login(&suite, &ann.email, "wrong password").await), LOGIN_REFUSED, "{weak}");
    }
}

#[tokio::test]
async fn an_upgraded_password_is_the_same_on_every_keyboard() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (composed, decomposed) = ("caf\u{e9} au lait", "cafe\u{301} au lait");
    // The former system hashed what was typed.
    store_hash(&suite, &ann, &bcrypt_hash(decomposed, "$2a$")).await;
    login(&suite, &ann.email, decomposed).await.unwrap();
    for typed in [composed, decomposed] {
        login(&suite, &ann.email, typed).await.unwrap();
    }
}

#[tokio::test]
async fn a_password_longer_than_bcrypt_looks_at_stays_good() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    // It looks at 72 bytes.
    let long = "a long password ".repeat(8);
    store_hash(&suite, &ann, &bcrypt_hash(&long, "$2a$")).await;
    for _ in 0..2 {
        login(&suite, &ann.email, &long).await.unwrap();
    }
    let cut = &long[..72];
    assert_eq!(refusal(login(&suite, &ann.email, cut).await), LOGIN_REFUSED, "after the upgrade all of it counts");
}

#[tokio::test]
async fn an_upgrade_never_brings_an_old_password_back() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let token = reset_token(&suite, &ann.email).await;
    store_hash(&suite, &ann, &bcrypt_hash(PASSWORD, "$2a$")).await;
    // Logins with the old password race with the reset.
    let logins = join_all((0..8).map(|_| login(&suite, &ann.email, PASSWORD)));
    let (_, reset) = join(logins, reset_password(&suite, &token, NEW_PASSWORD)).await;
    reset.unwrap();
    login(&suite, &ann.email, NEW_PASSWORD).await.unwrap();
    assert_eq!(refusal(login(&suite, &ann.email, PASSWORD).await), LOGIN_REFUSED);
}

#[tokio::test]
async fn a_hash_that_is_none_lets_nobody_in() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for broken in ["", "x", "$2a$", "$2a$04$short", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1$", PASSWORD] {
        store_hash(&suite, &ann, broken).await;
        for answer in join_all(["", PASSWORD, broken].map(|password| login(&suite, &ann.email, password))).await {
            answer.unwrap_err();
        }
    }
}
