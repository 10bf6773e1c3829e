//! ListConfirmedExperiences and ListConfirmedAccounts: what an organization has confirmed on the site, and of whom.

use connectus_proto::experience::v1::{
    ConfirmedExperience, Decision, ListConfirmedAccountsRequest, ListConfirmedExperiencesRequest,
};
use connectus_testkit::{Person, Suite, invalid_field};
use tonic::Status;

use crate::support::{create, create_and_ask, decide, decide_link, former, former_id, import, on_site, replace};

async fn list(
    suite: &Suite,
    (organization, person): (&str, &str),
    after: &str,
) -> Result<Vec<ConfirmedExperience>, Status> {
    let request = suite.as_service(ListConfirmedExperiencesRequest {
        organization_id: organization.to_owned(),
        account_id: person.to_owned(),
        after_experience_id: after.to_owned(),
    });
    Ok(suite.experience_internal().list_confirmed_experiences(request).await?.into_inner().experiences)
}

async fn accounts(suite: &Suite, organization: &str, after: &str) -> Result<Vec<String>, Status> {
    let (organization_id, after_account_id) = (organization.to_owned(), after.to_owned());
    let request = suite.as_service(ListConfirmedAccountsRequest { organization_id, after_account_id });
    Ok(suite.experience_internal().list_confirmed_accounts(request).await?.into_inner().account_ids)
}

async fn confirmed(suite: &Suite, person: &Person, organization: &Person, name: &str) -> String {
    let made = create(suite, person, name, on_site(organization)).await.unwrap();
    decide(suite, organization, (&person.id, &made.id), Decision::Approve).await.unwrap();
    made.id
}

#[tokio::test]
async fn what_is_confirmed_is_listed_with_hours_and_times() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let (help, care) = (suite.organization("Help").await, suite.organization("Care").await);
    let soup = confirmed(&suite, &ann, &help, "Soup").await;
    let bread = confirmed(&suite, &ann, &help, "Bread").await;
    let gone = confirmed(&suite, &ann, &help, "Gone").await;
    replace(&suite, &ann, &gone, "Gone", &help.id).await.unwrap();
    confirmed(&suite, &ann, &care, "Care").await;
    let (_, mail) = create_and_ask(&suite, &ann, "By mail").await;
    decide_link(&suite, mail.token(), Decision::Approve).await.unwrap();
    let declined = create(&suite, &ben, "Declined", on_site(&help)).await.unwrap();
    decide(&suite, &help, (&ben.id, &declined.id), Decision::Decline).await.unwrap();

    let all = list(&suite, (&help.id, &ann.id), "").await.unwrap();
    let found: Vec<(&str, &str)> = all.iter().map(|one| (&*one.id, &*one.name)).collect();
    assert_eq!(found, [(&*soup, "Soup"), (&*bread, "Bread")]);
    assert_eq!((all[0].hours, &*all[0].begin, &*all[0].end), (12, "May 2025", "June 2025"));
    assert!(all[0].confirm_time.unwrap().seconds > 1_700_000_000);
    assert_eq!(list(&suite, (&help.id, &ann.id), &soup).await.unwrap(), all[1..]);
    assert!(list(&suite, (&help.id, &ben.id), "").await.unwrap().is_empty());
    assert_eq!(accounts(&suite, &help.id, "").await.unwrap(), std::slice::from_ref(&ann.id));
    assert!(accounts(&suite, &help.id, &ann.id).await.unwrap().is_empty());

    assert_eq!(invalid_field(list(&suite, ("x", &ann.id), "").await), "organization_id");
    assert_eq!(invalid_field(list(&suite, (&help.id, "x"), "").await), "account_id");
    assert_eq!(invalid_field(list(&suite, (&help.id, &ann.id), "x").await), "after_experience_id");
    assert_eq!(invalid_field(accounts(&suite, "x", "").await), "organization_id");
    assert_eq!(invalid_field(accounts(&suite, &help.id, "x").await), "after_account_id");
}

#[tokio::test]
async fn each_person_is_listed_once_and_page_by_page() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    confirmed(&suite, &ann, &help, "Soup").await;
    let columns = "name, description, opportunity_id, street, city, province, country, postal_code, apt_number, \
        longitude, latitude, begins, ends, hours, created_at, organization_id, organization_email, validation_state, \
        request_id, decided_by, decided_at, organization_name";
    let copies = format!(
        "WITH people AS MATERIALIZED (SELECT gen_random_uuid() AS id FROM generate_series(1, 600)) \
        INSERT INTO experience.experiences (id, user_id, {columns}) SELECT gen_random_uuid(), p.id, {columns} \
        FROM experience.experiences CROSS JOIN people p CROSS JOIN generate_series(1, 2)"
    );
    suite.database.execute(&copies).await;
    let first = accounts(&suite, &help.id, "").await.unwrap();
    let second = accounts(&suite, &help.id, first.last().unwrap()).await.unwrap();
    assert_eq!((first.len(), second.len()), (500, 101));
    let mut all = [first, second].concat();
    assert!(all.is_sorted());
    all.dedup();
    assert_eq!(all.len(), 601);
    let other = all.iter().find(|id| **id != ann.id).unwrap();
    assert_eq!(list(&suite, (&help.id, other), "").await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_taken_over_counts_too() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    import(&suite, &former_id(), &[former("Choir", on_site(&help))]).await.unwrap();
    let known = accounts(&suite, &help.id, "").await.unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!(list(&suite, (&help.id, &known[0]), "").await.unwrap()[0].name, "Choir");
}
