//! DecideValidation.

use chrono::Utc;
use connectus_proto::{
    common::v1::ErrorReason,
    experience::v1::{DecideValidationRequest, Decision, ValidationState},
};
use connectus_testkit::{Suite, invalid_field, refusal};
use futures::future::join_all;
use tonic::Code;

use crate::support::{
    create, create_and_ask, decide, inbox, on_site, one_after_the_other, only, replace, stand, stored, unknown_id,
};

const NOTHING_WAITS: (Code, ErrorReason) = (Code::NotFound, ErrorReason::ValidationNotFound);

#[tokio::test]
async fn an_organization_decides_what_waits_for_it() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    for (name, decision, state) in
        [("Ann", Decision::Approve, ValidationState::Verified), ("Ben", Decision::Decline, ValidationState::Declined)]
    {
        let person = suite.user(name).await;
        let asked = create(&suite, &person, "Soup kitchen", on_site(&help)).await.unwrap();
        decide(&suite, &help, (&person.id, &asked.id), decision).await.unwrap();
        let mut decided = only(&suite, &person).await;
        let validation = decided.validation.as_mut().unwrap();
        assert_eq!(validation.state(), state);
        let age = Utc::now().timestamp() - validation.decide_time.take().unwrap().seconds;
        assert!((0..60).contains(&age), "{age}");
        assert_eq!(std::mem::take(&mut validation.organization_name), "Help");
        // Nothing else changes, also of one that is declined.
        validation.set_state(ValidationState::PendingOnSite);
        assert_eq!(decided, asked);
    }
}

#[tokio::test]
async fn who_decided_is_kept() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    decide(&suite, &help, (&ann.id, &asked.id), Decision::Approve).await.unwrap();
    assert_eq!(suite.database.value::<String>("SELECT decided_by FROM experience.experiences").await, help.id);
}

#[tokio::test]
async fn what_is_decided_is_decided() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    for first in [Decision::Approve, Decision::Decline] {
        let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
        decide(&suite, &help, (&ann.id, &asked.id), first).await.unwrap();
        let before = stored(&suite).await;
        for second in [Decision::Approve, Decision::Decline] {
            let answer = decide(&suite, &help, (&ann.id, &asked.id), second).await;
            assert_eq!(refusal(answer), NOTHING_WAITS, "{second:?} after {first:?}");
        }
        assert_eq!(stored(&suite).await, before);
    }
}

#[tokio::test]
async fn only_the_organization_that_is_asked_decides() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let (care, ben) = (suite.organization("Care").await, suite.user("Ben").await);
    let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    let before = stored(&suite).await;
    let by_care = decide(&suite, &care, (&ann.id, &asked.id), Decision::Approve).await;
    assert_eq!(refusal(by_care), NOTHING_WAITS);
    for person in [&ann, &ben] {
        let answer = decide(&suite, person, (&ann.id, &asked.id), Decision::Approve).await;
        assert_eq!(refusal(answer), (Code::PermissionDenied, ErrorReason::OrganizationAccountRequired));
    }
    assert_eq!(stored(&suite).await, before);
}

#[tokio::test]
async fn what_waits_for_nobody_or_for_a_mail_is_no_organizations() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let asks_nobody = create(&suite, &ann, "Reading", None).await.unwrap();
    let (asks_by_mail, _) = create_and_ask(&suite, &ann, "Choir").await;
    for experience in [asks_nobody, asks_by_mail] {
        let answer = decide(&suite, &help, (&ann.id, &experience.id), Decision::Approve).await;
        assert_eq!(refusal(answer), NOTHING_WAITS);
    }
}

