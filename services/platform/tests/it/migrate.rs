//! Schemas that are brought up to date: once, whoever asks, and by nobody who may not.

use connectus_platform::{
    migrate::{MigrateError, Schema},
    store::{self, PoolOptions},
};
use connectus_testkit::{Database, PATIENCE, eventually};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use futures::future::join_all;
use tokio::time::timeout;

/// Makes `things` and puts one row into it.
const GOOD: EmbeddedMigrations = embed_migrations!("tests/it/migrations");
/// The second one fails after it has put a row into `things`.
const BROKEN: EmbeddedMigrations = embed_migrations!("tests/it/broken_migrations");
/// What a newer version adds to [`GOOD`]: a column of `things`.
const NEWER: EmbeddedMigrations = embed_migrations!("tests/it/newer_migrations");

/// A service that no other test has: roles belong to the server, which all tests share.
fn good(service: &'static str) -> Schema {
    Schema { service, migrations: GOOD, extensions: &[] }
}

async fn things(database: &Database, service: &str) -> i64 {
    database.value(&format!("SELECT count(*) FROM {service}.things")).await
}

/// A URL for a user who is no superuser, with a password, as a managed PostgreSQL gives it.
async fn url_of_user(database: &Database, user: &str, rights: &str) -> String {
    database.execute(&format!("DROP ROLE IF EXISTS {user}; CREATE ROLE {user} LOGIN {rights}")).await;
    database.url().replacen("connectus@", &format!("{user}@"), 1)
}

