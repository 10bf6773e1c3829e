//! What people are notified of about the confirmation of experiences.

use connectus_proto::{
    experience::v1::{Decision, HasValidationRequestRequest},
    social::v1::{Notification, NotificationKind},
};
use connectus_testkit::{Person, Suite, invalid_field};
use tonic::Status;

use crate::{
    opportunities::{kinds, notifications},
    support::{create, create_and_ask, decide, decide_link, delete, on_site, replace},
};

fn told(notification: &Notification) -> (NotificationKind, &str, &str, &str) {
    let Notification { actor_id, subject_id, content, .. } = notification;
    (notification.kind(), actor_id, subject_id, content)
}

#[tokio::test]
async fn an_organization_is_told_of_each_request_and_the_person_of_its_decision() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    decide(&suite, &help, (&ann.id, &asked.id), Decision::Approve).await.unwrap();
    replace(&suite, &ann, &asked.id, "President", &help.id).await.unwrap();
    decide(&suite, &help, (&ann.id, &asked.id), Decision::Decline).await.unwrap();
    let of_help = notifications(&suite, &help).await;
    let requested = |name| (NotificationKind::ValidationRequested, &*ann.id, &*asked.id, name);
    assert_eq!(of_help.iter().map(told).collect::<Vec<_>>(), [requested("President"), requested("Soup kitchen")]);
    let of_ann = notifications(&suite, &ann).await;
    let declined = (NotificationKind::ValidationDeclined, &*help.id, &*asked.id, "President");
    let approved = (NotificationKind::ValidationApproved, &*help.id, &*asked.id, "Soup kitchen");
    assert_eq!(of_ann.iter().map(told).collect::<Vec<_>>(), [declined, approved]);
}

#[tokio::test]
async fn who_decides_by_mail_has_no_account_to_name() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (asked, mail) = create_and_ask(&suite, &ann, "Choir").await;
    decide_link(&suite, mail.token(), Decision::Decline).await.unwrap();
    let of_ann = notifications(&suite, &ann).await;
    assert_eq!(
        of_ann.iter().map(told).collect::<Vec<_>>(),
        [(NotificationKind::ValidationDeclined, "", &*asked.id, "Choir")]
    );
}

#[tokio::test]
async fn what_is_refused_or_asked_of_nobody_is_no_news() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let asked = create(&suite, &ann, "Soup kitchen", None).await.unwrap();
    decide(&suite, &help, (&ann.id, &asked.id), Decision::Approve).await.unwrap_err();
    assert!(kinds(&suite, &ann).await.is_empty() && kinds(&suite, &help).await.is_empty());
}

async fn is_waiting(suite: &Suite, organization: &Person, experience_id: &str) -> Result<bool, Status> {
    let (organization_id, experience_id) = (organization.id.clone(), experience_id.to_owned());
    let request = suite.as_service(HasValidationRequestRequest { organization_id, experience_id });
    let mut client = suite.experience_internal();
    Ok(client.has_validation_request(request).await?.into_inner().is_waiting)
}

#[tokio::test]
async fn a_request_waits_for_whom_it_asks_until_it_is_decided_or_taken_back() {
    let suite = Suite::start().await;
    let (ann, help, care) =
        (suite.user("Ann").await, suite.organization("Help").await, suite.organization("Care").await);
    let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    let waits = async || {
        (is_waiting(&suite, &help, &asked.id).await.unwrap(), is_waiting(&suite, &care, &asked.id).await.unwrap())
    };
    assert_eq!(waits().await, (true, false));
    decide(&suite, &help, (&ann.id, &asked.id), Decision::Approve).await.unwrap();
    assert_eq!(waits().await, (false, false));
    replace(&suite, &ann, &asked.id, "President", &help.id).await.unwrap();
    assert_eq!(waits().await, (true, false));
    replace(&suite, &ann, &asked.id, "President", &care.id).await.unwrap();
    assert_eq!(waits().await, (false, true));
    delete(&suite, &ann, &asked.id).await.unwrap();
    assert_eq!(waits().await, (false, false));
    assert_eq!(invalid_field(is_waiting(&suite, &help, "x").await), "experience_id");
}
