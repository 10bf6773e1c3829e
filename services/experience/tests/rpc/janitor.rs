//! The deletion of links that have expired.

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
