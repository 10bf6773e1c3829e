//! Reads that may be stale, where the database has a replica that is held up: what it does not have tells that it answered.

use std::fmt::Debug;

use connectus_proto::{
    common::v1::ErrorReason,
    experience::v1::{
        CreateExperienceRequest, GetOpportunityRequest, ListExperiencesRequest, ListOpportunitiesRequest,
        SearchOpportunitiesRequest,
    },
};
use connectus_testkit::{Behind, Person, Suite, patient, refusal};
use tonic::{Code, Request, Response, Status};

use crate::{
    opportunities,
    support::{create, details, list, on_site},
};

/// Whether an answer has what was written last; an error has not.
fn has_it<M: Debug>(answer: Result<Response<M>, Status>) -> bool {
    answer.is_ok_and(|answer| format!("{answer:?}").contains("After"))
}

/// Whether the rpcs that may be stale answer somebody with what was written last.
async fn have_it(suite: &Suite, who: &Person, can_wait: bool, opportunity_id: &str) -> [(&'static str, bool); 4] {
    fn asks<M>(who: &Person, can_wait: bool, message: M) -> Request<M> {
        if can_wait { patient(who.asks(message)) } else { who.asks(message) }
    }
    let (mut experience, mut opportunities) = (suite.experience(), suite.opportunities());
    let (id, opportunity_id) = (who.id.clone(), opportunity_id.to_owned());
    let listed = ListExperiencesRequest { user_id: id, ..ListExperiencesRequest::default() };
    let opportunity = GetOpportunityRequest { opportunity_id };
    let all =
        suite.database.value::<String>("SELECT organization_id::text FROM experience.opportunities LIMIT 1").await;
    let of_one = ListOpportunitiesRequest { organization_id: all, ..ListOpportunitiesRequest::default() };
    let search = SearchOpportunitiesRequest::default();
    [
        ("ListExperiences", has_it(experience.list_experiences(asks(who, can_wait, listed)).await)),
        ("GetOpportunity", has_it(opportunities.get_opportunity(asks(who, can_wait, opportunity)).await)),
        ("ListOpportunities", has_it(opportunities.list_opportunities(asks(who, can_wait, of_one)).await)),
        ("SearchOpportunities", has_it(opportunities.search_opportunities(asks(who, can_wait, search)).await)),
    ]
}

#[tokio::test]
async fn what_anybody_may_see_is_answered_by_the_replica_to_who_can_wait() {
    let behind = Behind::start().await;
    let suite = &behind.suite;
    let (ann, acme) = (suite.user("Ann").await, suite.organization("Acme").await);
    create(suite, &ann, "Before", None).await.unwrap();
    opportunities::create(suite, &acme, "Before", 2, &[1]).await;
    behind.hold().await;
    create(suite, &ann, "After", None).await.unwrap();
    let id = opportunities::create(suite, &acme, "After", 2, &[1]).await.id;
    for can_wait in [true, false] {
        for (rpc, has_it) in have_it(suite, &ann, can_wait, &id).await {
            assert_eq!(has_it, !can_wait, "{rpc}");
        }
    }
}

#[tokio::test]
async fn what_a_read_asks_of_another_service_may_be_as_old_and_what_a_write_asks_may_not() {
    let behind = Behind::start().await;
    let suite = &behind.suite;
    let ann = suite.user("Ann").await;
    behind.hold().await;
    let (ben, acme) = (suite.user("Ben").await, suite.organization("Acme").await);
    // The replica of account has not heard of them.
    let listed = ListExperiencesRequest { user_id: ben.id.clone(), ..ListExperiencesRequest::default() };
    let listed = suite.experience().list_experiences(patient(ann.asks(listed))).await;
    assert_eq!(refusal(listed), (Code::NotFound, ErrorReason::UserNotFound));
    assert_eq!(list(suite, Some(&ann), &ben.id).await.unwrap(), []);
    let made = CreateExperienceRequest { details: Some(details("Soup")), validator: on_site(&acme) };
    suite.experience().create_experience(patient(ann.asks(made))).await.unwrap();
}
