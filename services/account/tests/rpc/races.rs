//! Changes of several accounts at once that have to do with each other.

use connectus_proto::account::v1::OrganizationProfile;
use connectus_testkit::{Person, Suite, invalid_field};
use futures::{
    FutureExt,
    future::{LocalBoxFuture, join_all},
};
use tonic::Status;

use crate::support::{
    block, erase, import_blocks, organization_profile, profile, traces, until_waiting, update_organization,
    user_settings,
};

async fn affiliate(suite: &Suite, organization: &Person, ids: &[&str]) -> Result<(), Status> {
    let affiliated_organization_ids = ids.iter().map(ToString::to_string).collect();
    let new = OrganizationProfile { affiliated_organization_ids, ..OrganizationProfile::default() };
    update_organization(suite, organization, new, &["affiliated_organization_ids"]).await.map(drop)
}

/// Makes two calls while a transaction holds what both need, which ends when both wait for it.
fn held_up<'a, A: 'a, B: 'a>(
    suite: &'a Suite,
    hold: String,
    (one, other): (impl Future<Output = A> + 'a, impl Future<Output = B> + 'a),
) -> LocalBoxFuture<'a, (A, B)> {
    let (one, other) = (one.boxed_local(), other.boxed_local());
    let both = async move {
        let holder = suite.database.connect().await;
        holder.batch_execute(&format!("BEGIN; {hold}")).await.unwrap();
        let release = async {
            until_waiting(suite, 2).await;
            holder.batch_execute("COMMIT").await.unwrap();
        };
        let (one, other, ()) = futures::join!(one, other, release);
        (one, other)
    };
    both.boxed_local()
}

fn lock(person: &Person) -> String {
    format!("SELECT FROM account.accounts WHERE id = '{}' FOR UPDATE", person.id)
}

fn deletion(person: &Person) -> String {
    format!("DELETE FROM account.accounts WHERE id = '{}'", person.id)
}

#[tokio::test]
async fn two_who_block_each_other_do_not_wait_for_each_other() {
    let suite = Suite::start().await;
    // The oldest account is looked at first, when each of the others holds its own.
    let (cem, ann, ben) = (suite.user("Cem").await, suite.user("Ann").await, suite.user("Ben").await);
    let (anns, bens) = ([&*cem.id, &ben.id], [&*cem.id, &ann.id]);
    let calls = (block(&suite, &ann, &anns), block(&suite, &ben, &bens));
    let (one, other) = held_up(&suite, lock(&cem), calls).await;
    one.unwrap();
    other.unwrap();
    assert_eq!(user_settings(&suite, &ann).await.blocked_account_ids, [&*cem.id, &ben.id]);
    assert_eq!(user_settings(&suite, &ben).await.blocked_account_ids, [&*cem.id, &ann.id]);
}

#[tokio::test]
async fn two_organizations_that_name_each_other_do_not_wait_for_each_other() {
    let suite = Suite::start().await;
    let (feed, help, care) =
        (suite.organization("Feed").await, suite.organization("Help").await, suite.organization("Care").await);
    let (helps, cares) = ([&*feed.id, &care.id], [&*feed.id, &help.id]);
    let calls = (affiliate(&suite, &help, &helps), affiliate(&suite, &care, &cares));
    let (one, other) = held_up(&suite, lock(&feed), calls).await;
    one.unwrap();
    other.unwrap();
    assert_eq!(organization_profile(&suite, &help.id).await.affiliated_organization_ids, [&*feed.id, &care.id]);
    assert_eq!(organization_profile(&suite, &care.id).await.affiliated_organization_ids, [&*feed.id, &help.id]);
}

#[tokio::test]
async fn two_who_blocked_each_other_are_erased_at_once() {
    let suite = Suite::start().await;
    let (ann, ben, cem) = (suite.user("Ann").await, suite.user("Ben").await, suite.user("Cem").await);
    import_blocks(&suite, &ann.id, &[&ben.id, &cem.id]).await.unwrap();
    import_blocks(&suite, &ben.id, &[&ann.id, &cem.id]).await.unwrap();
    // When the last of those whom each has blocked are let go, each has come as far as it can without the other.
    let hold = format!("SELECT FROM account.blocks WHERE blocked_id = '{}' FOR UPDATE", cem.id);
    let (one, other) = held_up(&suite, hold, (erase(&suite, &ann.id), erase(&suite, &ben.id))).await;
    one.unwrap();
    other.unwrap();
    assert_eq!((traces(&suite, &ann.id).await, traces(&suite, &ben.id).await), (0, 0));
}

#[tokio::test]
async fn who_is_deleted_meanwhile_can_be_neither_blocked_nor_named() {
    let suite = Suite::start().await;
    let (ann, help, care) =
        (suite.user("Ann").await, suite.organization("Help").await, suite.organization("Care").await);
    let named = [&*care.id];
    let calls = (block(&suite, &ann, &named), affiliate(&suite, &help, &named));
    let (blocked, named) = held_up(&suite, deletion(&care), calls).await;
    assert_eq!(invalid_field(blocked), "settings.user.blocked_account_ids");
    assert_eq!(invalid_field(named), "profile.organization.affiliated_organization_ids");
    assert_eq!(traces(&suite, &care.id).await, 0);
}

#[tokio::test]
async fn what_changes_while_an_account_is_erased_brings_nothing_back() {
    let suite = Suite::start().await;
    let (ann, help, care) =
        (suite.user("Ann").await, suite.organization("Help").await, suite.organization("Care").await);
    let (cares, helps) = ([&*care.id], [&*help.id]);
    let naming = (0..10).map(|_| affiliate(&suite, &help, &cares));
    let blocking = (0..10).map(|_| block(&suite, &ann, &cares));
    let changing = (0..10).map(|_| affiliate(&suite, &care, &helps));
    let changes = async { futures::join!(join_all(naming), join_all(blocking), join_all(changing)) };
    let (_, erased) = futures::join!(changes, erase(&suite, &care.id));
    erased.unwrap();
    profile(&suite, None, &care.id).await.unwrap_err();
    // As auth has it done, when nothing is under way any more.
    erase(&suite, &care.id).await.unwrap();
    assert_eq!(traces(&suite, &care.id).await, 0);
}
