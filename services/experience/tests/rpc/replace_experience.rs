//! ReplaceExperience.

use connectus_proto::{
    common::v1::ErrorReason,
    experience::v1::{Decision, Experience, Validation, ValidationState},
};
use connectus_testkit::{Suite, invalid_field, refusal};
use tonic::Code;

use crate::support::{
    BOSS, asked_by_mail, by_mail, create, create_and_ask, decide, decide_link, details, inbox, list, on_site, only,
    replace, stand, stored, unknown_id, until_delivered,
};

const NOT_FOUND: (Code, ErrorReason) = (Code::NotFound, ErrorReason::ExperienceNotFound);

#[tokio::test]
async fn a_replacement_is_the_same_experience_told_anew() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let first = create(&suite, &ann, "Soup kitchen", None).await.unwrap();
    let second = create(&suite, &ann, "Choir", None).await.unwrap();
    let replaced = replace(&suite, &ann, &first.id, "Kitchen", "").await.unwrap();
    let expected = Experience { details: Some(details("Kitchen")), ..first };
    assert_eq!(replaced, expected);
    // It keeps its place, too.
    assert_eq!(list(&suite, None, &ann.id).await.unwrap(), [second, expected]);
}

#[tokio::test]
async fn a_decided_experience_is_verified_no_more() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    for decision in [Decision::Approve, Decision::Decline] {
        decide(&suite, &help, (&ann.id, &asked.id), decision).await.unwrap();
        replace(&suite, &ann, &asked.id, "President", &help.id).await.unwrap();
        let replaced = only(&suite, &ann).await;
        assert_eq!(stand(&replaced), ("President", ValidationState::PendingOnSite));
        assert_eq!(replaced.validation.unwrap().decide_time, None);
        assert_eq!(inbox(&suite, &help).await.len(), 1);
    }
}

#[tokio::test]
async fn an_experience_that_was_verified_by_mail_is_verified_no_more() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (asked, mail) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    decide_link(&suite, mail.token(), Decision::Approve).await.unwrap();
    assert_eq!(stand(&only(&suite, &ann).await), ("Soup kitchen", ValidationState::Verified));
    replace(&suite, &ann, &asked.id, "President", BOSS).await.unwrap();
    assert_eq!(stand(&only(&suite, &ann).await), ("President", ValidationState::PendingByMail));
    suite.mail.next(BOSS).await;
}

#[tokio::test]
async fn another_organization_can_be_asked_or_none() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let care = suite.organization("Care").await;
    let asked = create(&suite, &ann, "Soup kitchen", None).await.unwrap();
    for (validator, in_help, in_care) in [(&*help.id, 1, 0), (&care.id, 0, 1), ("", 0, 0), (&help.id, 1, 0)] {
        replace(&suite, &ann, &asked.id, "Soup kitchen", validator).await.unwrap();
        assert_eq!((inbox(&suite, &help).await.len(), inbox(&suite, &care).await.len()), (in_help, in_care));
        let late = decide(&suite, &care, (&ann.id, &asked.id), Decision::Approve).await;
        assert_eq!(late.is_ok(), in_care == 1, "the other organization decides nothing");
    }
    let validation = only(&suite, &ann).await.validation;
    let state = ValidationState::PendingOnSite.into();
    assert_eq!(validation, Some(Validation { state, validator: on_site(&help), ..Validation::default() }));
}

#[tokio::test]
async fn another_address_can_be_asked() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (asked, old) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    replace(&suite, &ann, &asked.id, "Soup kitchen", "chief@example.net").await.unwrap();
    let new = suite.mail.next("chief@example.net").await;
    until_delivered(&suite).await;
    assert!(asked_by_mail(&suite).is_empty(), "the old address is not asked again");
    let late = decide_link(&suite, old.token(), Decision::Approve).await;
    assert_eq!(refusal(late), (Code::InvalidArgument, ErrorReason::LinkInvalid));
    decide_link(&suite, new.token(), Decision::Approve).await.unwrap();
    let verified = only(&suite, &ann).await;
    assert_eq!(stand(&verified).1, ValidationState::Verified);
    assert_eq!(verified.validation.unwrap().validator, by_mail("chief@example.net"));
}

#[tokio::test]
async fn the_kind_of_validator_never_changes() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let (mailed, _) = create_and_ask(&suite, &ann, "Choir").await;
    let on_site = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    let unasked = create(&suite, &ann, "Reading", None).await.unwrap();
    until_delivered(&suite).await;
    let before = stored(&suite).await;
    for validator in [&*help.id, ""] {
        assert_eq!(invalid_field(replace(&suite, &ann, &mailed.id, "President", validator).await), "validator.email");
    }
    for id in [&on_site.id, &unasked.id] {
        let answer = replace(&suite, &ann, id, "President", BOSS).await;
        assert_eq!(refusal(answer), (Code::NotFound, ErrorReason::OrganizationNotFound));
    }
    assert_eq!(stored(&suite).await, before);
    assert!(asked_by_mail(&suite).is_empty());
}

#[tokio::test]
async fn what_is_not_the_callers_is_not_found_and_stays() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    let kept = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    let before = stored(&suite).await;
    assert_eq!(refusal(replace(&suite, &ben, &kept.id, "Mine", "").await), NOT_FOUND);
    let by_help = replace(&suite, &help, &kept.id, "Mine", "").await;
    assert_eq!(refusal(by_help), (Code::PermissionDenied, ErrorReason::UserAccountRequired));
    for id in [&unknown_id(), "", "x", "\0"] {
        assert_eq!(refusal(replace(&suite, &ann, id, "Mine", "").await), NOT_FOUND, "{id:?}");
    }
    assert_eq!(stored(&suite).await, before);
}
