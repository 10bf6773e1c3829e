//! CreateExperience.

use chrono::{TimeDelta, Utc};
use connectus_proto::{
    common::v1::{Address, ErrorReason},
    experience::v1::{CreateExperienceRequest, ExperienceDetails, Validation, ValidationState, Validator},
};
use connectus_testkit::{Suite, refusal};
use tonic::Code;
use uuid::Uuid;

use crate::support::{BOSS, by_mail, count, create, details, inbox, list, on_site, only};

#[tokio::test]
async fn what_was_written_down_is_what_everybody_reads() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let written = create(&suite, &ann, "Soup kitchen", None).await.unwrap();
    assert_eq!(written.id.parse::<Uuid>().unwrap().get_version_num(), 7);
    assert_eq!(written.user_id, ann.id);
    assert_eq!(written.details, Some(details("Soup kitchen")));
    let age = Utc::now() - TimeDelta::seconds(written.create_time.unwrap().seconds);
    assert!((0..60).contains(&age.timestamp()), "{age}");
    for (viewer, user_id) in [(None, &*ann.id), (Some(&ben), &*ann.id), (Some(&ann), &*ann.id), (Some(&ann), "me")] {
        assert_eq!(list(&suite, viewer, user_id).await.unwrap(), std::slice::from_ref(&written));
    }
}

#[tokio::test]
async fn only_a_name_and_a_description_are_needed() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let least = ExperienceDetails { name: "x".to_owned(), description: "y".to_owned(), ..ExperienceDetails::default() };
    let request = CreateExperienceRequest { details: Some(least.clone()), validator: None };
    suite.experience().create_experience(ann.asks(request)).await.unwrap();
    let mut read = only(&suite, &ann).await.details.unwrap();
    assert_eq!(read.location.take().unwrap_or_default(), Address::default());
    assert_eq!(read, least);
}

#[tokio::test]
async fn who_is_asked_is_said_and_nothing_is_decided() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    for (validator, state) in [
        (None, ValidationState::NotRequested),
        (on_site(&help), ValidationState::PendingOnSite),
        (by_mail(BOSS), ValidationState::PendingByMail),
    ] {
        let written = create(&suite, &ann, "Soup kitchen", validator.clone()).await.unwrap();
        let validation = Validation { state: state.into(), validator, ..Validation::default() };
        assert_eq!(written.validation, Some(validation));
        assert_eq!(list(&suite, None, &ann.id).await.unwrap()[0], written);
    }
    assert_eq!(suite.mail.next(BOSS).await.to, BOSS);
    assert_eq!(inbox(&suite, &help).await.len(), 1);
}

#[tokio::test]
async fn a_validator_that_is_nobody_is_none() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let written = create(&suite, &ann, "Soup kitchen", Some(Validator { validator: None })).await.unwrap();
    let state = ValidationState::NotRequested.into();
    assert_eq!(written.validation, Some(Validation { state, ..Validation::default() }));
}

#[tokio::test]
async fn an_organization_has_no_experiences() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let answer = create(&suite, &help, "Soup kitchen", None).await;
    assert_eq!(refusal(answer), (Code::PermissionDenied, ErrorReason::UserAccountRequired));
    assert_eq!(count(&suite, "experiences").await, 0);
}

#[tokio::test]
async fn the_same_may_be_written_down_twice() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let first = create(&suite, &ann, "Soup kitchen", None).await.unwrap();
    let second = create(&suite, &ann, "Soup kitchen", None).await.unwrap();
    assert_ne!(first.id, second.id);
    assert_eq!(list(&suite, None, &ann.id).await.unwrap(), [second, first]);
}
