//! The deletion of what has expired.

use connectus_testkit::{Database, Options, Suite, eventually};

use crate::support::count;

#[tokio::test]
async fn expired_links_are_deleted_and_no_others() {
    let database = Database::new().await;
    database
        .execute(
            "INSERT INTO experience.experiences \
             SELECT gen_random_uuid(), gen_random_uuid(), 'x', 'y', '', '', '', '', '', '', '', NULL, NULL, '', '', 0, \
                 now(), NULL, 'boss@example.net', 'pending_by_mail', gen_random_uuid(); \
             INSERT INTO experience.approval_links \
             SELECT sha256(days::text::bytea), id, request_id, now() + days * interval '1 day' \
             FROM experience.experiences, unnest(ARRAY[-1, 1]) AS days",
        )
        .await;
    let suite = Suite::with(Options { database: Some(database), ..Options::default() }).await;
    eventually("a link is deleted", async || (count(&suite, "approval_links").await == 1).then_some(())).await;
    assert!(suite.database.value::<bool>("SELECT expires_at > now() FROM experience.approval_links").await);
    assert_eq!(count(&suite, "experiences").await, 1);
}

#[tokio::test]
async fn throttles_and_idempotency_keys_that_have_expired_are_deleted_and_no_others() {
    let database = Database::new().await;
    database
        .execute(
            "INSERT INTO experience.throttles \
             SELECT sha256(minutes::text::bytea), now() + minutes * interval '1 minute' FROM unnest(ARRAY[-1, 5]) minutes; \
             INSERT INTO experience.idempotency_keys SELECT key, '', NULL, expires_at FROM experience.throttles",
        )
        .await;
    let suite = Suite::with(Options { database: Some(database), ..Options::default() }).await;
    for table in ["throttles", "idempotency_keys"] {
        eventually("a row is deleted", async || (count(&suite, table).await == 1).then_some(())).await;
        assert!(suite.database.value::<bool>(&format!("SELECT expires_at > now() FROM experience.{table}")).await);
    }
}
