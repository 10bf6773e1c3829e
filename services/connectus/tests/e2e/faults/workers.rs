//! Workers that are killed at every step of a delivery: no mail is lost, and a kill repeats one at most.

use std::{collections::HashMap, ops::Range};

use connectus_testkit::{Behaviour, Database, MailServer, eventually};
use futures::future::join_all;

use crate::{
    contract::world::user_body,
    topology::{Suite, Topology},
};

/// How many workers empty the outbox at once.
const WORKERS: usize = 3;
/// Whose address the mails verify.
pub(super) const ANN: &str = "ann@example.org";

/// Has every statement of a kind on the outbox wait while the test keeps the gate closed, for some messages or all.
const GATE: &str = "CREATE FUNCTION wait_at_the_gate() RETURNS trigger LANGUAGE plpgsql AS $$ \
    BEGIN PERFORM pg_advisory_xact_lock_shared(1); IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$";
const CLOSE: &str = "SELECT pg_advisory_lock(1)";
const OPEN: &str = "DROP TRIGGER gate ON auth.outbox; SELECT pg_advisory_unlock(1)";
/// How many statements wait at the gate.
const WAITING: &str = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// Several processes whose workers share an outbox, and the mails that they are to send.
pub(super) struct Workers {
    pub(super) database: Database,
    pub(super) mail: MailServer,
    suites: Vec<Suite>,
}

impl Workers {
    /// Starts them, for somebody who has registered and not verified her address.
    pub(super) async fn start() -> Self {
        let (database, mail) = (Database::new().await, MailServer::start().await);
        let suites = join_all((0..WORKERS).map(|_| Topology::Together.start(&database, &mail, 10))).await;
        suites[0].api.post("/v1/auth/register", None, &user_body(ANN)).await.ok();
        mail.next(ANN).await;
        let workers = Self { database, mail, suites };
        workers.until_sent().await;
        workers
    }

    /// Writes messages with the numbers of a range, each of which sends a mail to an address.
    pub(super) async fn enqueue(&self, numbers: Range<u32>, email: &str) {
        let Range { start, end } = numbers;
        let insert = format!(
            "INSERT INTO auth.outbox (id, payload) SELECT lpad(number::text, 32, '0')::uuid, \
             jsonb_build_object('kind', 'verification_mail', 'email', '{email}') \
             FROM generate_series({start}, {end} - 1) number"
        );
        self.database.execute(&insert).await;
    }

    /// Waits until a condition holds for so many messages.
    pub(super) async fn until(&self, count: usize, condition: &str) {
        let query = format!("SELECT count(*) FROM auth.outbox WHERE {condition}");
        self.until_value(&query, count).await;
    }

    async fn until_value(&self, query: &str, count: usize) {
        let count = i64::try_from(count).unwrap();
        eventually(query, async || (self.database.value::<i64>(query).await == count).then_some(())).await;
    }

    /// Waits until every message is delivered.
    pub(super) async fn until_sent(&self) {
        self.until(0, "true").await;
    }

    /// Has what waits for its time, or for the end of a dead worker's lease, tried now.
    pub(super) async fn hurry(&self) {
        self.database.execute("UPDATE auth.outbox SET due_at = now()").await;
    }

    /// How often each mail was sent, by the number of its message.
    pub(super) fn copies(&self) -> HashMap<u32, usize> {
        let mut copies = HashMap::new();
        for mail in self.mail.received() {
            let (id, _) = mail.id.split_once('@').unwrap();
            *copies.entry(id.replace('-', "").parse().unwrap()).or_default() += 1;
        }
        copies
    }

    /// Kills all processes at once. What they asked of the database last is not done.
    async fn kill(&mut self) {
        for suite in &mut self.suites {
            suite.role_mut("all").kill().await;
        }
        self.database.cut_off().await;
        self.until_value(WAITING, 0).await;
    }

    /// Starts them again.
    fn start_again(&mut self) {
        for suite in &mut self.suites {
            suite.role_mut("all").start();
        }
    }

    /// Closes the gate before a kind of statements on the outbox.
    async fn close_the_gate(&self, statements: &str) {
        self.database
            .execute(&format!("{CLOSE}; CREATE TRIGGER gate BEFORE {statements} EXECUTE FUNCTION wait_at_the_gate()"))
            .await;
    }
}

#[tokio::test]
async fn workers_killed_at_any_step_lose_no_mail_and_repeat_no_more_than_they_are() {
    let mut workers = Workers::start().await;
    workers.database.execute(GATE).await;

    // Before they have claimed anything.
    workers.close_the_gate("UPDATE ON auth.outbox FOR EACH STATEMENT").await;
    workers.enqueue(0..30, ANN).await;
    workers.until_value(WAITING, WORKERS).await;
    workers.kill().await;
    workers.database.execute(OPEN).await;
    workers.until(30, "attempts = 0").await;
    workers.start_again();
    workers.until_sent().await;

    // After they claimed messages, and before they sent them.
    workers.mail.behave(Behaviour::Silent);
    workers.enqueue(30..60, ANN).await;
    // A worker that is gone holds nothing for longer.
    workers.until(30, "attempts = 1 AND due_at < now() + interval '5 minutes'").await;
    workers.kill().await;
    workers.mail.behave(Behaviour::Accept);
    workers.hurry().await;
    workers.start_again();
    workers.until_sent().await;
    assert_eq!(workers.copies(), (0..60).map(|number| (number, 1)).collect());

    // After they sent mails, and before they noted it: as many as there are workers, and each is noted by nobody.
    workers.close_the_gate("DELETE ON auth.outbox FOR EACH ROW WHEN (OLD.id::text LIKE '%9')").await;
    workers.enqueue(60..90, ANN).await;
    workers.until(WORKERS, "true").await;
    workers.until_value(WAITING, WORKERS).await;
    workers.kill().await;
    workers.database.execute(OPEN).await;
    workers.hurry().await;
    workers.start_again();
    workers.until_sent().await;
    let repeated = |number: u32| usize::from(number >= 60 && number % 10 == 9);
    assert_eq!(workers.copies(), (0..90).map(|number| (number, 1 + repeated(number))).collect());

    // A repeated link is as good as the first.
    let last = workers.mail.received().pop().unwrap();
    let link = format!("/v1/auth/verify-email/{}", last.token());
    assert_eq!(workers.suites[0].api.get(&link, None).await.status, 200);
}
