//! What becomes of messages when all goes well, and when workers come and go.

use connectus_platform::{
    outbox::{DeliveryError, Handler, Outbox, enqueue},
    store,
};
use connectus_testkit::Server;
use diesel_async::AsyncConnection;
use futures::future::join_all;
use serde_json::Value;
use uuid::Uuid;

use crate::desk::{Desk, Task, Worker};

#[tokio::test]
async fn a_message_is_delivered_and_then_forgotten() {
    let desk = Desk::new().await;
    let _worker = desk.start();
    let id = desk.enqueue(Task::Deliver).await;
    desk.until_gone(id).await;
    assert_eq!(desk.attempts(id), 1);
}

#[tokio::test]
async fn several_workers_deliver_each_message_once() {
    let desk = Desk::new().await;
    let insert = "INSERT INTO auth.outbox (id, payload) SELECT gen_random_uuid(), '{\"kind\": \"deliver\"}' \
                  FROM generate_series(1, 300)";
    desk.database.execute(insert).await;
    let last = desk.enqueue(Task::Deliver).await;
    let workers = [desk.start(), desk.start(), desk.start()];
    desk.until_gone(last).await;
    for worker in workers {
        worker.ask_to_stop();
        worker.until_stopped().await;
    }
    assert_eq!(desk.database.value::<i64>("SELECT count(*) FROM auth.outbox").await, 0);
    assert_eq!(desk.all_attempts(), 301);
}

#[tokio::test]
async fn what_is_rolled_back_is_not_delivered() {
    let desk = Desk::new().await;
    let _worker = desk.start();
    let rolled_back = Uuid::now_v7();
    let mut conn = store::connection(&desk.pool).await.unwrap();
    let rolling_back = conn.transaction(async |conn| {
        enqueue(conn, rolled_back, &Task::Deliver).await?;
        Err::<(), _>(diesel::result::Error::RollbackTransaction)
    });
    rolling_back.await.unwrap_err();
    let after = desk.enqueue(Task::Deliver).await;
    desk.until_gone(after).await;
    assert_eq!(desk.all_attempts(), 1);
}

#[tokio::test]
async fn a_worker_that_dies_in_the_middle_loses_nothing() {
    let desk = Desk::new().await;
    let worker = desk.start();
    let id = desk.enqueue(Task::AtTheGate).await;
    desk.until_attempted(id, 1).await;
    worker.crash().await;
    let _heir = desk.start();

    let other = desk.enqueue(Task::Deliver).await;
    desk.until_gone(other).await;
    assert_eq!(desk.attempts(id), 1, "nobody else delivers it while it is leased");
    assert!(desk.holds(id, "due_at > now() + interval '150 s'").await, "the lease outlasts an attempt");

    desk.make_due(id).await;
    desk.until_attempted(id, 2).await;
    desk.open_the_gate();
    desk.until_gone(id).await;
}

#[tokio::test]
async fn a_shutdown_finishes_what_is_under_way_and_begins_nothing() {
    let desk = Desk::new().await;
    let worker = desk.start();
    // So many that it looks for no more.
    let under_way = join_all((0..32).map(|_| desk.enqueue(Task::AtTheGate))).await;
    for id in under_way {
        desk.until_attempted(id, 1).await;
    }
    worker.ask_to_stop();
    let next = desk.enqueue(Task::AtTheGate).await;
    desk.open_the_gate();
    worker.until_stopped().await;
    assert_eq!(desk.attempts(next), 0);
    let left: Uuid = desk.database.value::<String>("SELECT id::text FROM auth.outbox").await.parse().unwrap();
    assert_eq!(left, next);
}

#[tokio::test]
async fn a_database_that_goes_and_comes_back_loses_nothing() {
    let mut server = Server::start().await;
    let desk = Desk::on(server.database().await);
    let id = desk.enqueue(Task::Deliver).await;
    server.stop().await;
    let _worker = desk.start();
    assert!(store::connection(&desk.pool).await.is_err(), "the database is gone");
    server.resume().await;
    desk.until_attempted(id, 1).await;
}

/// Knows every message, as a newer version would.
struct Newer(tokio::sync::mpsc::UnboundedSender<Value>);

impl Handler for Newer {
    type Message = Value;

    async fn deliver(&self, _: Uuid, message: Value) -> Result<(), DeliveryError> {
        self.0.send(message).map_err(|error| DeliveryError::Retry(error.to_string()))
    }
}

#[tokio::test]
async fn a_message_of_a_newer_version_is_kept_for_one_that_knows_it() {
    let desk = Desk::new().await;
    let unknown = serde_json::json!({"kind": "ann@example.org", "to": "ben@example.org"});
    let id = Uuid::now_v7();
    let insert = format!("INSERT INTO auth.outbox (id, payload) VALUES ('{id}', '{unknown}')");
    desk.database.execute(&insert).await;
    let older = desk.start();
    desk.until_row(id, "NOT dead AND last_error IS NOT NULL AND due_at > now()").await;
    assert!(desk.holds(id, "last_error NOT LIKE '%example.org%'").await, "the error has nothing of the message");
    older.crash().await;

    let (sender, mut received) = tokio::sync::mpsc::unbounded_channel();
    let _newer = Worker::start(Outbox::new(desk.pool.clone(), Newer(sender)));
    desk.until_gone_as_due(id).await;
    assert_eq!(received.recv().await, Some(unknown));
}

#[tokio::test]
async fn a_full_worker_takes_up_the_rest_as_it_gets_free() {
    let desk = Desk::new().await;
    let _worker = desk.start();
    let ids = join_all((0..70).map(|_| desk.enqueue(Task::AtTheGate))).await;
    desk.open_the_gate();
    for id in ids {
        desk.until_gone(id).await;
    }
}
