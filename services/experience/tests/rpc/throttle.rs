//! How often others are asked to confirm something.

use std::time::Duration;

use connectus_platform::status;
use connectus_proto::{
    common::v1::ErrorReason,
    experience::v1::{CreateExperienceRequest, ExperienceDetails},
};
use connectus_testkit::{Suite, invalid_field, refusal};
use futures::future::join_all;
use tonic::{Code, Status};

use crate::support::{BOSS, by_mail, count, create, details, inbox, on_site, only, replace, stored, until_delivered};

const TOO_MANY: (Code, ErrorReason) = (Code::ResourceExhausted, ErrorReason::TooManyAttempts);

/// How long one who was refused is told to wait, in seconds.
pub(crate) fn told_to_wait<T>(answer: Result<T, Status>) -> u64 {
    let status = answer.err().expect("a refusal");
    assert_eq!(refusal(Err::<(), _>(status.clone())), TOO_MANY);
    status::retry_after(&status).expect("when to come back").as_secs()
}

/// Lets time pass, as far as the service can tell.
pub(crate) async fn pass(suite: &Suite, time: Duration) {
    let seconds = time.as_secs();
    suite
        .database
        .execute(&format!("UPDATE experience.throttles SET expires_at = expires_at - interval '{seconds} seconds'"))
        .await;
}

#[tokio::test]
async fn a_person_has_thirty_mails_sent_and_then_one_each_half_hour() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    let address = |number: usize| format!("boss{number}@example.net");
    // At once: no more than one after the other.
    let answers = join_all((0..40).map(|number| {
        let (suite, ann, address) = (&suite, &ann, address(number));
        async move { create(suite, ann, "x", by_mail(&address)).await }
    }))
    .await;
    let (sent, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((sent.len(), refused.len()), (30, 10));
    for answer in refused {
        let wait = told_to_wait(answer);
        assert!((1700..=1800).contains(&wait), "{wait}");
    }
    let asked = sent.into_iter().flatten().next().unwrap();
    until_delivered(&suite).await;
    let before = stored(&suite).await;
    told_to_wait(create(&suite, &ann, "x", by_mail(&address(99))).await);
    told_to_wait(replace(&suite, &ann, &asked.id, "x", &address(99)).await);
    assert_eq!(stored(&suite).await, before);
    // It is nobody else's limit, and about nothing else.
    create(&suite, &ben, "x", by_mail(&address(99))).await.unwrap();
    create(&suite, &ann, "x", None).await.unwrap();
    create(&suite, &ann, "x", on_site(&help)).await.unwrap();
    pass(&suite, Duration::from_mins(30)).await;
    replace(&suite, &ann, &asked.id, "x", &address(98)).await.unwrap();
    told_to_wait(create(&suite, &ann, "x", by_mail(&address(97))).await);
}

#[tokio::test]
async fn an_address_gets_ten_mails_and_then_one_each_hour_whoever_has_them_sent() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let asked = create(&suite, &ann, "x", by_mail(BOSS)).await.unwrap();
    for turn in 0..9 {
        match turn % 3 {
            0 => create(&suite, &ann, "x", by_mail(BOSS)).await.unwrap(),
            1 => create(&suite, &ben, "x", by_mail("Boss@Example.NET")).await.unwrap(),
            _ => replace(&suite, &ann, &asked.id, "x", BOSS).await.unwrap(),
        };
    }
    until_delivered(&suite).await;
    let before = stored(&suite).await;
    for person in [&ann, &ben] {
        for email in [BOSS, "BOSS@EXAMPLE.NET"] {
            let wait = told_to_wait(create(&suite, person, "x", by_mail(email)).await);
            assert!((3500..=3600).contains(&wait), "{wait}");
        }
    }
    told_to_wait(replace(&suite, &ann, &asked.id, "x", BOSS).await);
    assert_eq!(stored(&suite).await, before);
    create(&suite, &ann, "x", by_mail("chief@example.net")).await.unwrap();
    pass(&suite, Duration::from_hours(1)).await;
    create(&suite, &ben, "x", by_mail(BOSS)).await.unwrap();
    told_to_wait(create(&suite, &ann, "x", by_mail(BOSS)).await);
}

#[tokio::test]
async fn organizations_are_asked_a_hundred_times_by_one_and_then_once_each_ten_minutes() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let (help, care) = (suite.organization("Help").await, suite.organization("Care").await);
    let asked = create(&suite, &ann, "x", on_site(&help)).await.unwrap();
    for turn in 1..97 {
        match turn % 2 {
            0 => create(&suite, &ann, "x", on_site(&care)).await.unwrap(),
            _ => replace(&suite, &ann, &asked.id, "x", &help.id).await.unwrap(),
        };
    }
    // At once: no more than one after the other.
    let answers = join_all((0..9).map(|_| create(&suite, &ann, "x", on_site(&help)))).await;
    let (done, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((done.len(), refused.len()), (3, 6));
    for answer in refused {
        let wait = told_to_wait(answer);
        assert!((400..=600).contains(&wait), "{wait}");
    }
    let before = (stored(&suite).await, inbox(&suite, &help).await);
    told_to_wait(replace(&suite, &ann, &asked.id, "y", &care.id).await);
    assert_eq!((stored(&suite).await, inbox(&suite, &help).await), before);
    // It is nobody else's limit, and about nothing else.
    create(&suite, &ben, "x", on_site(&help)).await.unwrap();
    create(&suite, &ann, "x", by_mail(BOSS)).await.unwrap();
    replace(&suite, &ann, &asked.id, "x", "").await.unwrap();
    pass(&suite, Duration::from_mins(10)).await;
    replace(&suite, &ann, &asked.id, "x", &help.id).await.unwrap();
    told_to_wait(create(&suite, &ann, "x", on_site(&help)).await);
}

#[tokio::test]
async fn what_is_refused_does_not_count() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for _ in 0..31 {
        assert_eq!(invalid_field(create(&suite, &ann, "", by_mail(BOSS)).await), "details.name");
        assert_eq!(invalid_field(create(&suite, &ann, "x", by_mail(&ann.email)).await), "validator.email");
        let details = ExperienceDetails { description: String::new(), ..details("x") };
        let request = CreateExperienceRequest { details: Some(details), validator: by_mail(BOSS) };
        let undescribed = suite.experience().create_experience(ann.asks(request)).await;
        assert_eq!(invalid_field(undescribed), "details.description");
    }
    assert_eq!(count(&suite, "throttles").await, 0);
    create(&suite, &ann, "x", by_mail(BOSS)).await.unwrap();
    only(&suite, &ann).await;
    // Nor does a refusal for an address count against the person.
    for _ in 0..9 {
        create(&suite, &ann, "x", by_mail(BOSS)).await.unwrap();
    }
    let counted = "SELECT string_agg(t::text, ' ' ORDER BY key) FROM experience.throttles t";
    let before: String = suite.database.value(counted).await;
    told_to_wait(create(&suite, &ann, "x", by_mail(BOSS)).await);
    assert_eq!(suite.database.value::<String>(counted).await, before);
}

#[tokio::test]
async fn who_was_mailed_is_kept_as_a_hash() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    create(&suite, &ann, "x", by_mail(BOSS)).await.unwrap();
    assert_eq!(count(&suite, "throttles").await, 2);
    let kept: String =
        suite.database.value("SELECT string_agg(encode(key, 'escape'), '') FROM experience.throttles").await;
    assert!(!kept.contains("boss") && !kept.contains(&ann.id), "{kept}");
}
