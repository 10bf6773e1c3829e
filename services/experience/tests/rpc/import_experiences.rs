//! ImportExperiences.

use connectus_proto::experience::v1::{
    Decision, ExperienceDetails, ImportedExperience, Validation, ValidationState, Validator, validator,
};
use connectus_testkit::{Suite, invalid_field};
use futures::future::join_all;
use prost_types::Timestamp;
use uuid::Uuid;

use crate::support::{
    BOSS, asked_by_mail, by_mail, count, decide, decide_link, details, former, former_id, import, inbox, list, on_site,
    replace, stand, stored, until_delivered,
};

/// Gives a person what was taken over: as if they themselves had been.
async fn give(suite: &Suite, person: &connectus_testkit::Person) {
    suite.database.execute(&format!("UPDATE experience.experiences SET user_id = '{}'", person.id)).await;
}

#[tokio::test]
async fn everything_comes_over_and_nobody_is_mailed() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let by_help = ImportedExperience { organization_name: "Help of old".to_owned(), ..former("a", on_site(&help)) };
    let by_boss = former("b", by_mail(BOSS));
    let asked_help = ImportedExperience { is_verified: false, ..former("c", on_site(&help)) };
    let asked_boss = ImportedExperience { is_verified: false, ..former("d", by_mail(BOSS)) };
    let asked_nobody = former("e", None);
    let all = [by_help, by_boss, asked_help, asked_boss, asked_nobody];
    assert_eq!(import(&suite, &former_id(), &all).await.unwrap(), 0);
    give(&suite, &ann).await;
    let mut listed = list(&suite, None, &ann.id).await.unwrap();
    listed.sort_by_key(|experience| experience.details.clone().unwrap().name);
    let at = Some(Timestamp { seconds: 1_500_000_000, nanos: 0 });
    let none = ValidationState::NotRequested;
    for ((written, former), (state, name)) in listed.iter().zip(&all).zip([
        (ValidationState::Verified, "Help of old"),
        (ValidationState::Verified, ""),
        (none, ""),
        (none, ""),
        (none, ""),
    ]) {
        assert_eq!((&written.details, written.create_time), (&former.details, at));
        assert_eq!(written.id.parse::<Uuid>().unwrap().get_version_num(), 7);
        let decide_time = former.is_verified.then_some(at).flatten();
        let (validator, organization_name) = (former.validator.clone(), name.to_owned());
        let validation = Validation { state: state.into(), validator, decide_time, organization_name };
        assert_eq!(written.validation, Some(validation));
    }
    until_delivered(&suite).await;
    assert!(asked_by_mail(&suite).is_empty() && inbox(&suite, &help).await.is_empty());
}

#[tokio::test]
async fn what_was_not_confirmed_can_be_asked_again() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let asked_help = ImportedExperience { is_verified: false, ..former("a", on_site(&help)) };
    let asked_boss = ImportedExperience { is_verified: false, ..former("b", by_mail(BOSS)) };
    import(&suite, &former_id(), &[asked_help.clone(), asked_boss.clone()]).await.unwrap();
    give(&suite, &ann).await;
    let on_site = replace(&suite, &ann, &asked_help.experience_id, "a", &help.id).await.unwrap();
    decide(&suite, &help, (&ann.id, &on_site.id), Decision::Approve).await.unwrap();
    replace(&suite, &ann, &asked_boss.experience_id, "b", BOSS).await.unwrap();
    let mail = suite.mail.next(BOSS).await;
    until_delivered(&suite).await;
    decide_link(&suite, mail.token(), Decision::Approve).await.unwrap();
    let listed = list(&suite, None, &ann.id).await.unwrap();
    assert!(listed.iter().all(|experience| stand(experience).1 == ValidationState::Verified));
}

