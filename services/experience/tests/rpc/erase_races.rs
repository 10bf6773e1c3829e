//! What happens to an account's experiences and decisions while it is erased.

use connectus_proto::{
    common::v1::ErrorReason,
    experience::v1::{Decision, ValidationState},
};
use connectus_testkit::{Suite, refusal};
use futures::future::join_all;
use tonic::Code;

use crate::support::{
    BOSS, by_mail, count, create, create_and_ask, decide, decide_link, erase, list, on_site, one_after_the_other, only,
    replace, stand, stored, traces, until_delivered,
};

#[tokio::test]
async fn a_decision_after_the_organization_is_erased_confirms_nothing() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    let decision = decide(&suite, &help, (&ann.id, &asked.id), Decision::Approve);
    let (erased, decided) = one_after_the_other(&suite, erase(&suite, &help.id), decision).await;
    erased.unwrap();
    assert_eq!(refusal(decided), (Code::NotFound, ErrorReason::ValidationNotFound));
    assert_eq!(stand(&only(&suite, &ann).await), ("Soup kitchen", ValidationState::NotRequested));
    assert_eq!(traces(&suite, &help.id).await, 0);
}

#[tokio::test]
async fn a_decision_before_the_organization_is_erased_stays() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    let decision = decide(&suite, &help, (&ann.id, &asked.id), Decision::Approve);
    let (decided, erased) = one_after_the_other(&suite, decision, erase(&suite, &help.id)).await;
    decided.unwrap();
    erased.unwrap();
    let experience = only(&suite, &ann).await;
    assert_eq!(stand(&experience), ("Soup kitchen", ValidationState::Verified));
    let validation = experience.validation.unwrap();
    assert_eq!((validation.organization_name.as_str(), validation.validator), ("Help", on_site(&help)));
}

#[tokio::test]
async fn of_decisions_and_an_erasure_at_once_nothing_is_half_done() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    for _ in 0..5 {
        let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
        let decisions = [Decision::Approve, Decision::Decline].repeat(3);
        let deciding =
            join_all(decisions.iter().map(|decision| decide(&suite, &help, (&ann.id, &asked.id), *decision)));
        let (decided, erased) = futures::join!(deciding, erase(&suite, &help.id));
        erased.unwrap();
        let won: Vec<_> =
            decisions.iter().zip(&decided).filter(|(_, answer)| answer.is_ok()).map(|(won, _)| won).collect();
        let (state, name, validator) = match won[..] {
            [] => (ValidationState::NotRequested, "", None),
            [Decision::Approve] => (ValidationState::Verified, "Help", on_site(&help)),
            [Decision::Decline] => (ValidationState::Declined, "Help", on_site(&help)),
            _ => panic!("one wins at most: {won:?}"),
        };
        let validation = list(&suite, None, &ann.id).await.unwrap().remove(0).validation.unwrap();
        assert_eq!((validation.state(), &*validation.organization_name), (state, name));
        assert_eq!(validation.validator, validator);
        assert_eq!(validation.decide_time.is_some(), !won.is_empty());
    }
}

#[tokio::test]
async fn a_decision_about_a_person_who_is_erased_finds_nothing() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    let decision = decide(&suite, &help, (&ann.id, &asked.id), Decision::Approve);
    let (erased, decided) = one_after_the_other(&suite, erase(&suite, &ann.id), decision).await;
    erased.unwrap();
    assert_eq!(refusal(decided), (Code::NotFound, ErrorReason::ExperienceNotFound));
    assert_eq!(stored(&suite).await, "||");
    let (_, mail) = create_and_ask(&suite, &ann, "Choir").await;
    until_delivered(&suite).await;
    let decision = decide_link(&suite, mail.token(), Decision::Approve);
    let (erased, decided) = one_after_the_other(&suite, erase(&suite, &ann.id), decision).await;
    erased.unwrap();
    assert_eq!(refusal(decided), (Code::InvalidArgument, ErrorReason::LinkInvalid));
    assert_eq!(stored(&suite).await, "||");
}

#[tokio::test]
async fn a_decision_about_a_person_who_is_erased_right_after_it_leaves_nothing() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    let decision = decide(&suite, &help, (&ann.id, &asked.id), Decision::Approve);
    let (decided, erased) = one_after_the_other(&suite, decision, erase(&suite, &ann.id)).await;
    decided.unwrap();
    erased.unwrap();
    assert_eq!(stored(&suite).await, "||");
}

#[tokio::test]
async fn a_replacement_by_a_person_who_is_erased_brings_nothing_back() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (asked, _) = create_and_ask(&suite, &ann, "Choir").await;
    until_delivered(&suite).await;
    let replacement = replace(&suite, &ann, &asked.id, "President", BOSS);
    let (erased, replaced) = one_after_the_other(&suite, erase(&suite, &ann.id), replacement).await;
    erased.unwrap();
    assert_eq!(refusal(replaced), (Code::NotFound, ErrorReason::ExperienceNotFound));
    assert_eq!(stored(&suite).await, "||");
}

#[tokio::test]
async fn what_is_written_while_a_person_is_erased_is_there_as_a_whole_or_not_at_all() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let creating = (0..10).map(|number| {
        let (suite, ann) = (&suite, &ann);
        async move { create(suite, ann, "Choir", by_mail(&format!("boss{number}@example.net"))).await }
    });
    let (created, erased) = futures::join!(join_all(creating), erase(&suite, &ann.id));
    erased.unwrap();
    until_delivered(&suite).await;
    let made: Vec<_> = created.into_iter().map(|answer| answer.unwrap().id).collect();
    let left = list(&suite, None, &ann.id).await.unwrap();
    assert!(left.iter().all(|experience| made.contains(&experience.id)));
    // As auth has it done, when nothing is under way any more.
    erase(&suite, &ann.id).await.unwrap();
    assert_eq!((stored(&suite).await, count(&suite, "experiences").await), ("||".to_owned(), 0));
}
