//! ExportData: everything of the caller's, and nothing of anybody else's.

use std::collections::BTreeSet;

use connectus_proto::experience::v1::Decision;
use connectus_testkit::{Suite, schema::tables};
use serde_json::json;

use crate::{
    opportunities,
    support::{BOSS, create, create_and_ask, decide, export, on_site, until_delivered},
};

/// The tables that nobody gets anything of, with the reason.
const KEPT_BACK: [(&str, &str); 4] = [
    ("approval_links", "hashes of what was mailed to somebody else, who decides with it"),
    ("outbox", "ids of what is told to others, whose rows are exported"),
    ("throttles", "hashes of who was mailed by whom, which expire"),
    (
        "idempotency_keys",
        "hashes of keys and sealed copies of answers that are gone within a day; whose they are is not known",
    ),
];

#[tokio::test]
async fn every_table_is_exported_or_kept_back_for_a_reason() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let help = suite.organization("Help").await;
    create_and_ask(&suite, &ann, "Choir").await;
    let opportunity = opportunities::create(&suite, &help, "Apples", 1, &[1]).await;
    opportunities::sign_up(&suite, &ann, &opportunity, 0).await.unwrap();
    let records = export(&suite, &ann).await.into_iter().chain(export(&suite, &help).await);
    let exported: BTreeSet<String> = records.map(|(kind, _)| kind).collect();
    let kept_back = KEPT_BACK.iter().map(|(table, _)| (*table).to_owned());
    let all: BTreeSet<String> =
        tables(&suite.database, "experience").await.into_iter().map(|(table, _)| table).collect();
    assert_eq!(exported.into_iter().chain(kept_back).collect::<BTreeSet<_>>(), all);
}

#[tokio::test]
async fn a_person_gets_their_experiences_as_a_whole() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let first = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    decide(&suite, &help, (&ann.id, &first.id), Decision::Approve).await.unwrap();
    let (second, _) = create_and_ask(&suite, &ann, "Choir").await;
    until_delivered(&suite).await;
    let columns = "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'experience' AND table_name = 'experiences'";
    let columns: i64 = suite.database.value(columns).await;
    let records = export(&suite, &ann).await;
    assert_eq!(records.len(), 2);
    for ((kind, row), written) in records.iter().zip([&first, &second]) {
        assert_eq!((kind.as_str(), &row["id"]), ("experiences", &json!(written.id)));
        assert_eq!(i64::try_from(row.as_object().unwrap().len()).unwrap(), columns);
    }
    let (confirmed, asked) = (&records[0].1, &records[1].1);
    assert_eq!(
        (&confirmed["description"], &confirmed["organization_name"]),
        (&json!("Served soup.\nWashed up."), &json!("Help"))
    );
    assert_eq!((&asked["organization_email"], &asked["validation_state"]), (&json!(BOSS), &json!("pending_by_mail")));
}

#[tokio::test]
async fn an_organization_gets_what_it_is_asked_and_has_decided_but_not_what_people_say() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let decided = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    decide(&suite, &help, (&ann.id, &decided.id), Decision::Decline).await.unwrap();
    let asked = create(&suite, &ann, "President", on_site(&help)).await.unwrap();
    let records = export(&suite, &help).await;
    let told: Vec<_> =
        records.iter().map(|(kind, row)| (&**kind, &row["id"], &row["user_id"], &row["validation_state"])).collect();
    let (ids, ann_id) = ([json!(decided.id), json!(asked.id)], json!(ann.id));
    let (declined, pending) = (json!("declined"), json!("pending_on_site"));
    assert_eq!(told, [("experiences", &ids[0], &ann_id, &declined), ("experiences", &ids[1], &ann_id, &pending)]);
    assert_eq!((&records[0].1["organization_name"], &records[0].1["decided_at"].is_string()), (&json!("Help"), &true));
    let all = format!("{records:?}");
    assert!(!all.contains("soup") && !all.contains("President") && !all.contains("Elm"), "{all}");
}

#[tokio::test]
async fn opportunities_are_their_organizations_and_interests_the_persons() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    let opportunity = opportunities::create(&suite, &help, "Apples", 1, &[1]).await;
    for person in [&ann, &ben] {
        opportunities::sign_up(&suite, person, &opportunity, 0).await.unwrap();
    }
    let of_help = export(&suite, &help).await;
    let kinds: Vec<_> = of_help.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["opportunities", "shifts", "organizations"]);
    assert_eq!((&of_help[0].1["id"], &of_help[0].1["name"]), (&json!(opportunity.id), &json!("Apples")));
    assert_eq!(of_help[1].1["id"], json!(opportunity.shifts[0].id));
    let told = format!("{of_help:?}");
    assert!(!told.contains(&ann.id) && !told.contains(&ben.id) && !told.contains("search_"), "{told}");
    let of_ben = export(&suite, &ben).await;
    assert_eq!(of_ben.len(), 1);
    let (kind, row) = &of_ben[0];
    assert_eq!((kind.as_str(), &row["user_id"], &row["state"]), ("interests", &json!(ben.id), &json!("waiting")));
}

#[tokio::test]
async fn nothing_of_anybody_else_is_exported() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let (help, care) = (suite.organization("Help").await, suite.organization("Care").await);
    create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    create(&suite, &ben, "Choir", on_site(&care)).await.unwrap();
    for (owner, strangers) in
        [(&ann, [&ben, &care]), (&help, [&ben, &care]), (&ben, [&ann, &help]), (&care, [&ann, &help])]
    {
        let records = export(&suite, owner).await;
        assert_eq!(records.len(), 1);
        let told = format!("{records:?}");
        assert!(strangers.iter().all(|stranger| !told.contains(&stranger.id)), "{told}");
    }
}
