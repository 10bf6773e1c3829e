//! The connections to the database: their limits, and what becomes of them when something breaks.

use std::time::Duration;

use connectus_platform::store::{self, Pool, PoolOptions, StoreError, unique_violation};
use connectus_testkit::{Database, PATIENCE, Server, eventually, suite::pool};
use deadpool::managed::Object;
use diesel::{
    QueryableByName,
    result::Error as DieselError,
    sql_query,
    sql_types::{Integer, Text},
};
use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
use futures::future::join_all;
use tokio::time::Instant;

use crate::within;

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    value: String,
}

async fn setting(pool: &Pool, name: &str) -> String {
    let mut conn = store::connection(pool).await.unwrap();
    let query = format!("SELECT current_setting('{name}') AS value");
    sql_query(query).get_result::<Setting>(&mut conn).await.unwrap().value
}

#[derive(QueryableByName)]
struct Backend {
    #[diesel(sql_type = Integer)]
    pid: i32,
}

/// Which process of the database works for a connection.
async fn backend(conn: &mut store::Connection) -> i32 {
    sql_query("SELECT pg_backend_pid() AS pid").get_result::<Backend>(conn).await.unwrap().pid
}

/// The same for the one that is taken next.
async fn next_backend(pool: &Pool) -> i32 {
    backend(&mut store::connection(pool).await.unwrap()).await
}

async fn run(pool: &Pool, sql: &str) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    Ok(conn.batch_execute(sql).await?)
}

/// Whether a pool works again within a second.
async fn recovers(pool: &Pool) -> bool {
    let began = Instant::now();
    while run(pool, "SELECT 1").await.is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
        if began.elapsed() > Duration::from_secs(1) {
            return false;
        }
    }
    true
}

#[tokio::test]
async fn every_connection_has_its_role_its_schema_and_its_limits() {
    let database = Database::new().await;
    let with_options = format!("{}?connect_timeout=3", database.url());
    let other = store::pool(&PoolOptions { url: with_options, read_url: None, service: "account", size: 1 });
    for (pool, service) in [(pool(&database, "auth"), "auth"), (other, "account")] {
        for (name, value) in [
            ("role", format!("connectus_{service}")),
            ("search_path", format!("{service},extensions")),
            ("application_name", format!("connectus-{service}")),
            ("statement_timeout", "5s".to_owned()),
            ("idle_in_transaction_session_timeout", "10s".to_owned()),
        ] {
            assert_eq!(setting(&pool, name).await, value, "{name}");
        }
    }
}

#[tokio::test]
async fn what_passes_is_told_from_what_does_not() {
    let database = Database::new().await;
    Database::execute(&database, "ALTER TABLE auth.outbox ADD CONSTRAINT few CHECK (attempts < 9)").await;
    let pool = pool(&database, "auth");
    let insert = "INSERT INTO outbox (id, payload, attempts) VALUES ('00000000-0000-0000-0000-000000000001', '{}', 0)";
    run(&pool, insert).await.unwrap();
    for (sql, passes) in [
        ("SET statement_timeout = 20; SELECT pg_sleep(10)", true),
        ("BEGIN READ ONLY; DELETE FROM outbox", true),
        (insert, false),
        ("UPDATE outbox SET attempts = 9", false),
        ("SELECT 1 / 0", false),
        ("SELECT * FROM nowhere", false),
        ("not SQL", false),
    ] {
        // Some leave the connection in a state that is of no use to the next.
        let mut conn = Object::take(store::connection(&pool).await.unwrap());
        let error = StoreError::from(conn.batch_execute(sql).await.expect_err(sql));
        assert_eq!(matches!(error, StoreError::Unavailable(_)), passes, "{sql}: {error}");
    }
}

#[tokio::test]
async fn of_two_who_wait_for_each_other_one_is_told_to_try_again() {
    let database = Database::new().await;
    let pool = pool(&database, "auth");
    let mut conns = [store::connection(&pool).await.unwrap(), store::connection(&pool).await.unwrap()];
    for (conn, lock) in conns.iter_mut().zip([1, 2]) {
        conn.batch_execute(&format!("BEGIN; SELECT pg_advisory_xact_lock({lock})")).await.unwrap();
    }
    let waiting = conns.iter_mut().zip([2, 1]).map(async |(conn, lock)| {
        let outcome = conn.batch_execute(&format!("SELECT pg_advisory_xact_lock({lock})")).await;
        conn.batch_execute("ROLLBACK").await.unwrap();
        outcome
    });
    let outcomes = join_all(waiting).await;
    let errors: Vec<_> = outcomes.into_iter().filter_map(Result::err).map(StoreError::from).collect();
    assert!(matches!(errors[..], [StoreError::Unavailable(_)]), "{errors:?}");
}

#[tokio::test]
async fn a_broken_constraint_is_named() {
    let database = Database::new().await;
    let mut conn = store::connection(&pool(&database, "auth")).await.unwrap();
    let insert = "INSERT INTO accounts (id, email, email_key, password_hash, account_type) \
                  VALUES (gen_random_uuid(), 'a@b.co', 'a@b.co', '', 'user')";
    sql_query(insert).execute(&mut conn).await.unwrap();
    let error = sql_query(insert).execute(&mut conn).await.unwrap_err();
    assert_eq!(unique_violation(&error), Some("accounts_email_key"));
    assert_eq!(unique_violation(&DieselError::NotFound), None);
}