#[tokio::test]
async fn the_person_must_exist_and_the_experience_be_theirs() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    let before = stored(&suite).await;
    for user in [&help.id, &unknown_id(), "", "me", "x", "\0"] {
        let answer = decide(&suite, &help, (user, &asked.id), Decision::Approve).await;
        assert_eq!(refusal(answer), (Code::NotFound, ErrorReason::UserNotFound), "{user:?}");
    }
    let of_ben = decide(&suite, &help, (&ben.id, &asked.id), Decision::Approve).await;
    assert_eq!(refusal(of_ben), (Code::NotFound, ErrorReason::ExperienceNotFound));
    for id in [&unknown_id(), "", "x", "\0"] {
        let answer = decide(&suite, &help, (&ann.id, id), Decision::Approve).await;
        assert_eq!(refusal(answer), (Code::NotFound, ErrorReason::ExperienceNotFound), "{id:?}");
    }
    assert_eq!(stored(&suite).await, before);
}

#[tokio::test]
async fn a_person_who_blocked_the_organization_is_not_found() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    let block = format!("INSERT INTO account.blocks VALUES ('{}', '{}')", ann.id, help.id);
    suite.database.execute(&block).await;
    let answer = decide(&suite, &help, (&ann.id, &asked.id), Decision::Approve).await;
    assert_eq!(refusal(answer), (Code::NotFound, ErrorReason::UserNotFound));
}

#[tokio::test]
async fn a_decision_is_one_of_the_two() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    let before = stored(&suite).await;
    for decision in [0, 3, -1, i32::MAX] {
        let request = DecideValidationRequest {
            user_id: ann.id.clone(),
            experience_id: asked.id.clone(),
            decision,
            request_id: String::new(),
        };
        let answer = suite.experience().decide_validation(help.asks(request)).await;
        assert_eq!(invalid_field(answer), "decision", "{decision}");
    }
    assert_eq!(stored(&suite).await, before);
}

#[tokio::test]
async fn of_decisions_at_once_one_wins() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    let decisions = [Decision::Approve, Decision::Decline].repeat(10);
    let answers = decisions.iter().map(|decision| decide(&suite, &help, (&ann.id, &asked.id), *decision));
    let (mut won, mut lost) = (Vec::new(), 0);
    for (decision, answer) in decisions.iter().zip(join_all(answers).await) {
        if answer.is_ok() {
            won.push(*decision);
        } else {
            assert_eq!(refusal(answer), NOTHING_WAITS);
            lost += 1;
        }
    }
    assert_eq!((won.len(), lost), (1, 19));
    let state = if won[0] == Decision::Approve { ValidationState::Verified } else { ValidationState::Declined };
    assert_eq!(stand(&only(&suite, &ann).await).1, state);
    assert!(inbox(&suite, &help).await.is_empty());
}

#[tokio::test]
async fn what_is_replaced_after_the_decision_waits_again() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    let (decided, replaced) = one_after_the_other(
        &suite,
        decide(&suite, &help, (&ann.id, &asked.id), Decision::Approve),
        replace(&suite, &ann, &asked.id, "President", &help.id),
    )
    .await;
    decided.unwrap();
    assert_eq!(stand(&replaced.unwrap()), ("President", ValidationState::PendingOnSite));
    assert_eq!(stand(&only(&suite, &ann).await), ("President", ValidationState::PendingOnSite));
}

#[tokio::test]
async fn what_was_not_read_is_not_confirmed() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    let read = inbox(&suite, &help).await.remove(0).request_id;
    replace(&suite, &ann, &asked.id, "President", &help.id).await.unwrap();
    let decide = async |request_id: String| {
        let (user_id, experience_id) = (ann.id.clone(), asked.id.clone());
        let decision = Decision::Approve.into();
        let request = DecideValidationRequest { user_id, experience_id, decision, request_id };
        suite.experience().decide_validation(help.asks(request)).await
    };
    for withdrawn in [read, unknown_id(), "x".to_owned()] {
        assert_eq!(refusal(decide(withdrawn).await), NOTHING_WAITS);
    }
    assert_eq!(stand(&only(&suite, &ann).await), ("President", ValidationState::PendingOnSite));
    decide(inbox(&suite, &help).await.remove(0).request_id).await.unwrap();
    assert_eq!(stand(&only(&suite, &ann).await), ("President", ValidationState::Verified));
}
