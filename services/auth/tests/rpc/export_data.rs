//! ExportData: everything that auth holds about somebody, and nothing of anybody else.

use std::collections::BTreeSet;

use connectus_proto::{auth::v1::ExportDataRequest, common::v1::ExportedRecord};
use connectus_testkit::{Suite, schema};
use serde_json::Value;

use crate::support::{request_reset, until_settled};

/// Tables that hold nothing that could be told to be somebody's.
const NOBODYS: [&str; 3] = ["idempotency_keys", "signing_keys", "throttles"];

async fn export(suite: &Suite, person: &connectus_testkit::Person) -> Vec<ExportedRecord> {
    let mut stream = suite.auth().export_data(person.asks(ExportDataRequest {})).await.unwrap().into_inner();
    let mut records = Vec::new();
    while let Some(response) = stream.message().await.unwrap() {
        records.extend(response.record);
    }
    records
}

#[tokio::test]
async fn it_has_what_is_known_and_no_hash() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    request_reset(&suite, &ann.email).await.unwrap();
    until_settled(&suite).await;
    let records = export(&suite, &ann).await;
    let kinds: BTreeSet<&str> = records.iter().map(|record| record.kind.as_str()).collect();
    assert!(kinds.is_superset(&BTreeSet::from(["accounts", "mail_links", "security_events", "sessions"])), "{kinds:?}");
    for record in &records {
        let json: Value = serde_json::from_str(&record.json).unwrap();
        let text = json.to_string();
        assert!(json.is_object() && text.contains(&ann.id), "{text}");
        assert!(!text.contains(&ben.id) && !text.contains(&ben.email), "{text}");
        assert!(!text.contains("hash") && !text.contains("argon2"), "{text}");
    }
    let account: Value = serde_json::from_str(&records[0].json).unwrap();
    assert_eq!(account["email"], ann.email.as_str());
}

#[tokio::test]
async fn every_table_is_in_it_or_is_nobodys() {
    let suite = Suite::start().await;
    let source = include_str!("../../src/store/export.rs");
    for (table, _) in schema::tables(&suite.database, "auth").await {
        let is_exported = source.contains(&format!("(\"{table}\"")) || source.contains(&format!("\"{table}\",\n"));
        assert!(is_exported != NOBODYS.contains(&table.as_str()), "{table}");
    }
}
