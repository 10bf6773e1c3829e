//! ListOpportunities.

use connectus_proto::{
    common::v1::ErrorReason,
    experience::v1::{ListOpportunitiesRequest, ListOpportunitiesResponse},
};
use connectus_testkit::{Person, Suite, invalid_field, refusal};
use tonic::{Code, Request, Status};

use super::{create, create_open, delete, get, show, sign_up};
use crate::support::unknown_id;

async fn page(
    suite: &Suite,
    viewer: Option<&Person>,
    organization_id: &str,
    (size, token): (i32, &str),
) -> Result<ListOpportunitiesResponse, Status> {
    let message = ListOpportunitiesRequest {
        organization_id: organization_id.to_owned(),
        page_size: size,
        page_token: token.to_owned(),
    };
    let request = match viewer {
        Some(viewer) => viewer.asks(message),
        None => Request::new(message),
    };
    Ok(suite.opportunities().list_opportunities(request).await?.into_inner())
}

#[tokio::test]
async fn each_is_listed_as_it_is_shown_alone() {
    let suite = Suite::start().await;
    let (ann, help, care) =
        (suite.user("Ann").await, suite.organization("Help").await, suite.organization("Care").await);
    let (apples, choir) = (create(&suite, &help, "Apples", 1, &[1]).await, create_open(&suite, &help, "Choir").await);
    create_open(&suite, &care, "Chess").await;
    sign_up(&suite, &ann, &apples, 0).await.unwrap();
    show(&suite, &ann, &choir.id, "").await.unwrap();
    for viewer in [None, Some(&ann), Some(&help), Some(&care)] {
        let listed = page(&suite, viewer, &help.id, (0, "")).await.unwrap();
        let alone = [get(&suite, viewer, &choir.id).await.unwrap(), get(&suite, viewer, &apples.id).await.unwrap()];
        assert_eq!((listed.opportunities, &*listed.next_page_token), (alone.to_vec(), ""));
    }
    let own = page(&suite, Some(&help), "me", (0, "")).await.unwrap();
    assert!(own.opportunities.iter().all(|one| one.interested_user_ids == [&*ann.id]));
}

#[tokio::test]
async fn pages_follow_each_other_while_opportunities_come_and_go() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(create_open(&suite, &help, &number.to_string()).await.id);
    }
    ids.reverse();
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let listed = page(&suite, None, &help.id, (2, &token)).await.unwrap();
        seen.extend(listed.opportunities.into_iter().map(|one| one.id));
        if token.is_empty() {
            create_open(&suite, &help, "new").await;
            delete(&suite, &help, &ids[1]).await.unwrap();
        }
        token = listed.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, ids);
    for size in [-1, 201] {
        assert_eq!(invalid_field(page(&suite, None, &help.id, (size, "")).await), "page_size");
    }
    assert_eq!(invalid_field(page(&suite, None, &help.id, (1, "x")).await), "page_token");
}

#[tokio::test]
async fn only_organizations_have_them() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let not_found = (Code::NotFound, ErrorReason::OrganizationNotFound);
    for id in [&*ann.id, "", "x", &unknown_id()] {
        assert_eq!(refusal(page(&suite, Some(&ann), id, (0, "")).await), not_found, "{id:?}");
    }
    let own = page(&suite, Some(&ann), "me", (0, "")).await;
    assert_eq!(refusal(own), (Code::PermissionDenied, ErrorReason::OrganizationAccountRequired));
    let nobodys = page(&suite, None, "me", (0, "")).await;
    assert_eq!(refusal(nobodys), (Code::Unauthenticated, ErrorReason::TokenMissing));
}

#[tokio::test]
async fn up_to_a_hundred_people_are_shown_latest_first() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let choir = create_open(&suite, &help, "Choir").await;
    let people = super::crowd(&suite, 3).await;
    // Of the first, who came first, there are copies enough to crowd him out; nobody knows them, though.
    for person in &people {
        show(&suite, person, &choir.id, "").await.unwrap();
    }
    let shown = get(&suite, Some(&help), &choir.id).await.unwrap().interested_user_ids;
    assert_eq!(shown, [&*people[2].id, &people[1].id, &people[0].id]);
    let strangers = "INSERT INTO experience.interests SELECT ('ffffffff-ffff-7000-8000-' || lpad(n::text, 12, '0'))::uuid, \
        opportunity_id, NULL, gen_random_uuid(), state, created_at \
        FROM (SELECT * FROM experience.interests LIMIT 1) i, generate_series(1, 99) n";
    suite.database.execute(strangers).await;
    let shown = get(&suite, Some(&help), &choir.id).await.unwrap().interested_user_ids;
    assert_eq!(shown, [&*people[2].id], "the hundredth, of whom only one has an account");
}
