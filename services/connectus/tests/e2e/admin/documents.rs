//! Accounts as the former system kept them, and as mongoexport writes them.

use std::{
    fmt::Display,
    fs,
    path::{Path, PathBuf},
};

use connectus_platform::ids;
use serde_json::{Value, json};

/// Everybody's password in the former system.
pub(super) const OLD_PASSWORD: &str = "old but fine";

/// An id of the former system.
pub(super) fn id(number: u32) -> String {
    format!("5b46{number:020x}")
}

/// What the same is called now.
pub(super) fn new_id(number: u32) -> String {
    ids::parse(&id(number)).unwrap().to_string()
}

/// The hash of [`OLD_PASSWORD`]. A cheap one: many log in.
pub(super) fn hash() -> String {
    bcrypt::hash(OLD_PASSWORD, 4).unwrap()
}

/// A user in canonical Extended JSON, with nothing but what everybody has.
pub(super) fn user(number: u32, name: &str) -> Value {
    json!({
        "_id": {"$oid": id(number)},
        "type": "User",
        "schema_version": {"$numberInt": "0"},
        "email": format!("{}@example.org", name.to_lowercase()),
        "password": hash(),
        "is_email_verified": true,
        "last_login": {"$numberLong": "0"},
        "avatar": "",
        "header": "",
        "created_at": {"$numberLong": "1531353723"},
        "first_name": name,
        "middle_name": "",
        "last_name": "Doe",
        "birthday": "04/30/1990",
        "gender": "",
        "experiences": null,
    })
}

/// An organization in relaxed Extended JSON.
pub(super) fn organization(number: u32, name: &str) -> Value {
    json!({
        "_id": {"$oid": id(number)},
        "type": "Organization",
        "email": format!("{}@example.org", name.to_lowercase()),
        "password": hash(),
        "is_email_verified": true,
        "created_at": 1_531_353_723_000_u64,
        "preferred_name": name,
        "is_verified": true,
    })
}

/// An experience of the former system.
pub(super) fn experience(number: u32, organization: &str, email_verify: bool, is_verified: bool) -> Value {
    json!({
        "_id": {"$oid": id(number)},
        "location": {"city": "Bonn", "geojson": {"type": "Point", "coordinates": [7.1, {"$numberDouble": "50.0"}]}},
        "name": format!("Shift {number}"),
        "description": "Collected litter",
        "organization": organization,
        "opportunity": "",
        "when": {"begin": "May 1", "end": "May 2"},
        "hours": {"$numberLong": "6"},
        "email_verify": email_verify,
        "is_verified": is_verified,
        "created_at": {"$numberLong": "1531353723"},
        "emailjwt": "",
    })
}

/// A document with other fields.
pub(super) fn with(mut document: Value, fields: &Value) -> Value {
    for (name, value) in fields.as_object().unwrap() {
        document[name] = value.clone();
    }
    document
}

/// Writes the file of an export.
pub(super) fn export<L: Display>(folder: &Path, lines: &[L]) -> PathBuf {
    let path = folder.join("accounts.json");
    let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
    fs::write(&path, lines.join("\n")).unwrap();
    path
}
