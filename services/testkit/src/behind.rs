//! A suite whose database has a replica, which falls behind when the test wants it to.

use tokio_postgres::Client;

use crate::{Options, Server, Suite, eventually};

/// Such a suite. What the replica had when it was held up tells which of the two answered.
pub struct Behind {
    /// The suite.
    pub suite: Suite,
    /// The server of its database.
    pub primary: Server,
    /// The replica of that.
    pub replica: Server,
}

/// When a service has asked the replica more than once, on one connection, it knows how far behind it is.
const KNOWN: &str = "SELECT count(*) = 4 FROM (SELECT DISTINCT application_name FROM pg_stat_activity \
    WHERE application_name LIKE 'connectus-%' AND query_start > backend_start + interval '500 ms') AS asked";

impl Behind {
    /// Starts one whose replica follows, and is known to.
    pub async fn start() -> Self {
        let primary = Server::start().await;
        let replica = primary.replica().await;
        let database = primary.database().await;
        // What was answered is written, and not only about to be, or nobody could tell who has it.
        let synchronous =
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = on', current_database()); END $$";
        database.execute(synchronous).await;
        caught_up(&primary, &replica).await;
        let read_url = Some(replica.url_of(&database));
        let suite = Suite::with(Options { database: Some(database), read_url, ..Options::default() }).await;
        let behind = Self { suite, primary, replica };
        behind.until_known().await;
        behind
    }

    /// Waits until every service knows how far behind the replica is.
    pub async fn until_known(&self) {
        until_known(&self.replica).await;
    }

    /// Lets the replica have all that there is, and nothing of what comes after that.
    pub async fn hold(&self) {
        hold(&self.primary, &self.replica).await;
    }

    /// Lets it go on.
    pub async fn release(&self) {
        self.replica.connect().await.execute("SELECT pg_wal_replay_resume()", &[]).await.unwrap();
    }

    /// Has it follow nobody any more.
    pub async fn promote(&self) {
        self.replica.connect().await.execute("SELECT pg_promote()", &[]).await.unwrap();
    }
}

/// Waits until every service of a suite knows how far behind a replica is.
pub async fn until_known(replica: &Server) {
    until(&replica.connect().await, KNOWN).await;
}

/// Lets a replica have all that its primary has, and nothing of what comes after that.
pub async fn hold(primary: &Server, replica: &Server) {
    caught_up(primary, replica).await;
    let client = replica.connect().await;
    client.execute("SELECT pg_wal_replay_pause()", &[]).await.unwrap();
    until(&client, "SELECT pg_get_wal_replay_pause_state() = 'paused'").await;
}

/// Waits until a replica has all that its primary has now.
async fn caught_up(primary: &Server, replica: &Server) {
    let written = primary.connect().await.query_one("SELECT pg_current_wal_lsn()::text", &[]).await;
    let written: String = written.unwrap().get(0);
    let client = replica.connect().await;
    until(&client, &format!("SELECT pg_last_wal_replay_lsn() >= '{written}'")).await;
}

/// Waits until a condition holds.
async fn until(client: &Client, condition: &str) {
    eventually(condition, async || client.query_one(condition, &[]).await.unwrap().get::<_, bool>(0).then_some(()))
        .await;
}
