//! What a service may do to the database: its own work, and nothing else.

use connectus_platform::store::{self, Pool};
use connectus_testkit::{Database, suite::pool};
use diesel_async::SimpleAsyncConnection;

async fn run(pool: &Pool, sql: &str) -> Result<(), String> {
    let mut conn = store::connection(pool).await.unwrap();
    conn.batch_execute(sql).await.map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_service_does_its_own_work_in_its_own_schema() {
    let database = Database::new().await;
    let pool = pool(&database, "auth");
    run(&pool, "INSERT INTO outbox (id, payload) VALUES (gen_random_uuid(), '{}')").await.unwrap();
    run(&pool, "UPDATE auth.outbox SET attempts = 1; SELECT * FROM outbox FOR UPDATE; DELETE FROM outbox")
        .await
        .unwrap();
    run(&pool, "INSERT INTO access_changes (token_id, expires_at) VALUES (gen_random_uuid(), now())").await.unwrap();
}

#[tokio::test]
async fn a_service_can_do_nothing_else() {
    let database = Database::new().await;
    database.execute("CREATE TABLE public.lists (id integer)").await;
    for (service, statement) in [
        ("auth", "SELECT * FROM account.accounts"),
        ("auth", "SELECT * FROM experience.outbox"),
        ("account", "SELECT * FROM auth.accounts"),
        ("account", "INSERT INTO auth.access_changes (token_id, expires_at) VALUES (gen_random_uuid(), now())"),
        ("account", "SELECT * FROM auth.signing_keys"),
        ("experience", "UPDATE account.accounts SET email = ''"),
        ("experience", "DELETE FROM auth.accounts"),
        ("experience", "SELECT * FROM social.posts"),
        ("social", "SELECT * FROM account.accounts"),
        ("social", "SELECT * FROM account.connections"),
        ("social", "DELETE FROM auth.accounts"),
        ("social", "UPDATE likes SET created_at = now()"),
        ("social", "UPDATE shares SET created_at = now()"),
        ("social", "TRUNCATE posts CASCADE"),
        ("experience", "SELECT * FROM public.lists"),
        ("auth", "CREATE TABLE mine (id integer)"),
        ("auth", "CREATE TABLE public.mine (id integer)"),
        ("auth", "CREATE SCHEMA mine"),
        ("auth", "CREATE ROLE mine"),
        ("auth", "DROP TABLE outbox"),
        ("auth", "TRUNCATE accounts CASCADE"),
        ("auth", "ALTER TABLE accounts ADD COLUMN mine text"),
        ("auth", "UPDATE access_changes SET expires_at = now()"),
        ("auth", "DROP SCHEMA auth CASCADE"),
        ("account", "DELETE FROM profiles"),
        ("account", "UPDATE notes SET text = ''"),
        ("auth", "DELETE FROM __diesel_schema_migrations"),
    ] {
        let error = run(&pool(&database, service), statement).await.expect_err(statement);
        let is_refusal = error.contains("permission denied") || error.contains("must be owner");
        assert!(is_refusal, "{service}: {statement}: {error}");
    }
}
