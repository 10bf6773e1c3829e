//! The deletion of what has expired.

use connectus_testkit::{Database, Options, Suite, eventually};

use crate::support::count;

#[tokio::test]
async fn what_has_expired_is_deleted_and_nothing_else() {
    let database = Database::new().await;
    database
        .execute(
            "INSERT INTO social.throttles \
             SELECT sha256(minutes::text::bytea), now() + minutes * interval '1 minute' FROM unnest(ARRAY[-1, 5]) minutes; \
             INSERT INTO social.idempotency_keys SELECT key, '', NULL, expires_at FROM social.throttles; \
             INSERT INTO social.boxes (account_id, last_id) VALUES (gen_random_uuid(), gen_random_uuid()); \
             INSERT INTO social.notifications (id, account_id, event_id, kind, subject_id, content, created_at, expires_at) \
             SELECT gen_random_uuid(), account_id, gen_random_uuid(), 'post_liked', '', '', now(), expires_at \
             FROM social.throttles, social.boxes",
        )
        .await;
    let suite = Suite::with(Options { database: Some(database), ..Options::default() }).await;
    for table in ["throttles", "idempotency_keys", "notifications"] {
        eventually("a row is deleted", async || (count(&suite, table).await == 1).then_some(())).await;
        assert!(suite.database.value::<bool>(&format!("SELECT expires_at > now() FROM social.{table}")).await);
    }
    assert_eq!(count(&suite, "boxes").await, 1);
}