/// Migrates on several connections at once.
async fn migrate_at_once(service: &'static str, urls: Vec<String>) {
    let migrations = urls.into_iter().map(|url| tokio::spawn(async move { good(service).migrate(&url).await }));
    for migrated in join_all(migrations).await {
        migrated.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_migrate_a_new_database_once() {
    let database = Database::new().await;
    migrate_at_once("many", vec![database.url().to_owned(); 4]).await;
    assert_eq!(things(&database, "many").await, 1);
    assert!(good("many").is_current(database.url()).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_that_the_server_does_not_have_is_named_with_what_installs_it() {
    let database = Database::new().await;
    let schema = Schema { extensions: &["pg_trgm", "no_such_extension"], ..good("extended") };
    let error = schema.migrate(database.url()).await.unwrap_err();
    assert!(matches!(error, MigrateError::NoExtension("no_such_extension")), "{error:?}");
    let said = error.to_string();
    assert!(said.contains("no_such_extension") && said.contains("postgresql-contrib"), "{said}");
    let things = "SELECT to_regclass('extended.things') IS NULL";
    assert!(database.value::<bool>(things).await, "nothing is migrated");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_in_another_schema_is_not_taken_for_ours() {
    let database = Database::new().await;
    database.execute("CREATE EXTENSION fuzzystrmatch SCHEMA public").await;
    let schema = || Schema { extensions: &["fuzzystrmatch"], ..good("moved") };
    let error = schema().migrate(database.url()).await.unwrap_err().to_string();
    assert!(error.contains("ALTER EXTENSION fuzzystrmatch SET SCHEMA extensions"), "{error}");
    database.execute("ALTER EXTENSION fuzzystrmatch SET SCHEMA extensions").await;
    schema().migrate(database.url()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_databases_of_one_server_are_migrated_at_once() {
    let databases = [Database::new().await, Database::new().await];
    migrate_at_once("twice", databases.iter().map(|database| database.url().to_owned()).collect()).await;
    for database in &databases {
        assert_eq!(things(database, "twice").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_changes_nothing() {
    let database = Database::new().await;
    let state = "SELECT string_agg(t::text, ',' ORDER BY version) FROM again.__diesel_schema_migrations t";
    good("again").migrate(database.url()).await.unwrap();
    let before: String = database.value(state).await;
    database.execute("INSERT INTO again.things VALUES (7)").await;
    good("again").migrate(database.url()).await.unwrap();
    assert_eq!(database.value::<String>(state).await, before);
    assert_eq!(things(&database, "again").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_current_once_every_migration_has_run() {
    let database = Database::new().await;
    assert!(!good("currency").is_current(database.url()).await.unwrap(), "nothing is there yet");
    let schemas = "SELECT count(*) FROM information_schema.schemata WHERE schema_name = 'currency'";
    assert_eq!(database.value::<i64>(schemas).await, 0, "asking makes nothing");
    good("currency").migrate(database.url()).await.unwrap();
    assert!(good("currency").is_current(database.url()).await.unwrap());
    database.execute("DELETE FROM currency.__diesel_schema_migrations WHERE version = '20260102000000'").await;
    assert!(!good("currency").is_current(database.url()).await.unwrap(), "one is missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_schema_is_current_for_an_older_version_which_changes_nothing_in_it() {
    let database = Database::new().await;
    let newer = Schema { service: "newer", migrations: NEWER, extensions: &[] };
    good("newer").migrate(database.url()).await.unwrap();
    newer.migrate(database.url()).await.unwrap();
    let before = database.dump().await;
    assert!(good("newer").is_current(database.url()).await.unwrap());
    good("newer").migrate(database.url()).await.unwrap();
    assert!(same(&database.dump().await, &before));
}

/// Whether two dumps are of the same, but for what is another word in each.
fn same(one: &str, other: &str) -> bool {
    let lines = |dump: &str| dump.lines().filter(|line| !line.starts_with('\\')).map(str::to_owned).collect::<Vec<_>>();
    lines(one) == lines(other)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_waits_for_a_long_query_does_not_keep_others_waiting() {
    let database = Database::new().await;
    good("held").migrate(database.url()).await.unwrap();
    let (mut long, reader) = (database.connect().await, database.connect().await);
    let query = long.transaction().await.unwrap();
    query.query("SELECT FROM held.things", &[]).await.unwrap();
    let newer = Schema { service: "held", migrations: NEWER, extensions: &[] };
    let url = database.url().to_owned();
    let migrated = tokio::spawn(async move { newer.migrate(&url).await });
    let waits = "SELECT count(*) FROM pg_locks WHERE relation = 'held.things'::regclass AND NOT granted";
    eventually("it waits", async || (database.value::<i64>(waits).await > 0).then_some(())).await;
    // It stands behind the migration, which stands behind the long query.
    let read = timeout(PATIENCE, reader.query("SELECT FROM held.things", &[])).await;
    assert!(read.expect("it goes on though the long query does").is_ok());
    assert!(!migrated.is_finished());
    query.rollback().await.unwrap();
    migrated.await.unwrap().unwrap();
    let note = "SELECT note FROM held.things WHERE id = 1";
    assert_eq!(database.value::<String>(note).await, "none", "it is done when it can be");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_fails_leaves_those_before_it_and_nothing_of_its_own() {
    let database = Database::new().await;
    let broken = || Schema { service: "broken", migrations: BROKEN, extensions: &[] };
    for _ in 0..2 {
        let error = broken().migrate(database.url()).await.unwrap_err();
        assert!(matches!(error, MigrateError::Migrate { service: "broken", .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.starts_with("cannot migrate broken: ") && text.contains("nowhere"), "{text}");
        assert_eq!(things(&database, "broken").await, 0);
    }
    assert!(!broken().is_current(database.url()).await.unwrap());
    database.execute("CREATE TABLE broken.nowhere (id integer)").await;
    broken().migrate(database.url()).await.unwrap();
    assert_eq!(things(&database, "broken").await, 1, "what was mended goes on where it stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_rights_is_told_so() {
    let database = Database::new().await;
    let url = url_of_user(&database, "nobody_special", "").await;
    let error = good("forbidden").migrate(&url).await.unwrap_err();
    assert!(matches!(error, MigrateError::Prepare { service: "forbidden", .. }), "{error:?}");
    assert_eq!(error.to_string(), "cannot prepare the schema and role of forbidden: permission denied to create role");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_who_may_create_roles_need_not_be_a_superuser() {
    let database = Database::new().await;
    let url = url_of_user(&database, "owner_of_all", "CREATEROLE").await;
    let name: String = database.value("SELECT current_database()::text").await;
    database.execute(&format!("GRANT CREATE ON DATABASE {name} TO owner_of_all")).await;
    for _ in 0..2 {
        good("owned").migrate(&url).await.unwrap();
    }
    let pool = store::pool(&PoolOptions { url, read_url: None, service: "owned", size: 1 });
    store::connection(&pool).await.map(drop).expect("it may become the service's role");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_can_tell_whether_it_is_current_without_the_right_to_migrate() {
    let database = Database::new().await;
    good("modest").migrate(database.url()).await.unwrap();
    let url = url_of_user(&database, "modest_user", "IN ROLE connectus_modest").await;
    assert!(good("modest").is_current(&url).await.unwrap());
    good("modest").migrate(&url).await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_not_there_is_named_as_the_trouble() {
    let database = Database::new().await;
    for (url, cause) in [
        ("postgres://connectus@127.0.0.1:1/postgres".to_owned(), "connect"),
        (format!("{}_gone", database.url()), "does not exist"),
        (database.url().replacen("connectus@", "stranger@", 1), "does not exist"),
        ("postgres://connectus@127.0.0.1:port/postgres".to_owned(), "invalid connection string"),
    ] {
        for error in
            [good("absent").migrate(&url).await.unwrap_err(), good("absent").is_current(&url).await.unwrap_err()]
        {
            let text = error.to_string();
            assert!(text.starts_with("cannot connect to the database: ") && text.contains(cause), "{url}: {text}");
        }
    }
}
