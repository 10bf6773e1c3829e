//! What auth holds about an account.

use connectus_platform::export::Source;

/// Every table that holds something about accounts. Hashes that only guard something are left out, and so is what is known by
/// hashes alone: throttles and idempotency keys.
pub(crate) const SOURCES: &[Source] = &[
    ("accounts", "SELECT (to_jsonb(t) - 'password_hash')::text AS json FROM accounts t WHERE id = $1"),
    ("email_changes", "SELECT to_jsonb(t)::text AS json FROM email_changes t WHERE account_id = $1 ORDER BY id"),
    ("mail_links", "SELECT (to_jsonb(t) - 'token_hash')::text AS json FROM mail_links t WHERE account_id = $1"),
    ("sessions", "SELECT to_jsonb(t)::text AS json FROM sessions t WHERE account_id = $1 ORDER BY id"),
    ("security_events", "SELECT to_jsonb(t)::text AS json FROM security_events t WHERE account_id = $1 ORDER BY id"),
    ("access_changes", "SELECT to_jsonb(t)::text AS json FROM access_changes t WHERE account_id = $1 ORDER BY seq"),
    (
        "outbox",
        "SELECT to_jsonb(t)::text AS json FROM outbox t WHERE payload->>'account_id' = $1::text \
         OR lower(payload->>'email') = (SELECT email_key FROM accounts WHERE id = $1) ORDER BY id",
    ),
];
