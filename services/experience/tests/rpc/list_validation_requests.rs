//! ListValidationRequests: an organization's inbox.

use chrono::Utc;
use connectus_proto::{
    common::v1::ErrorReason,
    experience::v1::{Decision, ListValidationRequestsRequest, ListValidationRequestsResponse, ValidationRequest},
};
use connectus_testkit::{Person, Suite, invalid_field, refusal};
use tonic::{Code, Status};

use crate::support::{create, create_and_ask, decide, inbox, on_site, replace};

/// One page of an organization's inbox.
async fn page(
    suite: &Suite,
    organization: &Person,
    page_size: i32,
    token: &str,
) -> Result<ListValidationRequestsResponse, Status> {
    let request = ListValidationRequestsRequest { page_size, page_token: token.to_owned() };
    Ok(suite.experience().list_validation_requests(organization.asks(request)).await?.into_inner())
}

fn ids(requests: &[ValidationRequest]) -> Vec<&str> {
    requests.iter().map(|request| &*request.experience_id).collect()
}

/// Asks an organization about so many experiences, and answers their ids, newest first.
async fn ask(suite: &Suite, person: &Person, organization: &Person, many: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..many {
        ids.insert(0, create(suite, person, "Soup kitchen", on_site(organization)).await.unwrap().id);
    }
    ids
}

/// Copies the one request of an organization, so that there are so many more.
async fn multiply(suite: &Suite, many: usize) {
    let copies = format!(
        "INSERT INTO experience.experiences \
         SELECT gen_random_uuid(), user_id, name, description, opportunity_id, street, city, province, country, \
             postal_code, apt_number, longitude, latitude, begins, ends, hours, created_at, organization_id, \
             organization_email, validation_state, gen_random_uuid() \
         FROM experience.experiences, generate_series(1, {many})"
    );
    suite.database.execute(&copies).await;
}

#[tokio::test]
async fn an_inbox_has_what_waits_for_the_organization_and_nothing_else() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let (help, care) = (suite.organization("Help").await, suite.organization("Care").await);
    let first = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    create(&suite, &ann, "Nursing", on_site(&care)).await.unwrap();
    create(&suite, &ann, "Reading", None).await.unwrap();
    create_and_ask(&suite, &ann, "Choir").await;
    let second = create(&suite, &ben, "Garden", on_site(&help)).await.unwrap();
    let requests = inbox(&suite, &help).await;
    assert_eq!(ids(&requests), [&*second.id, &first.id]);
    assert_eq!(requests.iter().map(|request| &*request.user_id).collect::<Vec<_>>(), [&*ben.id, &ann.id]);
    for request in requests {
        let age = Utc::now().timestamp() - request.create_time.unwrap().seconds;
        assert!((0..60).contains(&age), "{age}");
    }
}

#[tokio::test]
async fn what_is_decided_waits_no_more() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    for decision in [Decision::Approve, Decision::Decline] {
        let asked = ask(&suite, &ann, &help, 2).await;
        decide(&suite, &help, (&ann.id, &asked[0]), decision).await.unwrap();
        assert_eq!(ids(&inbox(&suite, &help).await), [&*asked[1]]);
        decide(&suite, &help, (&ann.id, &asked[1]), decision).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_asked_anew_counts_as_newest() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let asked = ask(&suite, &ann, &help, 3).await;
    replace(&suite, &ann, &asked[2], "Soup kitchen, again", &help.id).await.unwrap();
    assert_eq!(ids(&inbox(&suite, &help).await), [&*asked[2], &asked[0], &asked[1]]);
}

#[tokio::test]
async fn pages_follow_each_other_while_requests_come_and_go() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let asked = ask(&suite, &ann, &help, 5).await;
    let first = page(&suite, &help, 2, "").await.unwrap();
    assert_eq!(ids(&first.requests), asked[..2]);
    ask(&suite, &ann, &help, 1).await;
    decide(&suite, &help, (&ann.id, &asked[1]), Decision::Approve).await.unwrap();
    let second = page(&suite, &help, 2, &first.next_page_token).await.unwrap();
    assert_eq!(ids(&second.requests), asked[2..4]);
    let last = page(&suite, &help, 2, &second.next_page_token).await.unwrap();
    assert_eq!((ids(&last.requests), &*last.next_page_token), (vec![&*asked[4]], ""));
}

#[tokio::test]
async fn pages_have_fifty_or_up_to_two_hundred() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    ask(&suite, &ann, &help, 1).await;
    multiply(&suite, 200).await;
    for (size, length) in [(0, 50), (1, 1), (200, 200)] {
        let page = page(&suite, &help, size, "").await.unwrap();
        assert_eq!(page.requests.len(), length);
        assert_ne!(page.next_page_token, "");
    }
    for size in [-1, 201, i32::MIN, i32::MAX] {
        assert_eq!(invalid_field(page(&suite, &help, size, "").await), "page_size", "{size}");
    }
}

#[tokio::test]
async fn a_token_that_is_none_is_refused() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    for bad in ["x", "\0", "====", &help.id] {
        assert_eq!(invalid_field(page(&suite, &help, 1, bad).await), "page_token", "{bad:?}");
    }
}

#[tokio::test]
async fn a_person_has_no_inbox() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let answer = page(&suite, &ann, 0, "").await;
    assert_eq!(refusal(answer), (Code::PermissionDenied, ErrorReason::OrganizationAccountRequired));
}
