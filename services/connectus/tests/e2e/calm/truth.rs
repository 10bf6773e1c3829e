//! What the database and the mail server have in the end, against what was answered.

use std::collections::BTreeMap;

use connectus_testkit::{Database, MailServer, eventually};

use super::{Call, Deed, people::address};

/// The services that have an outbox, and those that keep answers for repeats.
const OUTBOXES: [&str; 4] = ["auth", "account", "experience", "social"];
/// What is not to be delivered today.
const LATER: &str = "payload->>'kind' = 'digest_mail'";

/// How many mails a worker sends at once.
const MAILS_AT_ONCE: i64 = 32;

/// Lets a few people do what is otherwise only allowed to many.
pub(crate) async fn prepare(database: &Database) {
    for schema in ["experience", "social"] {
        let forgive = format!(
            "CREATE FUNCTION {schema}.forgive() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             NEW.expires_at := now(); RETURN NEW; END $$; \
             CREATE TRIGGER forgive BEFORE INSERT OR UPDATE ON {schema}.throttles \
             FOR EACH ROW EXECUTE FUNCTION {schema}.forgive()"
        );
        database.execute(&forgive).await;
    }
}

/// Lets the time pass for which a process that is gone by now had taken something upon itself.
pub(crate) async fn hurry(database: &Database) {
    for schema in ["experience", "social"] {
        database.execute(&format!("DELETE FROM {schema}.idempotency_keys WHERE answer IS NULL")).await;
    }
}

/// Sees that all that was written is there once, that what must follow has followed, and that each mail was sent once, or as often
/// again as somebody was killed meanwhile.
pub(crate) async fn is_whole(database: &Database, mail: &MailServer, calls: &[Call], kills: usize) {
    let written = |deeds: &[Deed]| {
        let of_deeds = calls.iter().filter(|call| deeds.contains(&call.deed));
        of_deeds.map(|call| (call.what.clone(), 1)).collect::<BTreeMap<String, i64>>()
    };
    let posts = written(&[Deed::Post, Deed::PostThroughGateway, Deed::PostFromBrowser]);
    assert_eq!(counted(database, "SELECT text FROM social.posts WHERE text <> 'to read'").await, posts);
    let likes = written(&[Deed::Like]);
    assert_eq!(counted(database, "SELECT post_id::text FROM social.likes").await, likes);
    let experiences: BTreeMap<_, _> =
        written(&[Deed::CreateExperience]).into_keys().map(|what| (address(&what), 1)).collect();
    let stored = "SELECT organization_email FROM experience.experiences WHERE organization_email LIKE '%@mail.test'";
    assert_eq!(counted(database, stored).await, experiences);
    until_delivered(database).await;
    let mut mails = BTreeMap::<String, i64>::new();
    for mail in mail.received().into_iter().filter(|mail| mail.to.ends_with("@mail.test")) {
        *mails.entry(mail.to).or_default() += 1;
    }
    let repeated: i64 = mails.values_mut().map(|times| std::mem::replace(times, 1) - 1).sum();
    assert_eq!(mails, experiences);
    // What a process had sent, and not noted when it was killed.
    assert!(repeated <= MAILS_AT_ONCE * i64::try_from(kills).unwrap(), "{repeated} mails were sent again");
    println!("{} posts, {} likes, {} experiences; {repeated} mails twice", posts.len(), likes.len(), experiences.len());
}

/// Waits until all outboxes are empty. What a process left that is gone is leased for minutes, which pass at once here; only once,
/// since what is under way would be taken again and again.
async fn until_delivered(database: &Database) {
    for schema in OUTBOXES {
        let left = format!("FROM {schema}.outbox WHERE NOT {LATER}");
        let hurry = format!("UPDATE {schema}.outbox SET due_at = now(), attempts = 0 WHERE NOT {LATER}");
        database.execute(&hurry).await;
        let count = format!("SELECT count(*) {left}");
        eventually("every message is delivered", async || (database.value::<i64>(&count).await == 0).then_some(()))
            .await;
    }
}

/// How often each value is there.
async fn counted(database: &Database, query: &str) -> BTreeMap<String, i64> {
    let values: Vec<String> =
        database.value(&format!("SELECT coalesce(array_agg(value), '{{}}') FROM ({query}) rows (value)")).await;
    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts
}
