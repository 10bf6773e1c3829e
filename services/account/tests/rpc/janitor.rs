//! The deletion of what has expired.

use connectus_testkit::{Database, Options, Suite, eventually};

#[tokio::test]
async fn idempotency_keys_that_have_expired_are_deleted_and_no_others() {
    let database = Database::new().await;
    database
        .execute(
            "INSERT INTO account.idempotency_keys \
             SELECT sha256(minutes::text::bytea), '', NULL, now() + minutes * interval '1 minute' \
             FROM unnest(ARRAY[-1, 5]) AS minutes",
        )
        .await;
    let suite = Suite::with(Options { database: Some(database), ..Options::default() }).await;
    let count = "SELECT count(*) FROM account.idempotency_keys";
    eventually("a key is deleted", async || (suite.database.value::<i64>(count).await == 1).then_some(())).await;
    assert!(suite.database.value::<bool>("SELECT expires_at > now() FROM account.idempotency_keys").await);
}
