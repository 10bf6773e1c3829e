//! A PostgreSQL that stands still, is killed, or is stopped, under a suite that is used all the time.

use std::collections::BTreeSet;

use connectus_testkit::{Database, MailServer, Server, eventually};

use super::load::Load;
use crate::topology::Topology;

/// Tokens are accepted all the time, so that each route answers for itself.
const SETTINGS: [(&str, &str); 2] = [("CONNECTUS_ACCESS_MAX_AGE", "240"), ("CONNECTUS_REQUEST_TIMEOUT", "3")];

/// What is answered is on the disk, as it is where it matters.
const DURABLE: &str = "DO $$ BEGIN \
    EXECUTE format('ALTER DATABASE %I SET synchronous_commit = on', current_database()); END $$";

/// Has the throttle forget everything at once: here one person asks more strangers to confirm something than anybody may.
const FORGIVE: &str = "CREATE FUNCTION experience.forgive() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
    NEW.expires_at := now(); RETURN NEW; END $$; \
    CREATE TRIGGER forgive BEFORE INSERT OR UPDATE ON experience.throttles \
    FOR EACH ROW EXECUTE FUNCTION experience.forgive()";

/// Accounts that one of auth and account has, and the other has not.
const HALF_MADE: &str = "SELECT count(*) FROM auth.accounts auth FULL JOIN account.accounts account USING (id) \
    WHERE auth.id IS NULL OR account.id IS NULL";

#[tokio::test]
async fn while_postgresql_is_away_all_is_answered_in_time_and_nothing_is_half_done() {
    let mut server = Server::start().await;
    let (database, mail) = (server.database().await, MailServer::start().await);
    database.execute(DURABLE).await;
    database.execute(FORGIVE).await;
    let suite = Topology::Apart.start_with(&database, &mail, &SETTINGS).await;
    let load = Load::new(&suite.api, &mail).await;
    let faults = async {
        load.until_served().await;
        server.freeze().await;
        load.until_refused().await;
        server.thaw();
        load.until_served().await;
        server.kill().await;
        load.until_refused().await;
        server.resume().await;
        load.until_served().await;
        server.stop().await;
        load.until_refused().await;
        server.resume().await;
        load.until_served().await;
        load.end();
    };
    tokio::join!(load.run(), faults);
    is_whole(&database.share().await, &mail, &load).await;
}

/// Sees that what was answered is there, and that all of it was followed by what must follow.
async fn is_whole(database: &Database, mail: &MailServer, load: &Load) {
    // What a worker could not note is leased for minutes, which pass at once here.
    for outbox in ["auth.outbox", "experience.outbox"] {
        eventually("every message is delivered", async || {
            database
                .execute(&format!("UPDATE {outbox} SET due_at = now() WHERE due_at > now() + interval '1 minute'"))
                .await;
            (database.value::<i64>(&format!("SELECT count(*) FROM {outbox}")).await == 0).then_some(())
        })
        .await;
    }
    assert_eq!(database.value::<i64>(HALF_MADE).await, 0);
    let accounts = set(database, "SELECT email FROM auth.accounts WHERE email_verified_at IS NULL").await;
    let experiences = set(database, "SELECT organization_email FROM experience.experiences").await;
    assert!(load.registered().is_subset(&accounts) && load.created().is_subset(&experiences), "nothing is lost");
    let rows: i64 = database.value("SELECT count(*) FROM experience.experiences").await;
    assert_eq!(rows, i64::try_from(experiences.len()).unwrap(), "nothing is there twice");
    let mailed: BTreeSet<String> = mail.received().into_iter().map(|mail| mail.to).collect();
    let expected: BTreeSet<String> = accounts.union(&experiences).cloned().collect();
    assert_eq!(mailed, expected, "everybody has mail, and nobody for nothing");
    println!("{} accounts and {} experiences", accounts.len(), experiences.len());
}

async fn set(database: &Database, query: &str) -> BTreeSet<String> {
    let values: Vec<String> =
        database.value(&format!("SELECT coalesce(array_agg(value), '{{}}') FROM ({query}) rows (value)")).await;
    values.into_iter().collect()
}
