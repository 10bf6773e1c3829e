//! An outbox whose messages say what becomes of them.

use std::{future::pending, sync::Arc, time::Duration};

use connectus_platform::{
    outbox::{DeliveryError, Handler, Outbox, enqueue},
    store::{self, Pool},
};
use connectus_testkit::{Database, PATIENCE, eventually, suite};
use serde::{Deserialize, Serialize};
use tokio::{
    sync::{Semaphore, watch},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// What becomes of a message.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Task {
    /// It is delivered.
    Deliver,
    /// It is delivered once the test opens the gate.
    AtTheGate,
    /// It fails every time.
    Fail,
    /// It is refused.
    Refuse,
    /// Its handler panics the first time.
    PanicOnce,
    /// Its handler never returns the first time.
    HangOnce,
}

/// Delivers tasks, and keeps each attempt.
#[derive(Clone)]
pub(crate) struct Clerk {
    attempts: watch::Sender<Vec<Uuid>>,
    gate: Arc<Semaphore>,
}

impl Handler for Clerk {
    type Message = Task;

    async fn deliver(&self, id: Uuid, task: Task) -> Result<(), DeliveryError> {
        self.attempts.send_modify(|attempts| attempts.push(id));
        let is_first = self.attempts_of(id) == 1;
        match task {
            Task::PanicOnce if is_first => panic!("as the test wants it"),
            Task::HangOnce if is_first => pending().await,
            Task::Deliver | Task::PanicOnce | Task::HangOnce => {}
            Task::AtTheGate => drop(self.gate.acquire().await.unwrap()),
            Task::Fail => return Err(DeliveryError::Retry("the other side is down".to_owned())),
            Task::Refuse => return Err(DeliveryError::Refused("the other side does not want it".to_owned())),
        }
        Ok(())
    }
}

impl Clerk {
    fn attempts_of(&self, id: Uuid) -> usize {
        self.attempts.borrow().iter().filter(|attempt| **attempt == id).count()
    }
}

/// A database with an outbox, and the clerk who delivers its messages.
pub(crate) struct Desk {
    pub(crate) database: Database,
    pub(crate) pool: Pool,
    pub(crate) clerk: Clerk,
}

impl Desk {
    pub(crate) async fn new() -> Self {
        Self::on(Database::new().await)
    }

    pub(crate) fn on(database: Database) -> Self {
        let pool = suite::pool(&database, "auth");
        let clerk = Clerk { attempts: watch::Sender::default(), gate: Arc::new(Semaphore::new(0)) };
        Self { database, pool, clerk }
    }

    /// Starts a worker of its own.
    pub(crate) fn start(&self) -> Worker {
        Worker::start(Outbox::new(self.pool.clone(), self.clerk.clone()))
    }

    /// Writes a message.
    pub(crate) async fn enqueue(&self, task: Task) -> Uuid {
        let id = Uuid::now_v7();
        let mut conn = store::connection(&self.pool).await.unwrap();
        enqueue(&mut conn, id, &task).await.unwrap();
        id
    }

    /// How often the delivery of a message was begun.
    pub(crate) fn attempts(&self, id: Uuid) -> usize {
        self.clerk.attempts_of(id)
    }

    /// How often any delivery was begun.
    pub(crate) fn all_attempts(&self) -> usize {
        self.clerk.attempts.borrow().len()
    }

    /// Waits until the delivery of a message was begun so many times.
    pub(crate) async fn until_attempted(&self, id: Uuid, times: usize) {
        let mut attempts = self.clerk.attempts.subscribe();
        let reached = attempts.wait_for(|_| self.attempts(id) >= times);
        tokio::time::timeout(PATIENCE, reached).await.expect("an attempt").unwrap();
    }

    /// Lets the messages at the gate through.
    pub(crate) fn open_the_gate(&self) {
        self.clerk.gate.add_permits(1);
    }

    /// Waits until a message is delivered and forgotten.
    pub(crate) async fn until_gone(&self, id: Uuid) {
        let count = format!("SELECT count(*) FROM auth.outbox WHERE id = '{id}'");
        self.until(&format!("{count} = 0"), &format!("({count}) = 0")).await;
    }

    /// Makes a message due until it is delivered and forgotten: a worker that has crashed may have been claiming it, and its lease
    /// begins when that comes to the database.
    pub(crate) async fn until_gone_as_due(&self, id: Uuid) {
        let gone = format!("SELECT count(*) = 0 FROM auth.outbox WHERE id = '{id}'");
        eventually("the delivery", async || {
            self.make_due(id).await;
            self.database.value::<bool>(&gone).await.then_some(())
        })
        .await;
    }

    /// Waits until a condition on a message holds.
    pub(crate) async fn until_row(&self, id: Uuid, condition: &str) {
        let exists = format!("EXISTS (SELECT FROM auth.outbox WHERE id = '{id}' AND {condition})");
        self.until(condition, &exists).await;
    }

    async fn until(&self, what: &str, expression: &str) {
        let query = format!("SELECT {expression}");
        eventually(what, async || self.database.value::<bool>(&query).await.then_some(())).await;
    }

    /// Whether a condition on a message holds now.
    pub(crate) async fn holds(&self, id: Uuid, condition: &str) -> bool {
        self.database.value(&format!("SELECT {condition} FROM auth.outbox WHERE id = '{id}'")).await
    }

    /// Makes a message due, as time would.
    pub(crate) async fn make_due(&self, id: Uuid) {
        self.database.execute(&format!("UPDATE auth.outbox SET due_at = now() WHERE id = '{id}'")).await;
    }
}

/// A worker that runs until it is told to stop, or dropped.
pub(crate) struct Worker {
    shutdown: CancellationToken,
    task: JoinHandle<()>,
}

impl Worker {
    pub(crate) fn start<H: Handler>(outbox: Outbox<H>) -> Self {
        let shutdown = CancellationToken::new();
        Self { task: tokio::spawn(outbox.run(shutdown.clone())), shutdown }
    }

    /// Ends it as a crash would: in the middle of what it does.
    pub(crate) async fn crash(mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }

    /// Tells it to stop.
    pub(crate) fn ask_to_stop(&self) {
        self.shutdown.cancel();
    }

    /// Waits until it has stopped.
    pub(crate) async fn until_stopped(mut self) {
        tokio::time::timeout(Duration::from_secs(5), &mut self.task).await.expect("it stops").unwrap();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.task.abort();
    }
}
