//! ExportData: everything of the caller's, and nothing of anybody else's.

use std::collections::BTreeSet;

use connectus_proto::account::v1::{AddNoteRequest, OrganizationProfile, UserProfile};
use connectus_testkit::{Person, Suite, schema::tables};

use crate::{
    network::{connect, request},
    support::{admin, block, crowd, export, update_organization, update_user},
};

/// The tables that nobody gets anything of, with the reason.
const KEPT_BACK: [(&str, &str); 4] = [
    (
        "idempotency_keys",
        "hashes of keys and sealed copies of answers that are gone within a day; whose they are is not known",
    ),
    ("name_words", "the words of all names, which are exported with accounts; whose they are is not known"),
    ("outbox", "what others are yet to be told of connections and requests, which are exported themselves"),
    ("throttles", "hashes; whose they are is not known"),
];

/// Somebody of whom there is something in every table.
async fn with_everything(suite: &Suite, name: &str, blocked: &Person) -> Person {
    let person = suite.user(name).await;
    let new = UserProfile { quote: format!("Quote of {name}"), ..UserProfile::default() };
    update_user(suite, &person, new, &["quote"]).await.unwrap();
    let (friend, asked) = (suite.organization(&format!("Friend of {name}")).await, crowd(suite, "user", 1).await);
    connect(suite, &person, &friend).await;
    request(suite, &person, &asked[0], "Hello").await.unwrap();
    block(suite, &person, &[&blocked.id]).await.unwrap();
    for number in 1..=2 {
        let (account_id, text) = (person.id.clone(), format!("Note {number} about {name}"));
        let request = AddNoteRequest { account_id, text, operator: "Olga".to_owned() };
        admin(suite).add_note(suite.as_service(request)).await.unwrap();
    }
    person
}

#[tokio::test]
async fn every_table_is_exported_or_kept_back_for_a_reason() {
    let suite = Suite::start().await;
    let cem = suite.user("Cem").await;
    let ann = with_everything(&suite, "Ann", &cem).await;
    let exported: BTreeSet<String> = export(&suite, &ann).await.into_iter().map(|(kind, _)| kind).collect();
    let kept_back = KEPT_BACK.iter().map(|(table, _)| (*table).to_owned());
    let all: BTreeSet<String> = tables(&suite.database, "account").await.into_iter().map(|(table, _)| table).collect();
    assert_eq!(exported.into_iter().chain(kept_back).collect::<BTreeSet<_>>(), all);
}

#[tokio::test]
async fn whole_rows_are_exported() {
    let suite = Suite::start().await;
    let cem = suite.user("Cem").await;
    let ann = with_everything(&suite, "Ann", &cem).await;
    let records = export(&suite, &ann).await;
    let kinds: Vec<&str> = records.iter().map(|(kind, _)| &**kind).collect();
    assert_eq!(kinds, ["accounts", "profiles", "blocks", "connections", "connection_requests", "notes", "notes"]);
    for (table, row) in &records {
        let columns = format!(
            "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'account' AND table_name = '{table}'"
        );
        let columns: i64 = suite.database.value(&columns).await;
        assert_eq!(i64::try_from(row.as_object().unwrap().len()).unwrap(), columns, "{table}");
    }
    let text = |index: usize, column: &str| records[index].1[column].as_str().unwrap().to_owned();
    assert_eq!((text(0, "id"), text(0, "email"), text(0, "first_name")), (ann.id, ann.email, "Ann".to_owned()));
    assert_eq!((text(1, "quote"), text(2, "blocked_id")), ("Quote of Ann".to_owned(), cem.id));
    assert_eq!(text(4, "message"), "Hello");
    assert_eq!((text(5, "text"), text(6, "text")), ("Note 1 about Ann".to_owned(), "Note 2 about Ann".to_owned()));
}

#[tokio::test]
async fn nothing_of_anybody_else_is_exported() {
    let suite = Suite::start().await;
    let (cem, help) = (suite.user("Cem").await, suite.organization("Help").await);
    let ann = with_everything(&suite, "Ann", &cem).await;
    // Ben has blocked Ann, which is his business.
    let ben = with_everything(&suite, "Ben", &ann).await;
    let told = format!("{:?}", export(&suite, &ann).await);
    for secret in [&*ben.id, &ben.email, "Ben", &help.id] {
        assert!(!told.contains(secret), "{secret}: {told}");
    }
    // An organization that another names.
    let care = suite.organization("Care").await;
    let affiliated_organization_ids = vec![help.id.clone()];
    let new = OrganizationProfile { affiliated_organization_ids, ..OrganizationProfile::default() };
    update_organization(&suite, &care, new, &["affiliated_organization_ids"]).await.unwrap();
    let told = format!("{:?}", export(&suite, &help).await);
    assert!(told.contains(&help.email) && !told.contains(&care.id), "{told}");
}

#[tokio::test]
async fn who_has_no_account_yet_gets_nothing() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    suite.database.execute("DELETE FROM account.accounts").await;
    assert_eq!(export(&suite, &ann).await, []);
}
