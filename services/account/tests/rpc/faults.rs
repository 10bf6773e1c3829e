//! What callers are told when the database fails.

use connectus_proto::{
    account::v1::{UserProfile, UserSettings, settings},
    common::v1::ErrorReason,
};
use connectus_testkit::{Options, Person, Server, Suite, eventually, refusal};
use tonic::{Code, Status};

use crate::{
    network::{block_one, connected, unblock},
    support::{account, accounts, profile, unknown_id, update_settings, update_user},
};

/// To find nobody is to find out.
fn found_nobody(status: Status) -> Result<(), Status> {
    if status.code() == Code::NotFound { Ok(()) } else { Err(status) }
}

/// Calls the rpcs that read and those that change something.
async fn answers(suite: &Suite, person: &Person) -> [(&'static str, Result<(), Status>); 8] {
    let settings = settings::Owner::User(UserSettings::default());
    let new = UserProfile::default();
    [
        ("GetAccount", account(suite, None, &person.id).await.map(drop)),
        ("BatchGetAccounts", accounts(suite, None, &[&person.id]).await.map(drop)),
        ("GetProfile", profile(suite, None, &person.id).await.map(drop)),
        ("ListConnections", connected(suite, None, &person.id).await.map(drop)),
        ("BlockAccount", block_one(suite, person, &unknown_id()).await.map_or_else(found_nobody, Ok)),
        ("UnblockAccount", unblock(suite, person, &unknown_id()).await.map_or_else(found_nobody, Ok)),
        ("UpdateProfile", update_user(suite, person, new, &["quote"]).await.map(drop)),
        ("UpdateSettings", update_settings(suite, person, settings, &["email_notifications"]).await.map(drop)),
    ]
}

#[tokio::test]
async fn a_fault_is_internal_and_its_cause_is_not_told() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    suite.database.execute("ALTER TABLE account.accounts RENAME TO gone").await;
    for (rpc, answer) in answers(&suite, &ann).await {
        let told = format!("{:?}", answer.as_ref().unwrap_err());
        assert!(!told.contains("accounts") && !told.contains("relation"), "{told}");
        assert_eq!(refusal(answer), (Code::Internal, ErrorReason::Internal), "{rpc}");
    }
}

#[tokio::test]
async fn while_the_database_is_away_account_is_unavailable_and_then_it_serves_again() {
    let mut server = Server::start().await;
    let database = server.database().await;
    let suite = Suite::with(Options { database: Some(database), ..Options::default() }).await;
    let ann = suite.user("Ann").await;
    account(&suite, Some(&ann), "me").await.unwrap();
    server.stop().await;
    for (rpc, answer) in answers(&suite, &ann).await {
        assert_eq!(refusal(answer), (Code::Unavailable, ErrorReason::Unavailable), "{rpc}");
    }
    server.resume().await;
    eventually("it serves again", async || {
        answers(&suite, &ann).await.iter().all(|(_, answer)| answer.is_ok()).then_some(())
    })
    .await;
}
