//! The janitor, which deletes what has expired when auth starts.

use connectus_testkit::{Database, Options, Suite};

use crate::support::until;

const ACCOUNT: &str = "INSERT INTO auth.accounts (id, email, email_key, password_hash, account_type) \
    VALUES ('018f0000-0000-7000-8000-000000000001', 'ann@example.org', 'ann@example.org', '', 'user')";

/// One link, change and key that have expired or were replaced long ago, and one of each that still matters.
const LINKS: &str = "INSERT INTO auth.mail_links (token_hash, account_id, purpose, expires_at) \
    SELECT name::bytea, '018f0000-0000-7000-8000-000000000001', purpose, now() + in_time \
    FROM (VALUES ('old', interval '-1 second'), ('good', interval '1 minute')) links (name, in_time), \
    (VALUES ('verify_email'), ('reset_password')) purposes (purpose) \
    WHERE (name = 'old') = (purpose = 'verify_email')";

const CHANGES: &str = "INSERT INTO auth.access_changes (token_id, expires_at) \
    VALUES ('018f0000-0000-7000-8000-00000000000a', now() - interval '1 second'), \
           ('018f0000-0000-7000-8000-00000000000b', now() + interval '1 minute')";

/// Inserts keys of which each became active so many hours ago.
fn keys(hours_ago: &[(&str, i32)]) -> String {
    let rows: Vec<_> = hours_ago
        .iter()
        .map(|(name, hours)| format!("('{name}', '\\x00', '\\x00', now() - interval '{hours} hours')"))
        .collect();
    format!("INSERT INTO auth.signing_keys (key_id, private_key, public_key, active_at) VALUES {}", rows.join(", "))
}

/// Starts a suite on a database that has something in it.
async fn start_on(sql: &[&str], auth: Vec<&'static str>) -> Suite {
    let database = Database::new().await;
    for statement in sql {
        database.execute(statement).await;
    }
    Suite::with(Options { database: Some(database), auth, ..Options::default() }).await
}

#[tokio::test]
async fn expired_links_and_changes_go_and_others_stay() {
    let suite = start_on(&[ACCOUNT, LINKS, CHANGES], Vec::new()).await;
    let left = "SELECT array_agg(convert_from(token_hash, 'UTF8')) = ARRAY['good'] FROM auth.mail_links";
    until(&suite.database, left).await;
    let left = "SELECT array_agg(right(token_id::text, 1)) = ARRAY['b'] FROM auth.access_changes";
    until(&suite.database, left).await;
    assert_eq!(suite.database.value::<i64>("SELECT count(*) FROM auth.accounts").await, 1);
}

#[tokio::test]
async fn keys_go_once_no_token_they_signed_can_be_good() {
    // Some links are good for a week, 168 hours: b took over from a before that, c from b only after.
    let hours_ago = keys(&[("a", 500), ("b", 170), ("c", 167), ("d", 1)]);
    let suite = start_on(&[&hours_ago], Vec::new()).await;
    let left = "SELECT array_agg(key_id ORDER BY key_id) = ARRAY['b', 'c', 'd'] FROM auth.signing_keys";
    until(&suite.database, left).await;
}

#[tokio::test]
async fn keys_stay_for_as_long_as_the_settings_let_tokens_live() {
    let ten_days = vec!["--token-ttl", "864000"];
    let hours_ago = keys(&[("a", 500), ("b", 242), ("c", 239), ("d", 1)]);
    let suite = start_on(&[&hours_ago], ten_days).await;
    let left = "SELECT array_agg(key_id ORDER BY key_id) = ARRAY['b', 'c', 'd'] FROM auth.signing_keys";
    until(&suite.database, left).await;
}
