//! What there is about an account, table by table.

use connectus_platform::export::Source;

/// Every table that holds something about accounts. Who has blocked an account is not its owner's business; messages are
/// gone once others are told; throttles and idempotency keys are known by hashes alone.
pub(crate) const SOURCES: &[Source] = &[
    ("accounts", "SELECT to_jsonb(t)::text AS json FROM accounts t WHERE id = $1"),
    ("profiles", "SELECT to_jsonb(t)::text AS json FROM profiles t WHERE account_id = $1"),
    ("blocks", "SELECT to_jsonb(t)::text AS json FROM blocks t WHERE blocker_id = $1 ORDER BY created_at, blocked_id"),
    (
        "connections",
        "SELECT to_jsonb(t)::text AS json FROM connections t WHERE low_id = $1 OR high_id = $1 ORDER BY id",
    ),
    (
        "connection_requests",
        "SELECT to_jsonb(t)::text AS json FROM connection_requests t WHERE from_id = $1 OR to_id = $1 ORDER BY id",
    ),
    ("notes", "SELECT to_jsonb(t)::text AS json FROM notes t WHERE account_id = $1 ORDER BY id"),
];