#[tokio::test]
async fn a_repeat_leaves_everything_as_it_is_and_counts_it() {
    let suite = Suite::start().await;
    let (one, other) = (former("a", by_mail(BOSS)), former("b", None));
    let user = former_id();
    assert_eq!(import(&suite, &user, std::slice::from_ref(&one)).await.unwrap(), 0);
    let before: String = suite.database.value("SELECT e::text FROM experience.experiences e").await;
    let mut changed = ImportedExperience { is_verified: false, details: Some(details("z")), ..one.clone() };
    changed.experience_id = changed.experience_id.to_uppercase();
    assert_eq!(import(&suite, &user, &[changed, other.clone()]).await.unwrap(), 1);
    let kept = "SELECT e::text FROM experience.experiences e WHERE name = 'a'";
    assert_eq!(suite.database.value::<String>(kept).await, before);
    assert_eq!(import(&suite, &user, &[one, other]).await.unwrap(), 2);
    assert_eq!(count(&suite, "experiences").await, 2);
}

#[tokio::test]
async fn imports_at_once_make_each_experience_once() {
    let suite = Suite::start().await;
    let (user, all) = (former_id(), [former("a", None), former("b", None)]);
    let answers = join_all((0..5).map(|_| import(&suite, &user, &all))).await;
    let existed: i32 = answers.into_iter().map(Result::unwrap).sum();
    assert_eq!((existed, count(&suite, "experiences").await), (8, 2));
}

#[tokio::test]
async fn one_to_a_hundred_come_over_at_once_also_the_longest() {
    let suite = Suite::start().await;
    let long = |name: &str| ExperienceDetails { description: "\u{10348}".repeat(5000), ..details(name) };
    let many: Vec<_> = (0..101).map(|_| ImportedExperience { details: Some(long("x")), ..former("x", None) }).collect();
    assert_eq!(invalid_field(import(&suite, &former_id(), &many).await), "experiences");
    assert_eq!(invalid_field(import(&suite, &former_id(), &[]).await), "experiences");
    assert_eq!(import(&suite, &former_id(), &many[..100]).await.unwrap(), 0);
    assert_eq!(count(&suite, "experiences").await, 100);
}

#[tokio::test]
async fn what_is_wrong_is_named_and_nothing_comes_over() {
    let suite = Suite::start().await;
    let uuid = "018f0000-0000-7000-8000-000000000001";
    let good = former("a", by_mail(BOSS));
    let validated_by = |validator| ImportedExperience { validator: Some(Validator { validator }), ..good.clone() };
    let with_id = |id: &str| ImportedExperience { experience_id: id.to_owned(), ..good.clone() };
    let long = "ß".repeat(201);
    for (wrong, field) in [
        (with_id(""), "experience_id"),
        (with_id(uuid), "experience_id"),
        (ImportedExperience { details: None, ..good.clone() }, "details"),
        (ImportedExperience { details: Some(details("")), ..good.clone() }, "details.name"),
        (ImportedExperience { create_time: None, ..good.clone() }, "create_time"),
        (ImportedExperience { organization_name: long.clone(), ..good.clone() }, "organization_name"),
        (ImportedExperience { is_verified: true, ..former("a", None) }, "is_verified"),
        (validated_by(None), "validator"),
        (validated_by(Some(validator::Validator::OrganizationId("me".to_owned()))), "validator.organization_id"),
        (validated_by(Some(validator::Validator::Email("boss".to_owned()))), "validator.email"),
    ] {
        let answer = import(&suite, &former_id(), &[former("b", None), wrong.clone()]).await;
        assert_eq!(invalid_field(answer), format!("experiences[1].{field}"), "{wrong:?}");
    }
    for user_id in ["", "me", uuid] {
        assert_eq!(invalid_field(import(&suite, user_id, std::slice::from_ref(&good)).await), "user_id", "{user_id:?}");
    }
    assert_eq!(stored(&suite).await, "||");
    let longest = ImportedExperience { organization_name: long[..400].to_owned(), ..good };
    import(&suite, &former_id(), &[longest]).await.unwrap();
}
