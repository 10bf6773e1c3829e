//! The organizations that an organization belongs with.

use connectus_proto::account::v1::{OrganizationProfile, UpdateProfileResponse};
use connectus_testkit::{Person, Suite, invalid_field};
use tonic::{Response, Status};

use crate::support::{borrowed, crowd, organization_profile, unknown_id, update_organization};

const FIELD: &str = "profile.organization.affiliated_organization_ids";

async fn affiliate(
    suite: &Suite,
    organization: &Person,
    ids: &[&str],
) -> Result<Response<UpdateProfileResponse>, Status> {
    let affiliated_organization_ids = ids.iter().map(ToString::to_string).collect();
    let new = OrganizationProfile { affiliated_organization_ids, ..OrganizationProfile::default() };
    update_organization(suite, organization, new, &["affiliated_organization_ids"]).await
}

async fn affiliations(suite: &Suite, organization: &Person) -> Vec<String> {
    organization_profile(suite, &organization.id).await.affiliated_organization_ids
}

#[tokio::test]
async fn affiliations_keep_their_order_and_each_counts_once() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let others = crowd(&suite, "organization", 3).await;
    let [a, b, c] = &*borrowed(&others) else { unreachable!() };
    affiliate(&suite, &help, &[c, a, &c.to_uppercase(), b]).await.unwrap();
    assert_eq!(affiliations(&suite, &help).await, [*c, a, b]);
}

#[tokio::test]
async fn only_other_organizations_are_affiliated() {
    let suite = Suite::start().await;
    let (help, ann) = (suite.organization("Help").await, suite.user("Ann").await);
    let other = crowd(&suite, "organization", 1).await.remove(0);
    affiliate(&suite, &help, &[&other]).await.unwrap();
    for id in [&ann.id, &unknown_id(), &help.id, "me", "x", "", "\0"] {
        assert_eq!(invalid_field(affiliate(&suite, &help, &[&other, id]).await), FIELD, "{id:?}");
    }
    assert_eq!(affiliations(&suite, &help).await, [other]);
}

#[tokio::test]
async fn two_hundred_organizations_are_affiliated_at_most() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let crowd = crowd(&suite, "organization", 201).await;
    let ids = borrowed(&crowd);
    assert_eq!(invalid_field(affiliate(&suite, &help, &ids).await), FIELD);
    affiliate(&suite, &help, &ids[..200]).await.unwrap();
    assert_eq!(affiliations(&suite, &help).await, ids[..200]);
}

#[tokio::test]
async fn one_that_is_gone_hinders_no_other_change() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let others = crowd(&suite, "organization", 2).await;
    let (gone, other) = (&others[0], &others[1]);
    affiliate(&suite, &help, &[gone]).await.unwrap();
    suite.database.execute(&format!("DELETE FROM account.accounts WHERE id = '{gone}'")).await;
    let new = OrganizationProfile { mission: "Help".to_owned(), ..OrganizationProfile::default() };
    update_organization(&suite, &help, new, &["mission"]).await.unwrap();
    assert_eq!(organization_profile(&suite, &help.id).await.mission, "Help");
    assert_eq!(invalid_field(affiliate(&suite, &help, &[gone, other]).await), FIELD);
}
