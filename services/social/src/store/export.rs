//! What there is about an account, table by table.

use connectus_platform::export::Source;

/// What the records of notifications are called.
pub(crate) const NOTIFICATIONS: &str = "notifications";

/// What an account has said and made of what others say, and its notifications. What others make of its posts is theirs;
/// messages say what the other tables do; throttles and idempotency keys are known by hashes alone.
pub(crate) const SOURCES: &[Source] = &[
    ("posts", "SELECT to_jsonb(t)::text AS json FROM posts t WHERE account_id = $1 ORDER BY id"),
    ("likes", "SELECT to_jsonb(t)::text AS json FROM likes t WHERE account_id = $1 ORDER BY created_at, post_id"),
    ("shares", "SELECT to_jsonb(t)::text AS json FROM shares t WHERE account_id = $1 ORDER BY id"),
    ("post_counts", "SELECT to_jsonb(t)::text AS json FROM post_counts t WHERE account_id = $1"),
    ("boxes", "SELECT to_jsonb(t)::text AS json FROM boxes t WHERE account_id = $1"),
    (NOTIFICATIONS, "SELECT to_jsonb(t)::text AS json FROM notifications t WHERE account_id = $1 ORDER BY id"),
];
