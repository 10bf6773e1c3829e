//! What there is about an account, table by table.

use connectus_platform::export::Source;

/// What an account's owner gets. Who has blocked them is no business of theirs.
pub(crate) const SOURCES: [Source; 4] = [
    ("accounts", "SELECT row_to_json(a)::text AS json FROM accounts a WHERE id = $1"),
    ("profiles", "SELECT row_to_json(p)::text AS json FROM profiles p WHERE account_id = $1"),
    (
        "blocks",
        "SELECT row_to_json(b)::text AS json FROM blocks b WHERE blocker_id = $1 ORDER BY created_at, blocked_id",
    ),
    ("notes", "SELECT row_to_json(n)::text AS json FROM notes n WHERE account_id = $1 ORDER BY id"),
];
