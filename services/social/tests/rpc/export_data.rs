//! ExportData: everything of the caller's, and nothing of anybody else's.

use std::collections::BTreeSet;

use connectus_testkit::{Person, Suite, schema::tables};
use serde_json::json;

use crate::support::{export, like, post, reply, say, share};

/// The tables that nobody gets anything of, with the reason.
const KEPT_BACK: [(&str, &str); 3] = [
    ("outbox", "what is to be told of what the other tables hold"),
    ("throttles", "hashes of who has posted, which expire"),
    (
        "idempotency_keys",
        "hashes of keys and sealed copies of answers that are gone within a day; whose they are is not known",
    ),
];

/// Two people who have done everything to each other that there is.
async fn pair(suite: &Suite) -> (Person, Person) {
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    for (one, other) in [(&ann, &ben), (&ben, &ann)] {
        let said = say(suite, one, &format!("words of {}", one.email)).await;
        like(suite, other, &said.id).await.unwrap();
        share(suite, other, &said.id).await.unwrap();
        post(suite, other, reply(&said, &format!("answer of {}", other.email))).await.unwrap();
    }
    (ann, ben)
}

#[tokio::test]
async fn every_table_is_exported_or_kept_back_for_a_reason() {
    let suite = Suite::start().await;
    let (ann, _) = pair(&suite).await;
    let exported: BTreeSet<String> = export(&suite, &ann).await.into_iter().map(|(kind, _)| kind).collect();
    let kept_back = KEPT_BACK.iter().map(|(table, _)| (*table).to_owned());
    let all: BTreeSet<String> = tables(&suite.database, "social").await.into_iter().map(|(table, _)| table).collect();
    assert_eq!(exported.into_iter().chain(kept_back).collect::<BTreeSet<_>>(), all);
}

#[tokio::test]
async fn rows_are_whole_and_the_callers_own() {
    let suite = Suite::start().await;
    let (ann, ben) = pair(&suite).await;
    let records = export(&suite, &ann).await;
    let kinds: Vec<&str> = records.iter().map(|(kind, _)| kind.as_str()).collect();
    let notifications = ["notifications"; 3];
    assert_eq!(kinds, [&["posts", "posts", "likes", "shares", "post_counts", "boxes"][..], &notifications].concat());
    for (kind, row) in &records {
        assert_eq!(row["account_id"], json!(ann.id), "{kind}: {row}");
        let columns = format!(
            "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'social' AND table_name = '{kind}'"
        );
        let columns: i64 = suite.database.value(&columns).await;
        assert_eq!(i64::try_from(row.as_object().unwrap().len()).unwrap(), columns, "{kind}");
    }
    let told = format!("{records:?}");
    assert!(told.contains("words of ann@") && told.contains("answer of ann@"), "{told}");
    // Of Ben's words only what she was notified of.
    assert!(!told.contains("words of ben@") && told.contains("answer of ben@"), "{told}");
    assert!(records.iter().all(|(kind, row)| kind == "notifications" || !row.to_string().contains(&ben.id)));
}

#[tokio::test]
async fn who_has_done_nothing_gets_nothing() {
    let suite = Suite::start().await;
    let (_, eve) = (pair(&suite).await, suite.user("Eve").await);
    assert_eq!(export(&suite, &eve).await, []);
}
