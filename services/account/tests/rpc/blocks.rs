//! Blocks: whom an account does not want to be seen by.

use connectus_proto::account::v1::{OrganizationSettings, UserSettings, settings};
use connectus_testkit::{Person, Suite, invalid_field};
use tonic::{Code, Status};

use crate::support::{
    Viewer, account, accounts, block, borrowed, crowd, profile, unknown_id, update_settings, user_settings,
};

const FIELD: &str = "settings.user.blocked_account_ids";

/// All that a caller can tell from an error.
fn told(status: &Status) -> (Code, String, Vec<u8>) {
    (status.code(), status.message().to_owned(), status.details().to_vec())
}

async fn is_seen(suite: &Suite, viewer: Viewer<'_>, id: &str) -> bool {
    let (account, profile) = (account(suite, viewer, id).await, profile(suite, viewer, id).await);
    let found = accounts(suite, viewer, &[id]).await.unwrap();
    assert_eq!((account.is_ok(), profile.is_ok()), (!found.is_empty(), !found.is_empty()), "all rpcs agree");
    account.is_ok()
}

async fn blocked_by(suite: &Suite, person: &Person) -> Vec<String> {
    user_settings(suite, person).await.blocked_account_ids
}

#[tokio::test]
async fn who_is_blocked_is_answered_as_for_an_account_that_does_not_exist() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    block(&suite, &ann, &[&ben.id]).await.unwrap();
    let unknown = unknown_id();
    let (seen, missing) = (account(&suite, Some(&ben), &ann.id).await, account(&suite, Some(&ben), &unknown).await);
    assert_eq!(told(&seen.unwrap_err()), told(&missing.unwrap_err()));
    let (seen, missing) = (profile(&suite, Some(&ben), &ann.id).await, profile(&suite, Some(&ben), &unknown).await);
    assert_eq!(told(&seen.unwrap_err()), told(&missing.unwrap_err()));
    let found = accounts(&suite, Some(&ben), &[&ann.id, &unknown, &ben.id]).await.unwrap();
    assert_eq!(found.iter().map(|account| &account.id).collect::<Vec<_>>(), [&ben.id]);
}

#[tokio::test]
async fn a_block_hides_the_blocker_from_the_blocked_and_from_nobody_else() {
    let suite = Suite::start().await;
    let (ann, ben, cem) = (suite.user("Ann").await, suite.user("Ben").await, suite.user("Cem").await);
    block(&suite, &ann, &[&ben.id]).await.unwrap();
    assert!(!is_seen(&suite, Some(&ben), &ann.id).await);
    for viewer in [None, Some(&ann), Some(&cem)] {
        assert!(is_seen(&suite, viewer, &ann.id).await, "{viewer:?}");
        assert!(is_seen(&suite, viewer, &ben.id).await, "{viewer:?}");
    }
}

#[tokio::test]
async fn an_organization_can_be_blocked_until_it_is_unblocked() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    block(&suite, &ann, &[&help.id]).await.unwrap();
    assert!(!is_seen(&suite, Some(&help), &ann.id).await);
    block(&suite, &ann, &[]).await.unwrap();
    assert!(is_seen(&suite, Some(&help), &ann.id).await);
    assert!(blocked_by(&suite, &ann).await.is_empty());
}

#[tokio::test]
async fn those_blocked_first_come_first() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let crowd = crowd(&suite, "user", 5).await;
    let [ada, bob, cem, dan, eve] = &*borrowed(&crowd) else { unreachable!() };
    for (wanted, kept) in [
        // Blocked at once: in the order given.
        (vec![*cem, ada, bob], vec![*cem, ada, bob]),
        // Those who were blocked before stay so since then.
        (vec![*eve, bob, dan, cem], vec![*cem, bob, eve, dan]),
        // Who is blocked again counts from then on.
        (vec![*ada, cem, bob, dan, eve], vec![*cem, bob, eve, dan, ada]),
    ] {
        let answer = block(&suite, &ann, &wanted).await.unwrap().into_inner().settings.unwrap();
        let Some(settings::Owner::User(answered)) = answer.owner else { panic!("they are a person's") };
        assert_eq!(answered.blocked_account_ids, kept);
        assert_eq!(blocked_by(&suite, &ann).await, kept);
    }
}

#[tokio::test]
async fn who_is_named_twice_is_blocked_once() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    block(&suite, &ann, &[&ben.id, &ben.id.to_uppercase()]).await.unwrap();
    assert_eq!(blocked_by(&suite, &ann).await, [&*ben.id]);
}

#[tokio::test]
async fn ids_that_cannot_be_blocked_are_refused_and_change_nothing() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let other = crowd(&suite, "user", 1).await.remove(0);
    block(&suite, &ann, &[&ben.id]).await.unwrap();
    for id in [&unknown_id(), &ann.id, &ann.id.to_uppercase(), "me", "x", "", "\0"] {
        assert_eq!(invalid_field(block(&suite, &ann, &[&other, id]).await), FIELD, "{id:?}");
    }
    assert_eq!(blocked_by(&suite, &ann).await, [&*ben.id]);
}

#[tokio::test]
async fn a_thousand_accounts_can_be_blocked_and_no_more() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let crowd = crowd(&suite, "user", 1001).await;
    // Not in the order of their ids.
    let ids: Vec<&str> = borrowed(&crowd).into_iter().rev().collect();
    assert_eq!(invalid_field(block(&suite, &ann, &ids).await), FIELD);
    block(&suite, &ann, &ids[..1000]).await.unwrap();
    assert_eq!(blocked_by(&suite, &ann).await, ids[..1000]);
}

#[tokio::test]
async fn other_settings_leave_the_blocks_alone() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    block(&suite, &ann, &[&ben.id]).await.unwrap();
    let new = settings::Owner::User(UserSettings::default());
    update_settings(&suite, &ann, new, &["email_notifications"]).await.unwrap();
    assert_eq!(blocked_by(&suite, &ann).await, [&*ben.id]);
}

#[tokio::test]
async fn an_organization_blocks_nobody() {
    let suite = Suite::start().await;
    let (help, ben) = (suite.organization("Help").await, suite.user("Ben").await);
    assert_eq!(invalid_field(block(&suite, &help, &[&ben.id]).await), "settings");
    let new = settings::Owner::Organization(OrganizationSettings::default());
    assert_eq!(invalid_field(update_settings(&suite, &help, new, &["blocked_account_ids"]).await), "update_mask");
    assert!(is_seen(&suite, Some(&ben), &help.id).await);
}