#[tokio::test]
async fn connections_that_were_cut_off_are_replaced() {
    let database = Database::new().await;
    let pool = pool(&database, "auth");
    drop(join_all((0..5).map(|_| store::connection(&pool))).await);
    let under_way = run(&pool, "SELECT pg_sleep(10)");
    let cut_off = eventually("it is under way", async || {
        let query =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
        (database.value::<i64>(query).await == 1).then_some(())
    });
    let (error, ()) = tokio::join!(under_way, async {
        cut_off.await;
        database.cut_off().await;
    });
    assert!(matches!(error, Err(StoreError::Unavailable(_))), "{error:?}");
    assert!(recovers(&pool).await);
    let outcomes = join_all((0..5).map(|_| run(&pool, "SELECT 1"))).await;
    assert_eq!(outcomes, vec![Ok(()); 5]);
}

#[tokio::test]
async fn a_server_that_was_away_is_used_again_within_a_second() {
    let mut server = Server::start().await;
    let database = server.database().await;
    let pool = pool(&database, "auth");
    run(&pool, "SELECT 1").await.unwrap();
    server.stop().await;
    for _ in 0..2 {
        let error = run(&pool, "SELECT 1").await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    }
    server.resume().await;
    assert!(recovers(&pool).await);
}

#[tokio::test]
async fn who_gets_no_connection_is_told_so_in_time() {
    let database = Database::new().await;
    let pool = pool(&database, "auth");
    let held = join_all((0..5).map(|_| store::connection(&pool))).await;
    let refused = within(5, "a refusal", store::connection(&pool)).await;
    assert!(matches!(refused.err(), Some(StoreError::Unavailable(_))));
    drop(held);
    run(&pool, "SELECT 1").await.unwrap();
}

#[tokio::test]
async fn an_abandoned_transaction_is_rolled_back_and_bothers_nobody() {
    let database = Database::new().await;
    let pool = store::pool(&PoolOptions { url: database.url().to_owned(), read_url: None, service: "auth", size: 1 });
    let mut conn = store::connection(&pool).await.unwrap();
    let insert = "INSERT INTO outbox (id, payload) VALUES (gen_random_uuid(), '{}')";
    let (inserted, mut when_inserted) = tokio::sync::oneshot::channel();
    let transaction = conn.transaction(async |conn| {
        sql_query(insert).execute(conn).await?;
        inserted.send(()).unwrap();
        std::future::pending::<Result<(), DieselError>>().await
    });
    tokio::select! {
        _ = transaction => unreachable!(),
        _ = &mut when_inserted => {}
    }
    drop(conn);
    run(&pool, insert).await.unwrap();
    assert_eq!(database.value::<i64>("SELECT count(*) FROM auth.outbox").await, 1);
}

#[tokio::test]
async fn the_connection_that_was_used_last_is_used_next() {
    let database = Database::new().await;
    let pool = pool(&database, "auth");
    drop(join_all((0..3).map(|_| store::connection(&pool))).await);
    let first = next_backend(&pool).await;
    for _ in 0..5 {
        assert_eq!(next_backend(&pool).await, first);
    }
}

#[tokio::test]
async fn who_comes_next_does_not_wait_for_a_statement_that_was_cancelled() {
    let database = Database::new().await;
    let pool = store::pool(&PoolOptions { url: database.url().to_owned(), read_url: None, service: "auth", size: 2 });
    let keeper = database.connect().await;
    keeper.batch_execute("SELECT pg_advisory_lock(1)").await.unwrap();

    let mut conn = store::connection(&pool).await.unwrap();
    let busy = backend(&mut conn).await;
    let waiting = sql_query("SELECT pg_advisory_lock(1)").execute(&mut conn);
    let waits = eventually("it waits for the lock", async || {
        let query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
                     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        (database.value::<i64>(query).await == 1).then_some(())
    });
    tokio::select! {
        _ = waiting => unreachable!("the lock is held"),
        () = waits => {}
    }
    drop(conn);
    let other = next_backend(&pool).await;
    assert_ne!(other, busy);
    assert_eq!(next_backend(&pool).await, other);

    keeper.batch_execute("SELECT pg_advisory_unlock(1)").await.unwrap();
    // The second of them once what was busy is done.
    let both = async { [store::connection(&pool).await.unwrap(), store::connection(&pool).await.unwrap()] };
    let mut both = tokio::time::timeout(PATIENCE, both).await.expect("both connections");
    let [first, second] = &mut both;
    let backends = [backend(first).await, backend(second).await];
    assert!(backends.contains(&busy) && backends.contains(&other), "{backends:?}");
    drop(both);
    assert_eq!(next_backend(&pool).await, backends[1], "it is as good as any other");
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_given_up_in_time() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://connectus@{}/postgres", silent.local_addr().unwrap());
    let pool = store::pool(&PoolOptions { url, read_url: None, service: "auth", size: 1 });
    let refused = within(5, "a refusal", store::connection(&pool)).await;
    assert!(matches!(refused.err(), Some(StoreError::Unavailable(_))));
}
