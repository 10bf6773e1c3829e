//! Races about a mailed link: of decisions at once one wins, and none confirms a text that was not shown.

use connectus_proto::{
    common::v1::ErrorReason,
    experience::v1::{Decision, ValidationState},
};
use connectus_testkit::{Mail, Person, Suite, refusal};
use futures::future::join_all;
use tonic::Code;

use crate::{
    delivery::deliver_again,
    support::{
        BOSS, asked_by_mail, count, create_and_ask, decide_link, delete, list, one_after_the_other, only, replace,
        stand, until_delivered,
    },
};

const INVALID: (Code, ErrorReason) = (Code::InvalidArgument, ErrorReason::LinkInvalid);

/// Decides by these links at once, in turns for and against. Exactly one decision wins, and stands.
async fn one_wins(suite: &Suite, person: &Person, tokens: &[&str]) {
    let decisions = [Decision::Approve, Decision::Decline].into_iter().cycle().take(20);
    let decisions: Vec<_> = decisions.zip(tokens.iter().cycle()).collect();
    let answers = join_all(decisions.iter().map(|(decision, token)| decide_link(suite, token, *decision))).await;
    let mut won = Vec::new();
    for ((decision, _), answer) in decisions.iter().zip(answers) {
        match answer {
            Ok(()) => won.push(*decision),
            lost => assert_eq!(refusal(lost), INVALID),
        }
    }
    let state = match won[..] {
        [Decision::Approve] => ValidationState::Verified,
        [Decision::Decline] => ValidationState::Declined,
        _ => panic!("one wins: {won:?}"),
    };
    assert_eq!(stand(&only(suite, person).await).1, state);
    assert_eq!(count(suite, "approval_links").await, 0);
}

#[tokio::test]
async fn of_decisions_by_one_link_at_once_one_wins() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (_, mail) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    until_delivered(&suite).await;
    one_wins(&suite, &ann, &[mail.token()]).await;
}

#[tokio::test]
async fn of_decisions_by_several_links_of_a_request_at_once_one_wins() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (_, first) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    until_delivered(&suite).await;
    // A message may be delivered twice, and each time makes a link.
    deliver_again(&suite).await;
    let second = suite.mail.next(BOSS).await;
    until_delivered(&suite).await;
    one_wins(&suite, &ann, &[first.token(), first.token(), second.token()]).await;
}

#[tokio::test]
async fn an_approval_that_comes_after_the_replacement_confirms_nothing() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (asked, mail) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    until_delivered(&suite).await;
    let (replaced, approved) = one_after_the_other(
        &suite,
        replace(&suite, &ann, &asked.id, "President", BOSS),
        decide_link(&suite, mail.token(), Decision::Approve),
    )
    .await;
    assert_eq!(refusal(approved), INVALID);
    assert_eq!(stand(&replaced.unwrap()), ("President", ValidationState::PendingByMail));
    assert_eq!(stand(&only(&suite, &ann).await), ("President", ValidationState::PendingByMail));
}

#[tokio::test]
async fn an_approval_that_comes_before_the_replacement_confirms_only_the_old_text() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (asked, mail) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    until_delivered(&suite).await;
    let (approved, replaced) = one_after_the_other(
        &suite,
        decide_link(&suite, mail.token(), Decision::Approve),
        replace(&suite, &ann, &asked.id, "President", BOSS),
    )
    .await;
    approved.unwrap();
    assert_eq!(stand(&replaced.unwrap()), ("President", ValidationState::PendingByMail));
    assert_eq!(stand(&only(&suite, &ann).await), ("President", ValidationState::PendingByMail));
    let new = suite.mail.next(BOSS).await;
    decide_link(&suite, new.token(), Decision::Decline).await.unwrap();
    assert_eq!(stand(&only(&suite, &ann).await), ("President", ValidationState::Declined));
}

#[tokio::test]
async fn of_replacements_at_once_only_the_last_ones_link_works() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (asked, old) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    until_delivered(&suite).await;
    let (first, second) = one_after_the_other(
        &suite,
        replace(&suite, &ann, &asked.id, "Treasurer", "first@example.net"),
        replace(&suite, &ann, &asked.id, "President", BOSS),
    )
    .await;
    first.unwrap();
    second.unwrap();
    let new = suite.mail.next(BOSS).await;
    until_delivered(&suite).await;
    let earlier = suite.mail.received();
    for token in earlier.iter().map(Mail::token).chain([old.token()]) {
        assert_eq!(refusal(decide_link(&suite, token, Decision::Approve).await), INVALID);
    }
    decide_link(&suite, new.token(), Decision::Approve).await.unwrap();
    assert_eq!(stand(&only(&suite, &ann).await), ("President", ValidationState::Verified));
}

#[tokio::test]
async fn an_experience_that_is_deleted_meanwhile_stays_deleted() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let not_found = (Code::NotFound, ErrorReason::ExperienceNotFound);
    let (asked, mail) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    until_delivered(&suite).await;
    let approve = decide_link(&suite, mail.token(), Decision::Approve);
    let (deleted, approved) = one_after_the_other(&suite, delete(&suite, &ann, &asked.id), approve).await;
    deleted.unwrap();
    assert_eq!(refusal(approved), INVALID);
    let (asked, _) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    until_delivered(&suite).await;
    let replacement = replace(&suite, &ann, &asked.id, "President", BOSS);
    let (deleted, replaced) = one_after_the_other(&suite, delete(&suite, &ann, &asked.id), replacement).await;
    deleted.unwrap();
    assert_eq!(refusal(replaced), not_found);
    until_delivered(&suite).await;
    assert_eq!(list(&suite, None, &ann.id).await.unwrap(), []);
    assert!(asked_by_mail(&suite).is_empty());
}
