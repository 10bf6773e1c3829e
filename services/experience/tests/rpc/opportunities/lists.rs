//! ListOpportunities.

use connectus_proto::{
    account::v1::GetAccountRequest,
    common::v1::ErrorReason,
    experience::v1::{Interest, ListOpportunitiesRequest, ListOpportunitiesResponse, SearchOpportunitiesRequest},
};
use connectus_testkit::{Person, Suite, invalid_field, refusal};
use tonic::{Code, Request, Status};

use super::{block, create, create_open, delete, get, interests, open_details, replace, show, sign_up};
use crate::support::{inbox, on_site, unknown_id};

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
async fn up_to_a_hundred_people_are_shown_latest_first_and_ten_in_a_list() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let choir = create_open(&suite, &help, "Choir").await;
    let people = super::crowd(&suite, 3).await;
    // Of the first, who came first, there are copies enough to crowd him out; nobody knows them, though.
    for person in &people {
        show(&suite, person, &choir.id, "").await.unwrap();
    }
    let shown = async || get(&suite, Some(&help), &choir.id).await.unwrap().interested_user_ids;
    let listed = async || {
        let list = page(&suite, Some(&help), "me", (0, "")).await.unwrap();
        let request = SearchOpportunitiesRequest { query: "choir".to_owned(), ..SearchOpportunitiesRequest::default() };
        let found = suite.opportunities().search_opportunities(help.asks(request)).await.unwrap().into_inner();
        assert_eq!(list.opportunities, found.opportunities);
        list.opportunities[0].interested_user_ids.clone()
    };
    let all = [&*people[2].id, &people[1].id, &people[0].id];
    assert_eq!((shown().await, listed().await), (all.map(str::to_owned).to_vec(), all.map(str::to_owned).to_vec()));
    let strangers = async |first: i32, last: i32| {
        let rows = format!(
            "INSERT INTO experience.interests SELECT ('ffffffff-ffff-7000-8000-' || lpad(n::text, 12, '0'))::uuid, \
            opportunity_id, NULL, gen_random_uuid(), state, created_at \
            FROM (SELECT * FROM experience.interests LIMIT 1) i, generate_series({first}, {last}) n"
        );
        suite.database.execute(&rows).await;
    };
    strangers(1, 9).await;
    assert_eq!(listed().await, [&*people[2].id], "the tenth, of whom only one has an account");
    strangers(10, 99).await;
    assert_eq!(shown().await, [&*people[2].id], "the hundredth");
    assert_eq!(listed().await, [""; 0]);
}

#[tokio::test]
async fn whom_to_show_is_found_without_a_look_at_whole_accounts() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    let choir = create_open(&suite, &help, "Choir").await;
    for person in [&ann, &ben] {
        show(&suite, person, &choir.id, "").await.unwrap();
        crate::support::create(&suite, person, "x", on_site(&help)).await.unwrap();
    }
    block(&suite, &ben, &help).await;
    // No account can be read as a whole from here.
    suite.database.execute("ALTER TABLE account.accounts RENAME COLUMN header_url TO picture").await;
    let whole = suite.account().get_account(GetAccountRequest { account_id: ann.id.clone() }).await;
    assert_eq!(whole.unwrap_err().code(), Code::Internal);
    let request = SearchOpportunitiesRequest::default();
    let found = suite.opportunities().search_opportunities(help.asks(request)).await.unwrap().into_inner();
    assert_eq!(found.opportunities[0].interested_user_ids, [&*ann.id]);
    assert_eq!(get(&suite, Some(&help), &choir.id).await.unwrap().interested_user_ids, [&*ann.id]);
    let replaced = replace(&suite, &help, &choir.id, open_details("Choir"), Vec::new()).await.unwrap();
    assert_eq!(replaced.interested_user_ids, [&*ann.id]);
    let people = |list: Vec<Interest>| list.into_iter().map(|one| one.user_id).collect::<Vec<_>>();
    assert_eq!(people(interests(&suite, &help, &choir.id).await), [&*ann.id]);
    let asked: Vec<_> = inbox(&suite, &help).await.into_iter().map(|one| one.user_id).collect();
    assert_eq!(asked, [&*ann.id]);
}
