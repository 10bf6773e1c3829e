//! Mails about requests that wait for an answer: none about one that does not wait any more when it could be sent.

use connectus_proto::{
    account::v1::DeclineConnectionRequest,
    experience::v1::{
        CreateExperienceRequest, DecideValidationRequest, Decision, DeleteExperienceRequest, ExperienceDetails,
        Validator, validator,
    },
};
use connectus_testkit::{Behaviour, Person, Suite, eventually};

use super::mails::{ask, impatient, mails_to, until_idle, want_mails};
use crate::support::disconnect;

/// Waits until so many mails were tried, and are still to be sent.
async fn until_tried(suite: &Suite, many: i64) {
    let tried =
        "SELECT count(*) FROM social.outbox WHERE payload->>'kind' = 'notification_mail' AND last_error IS NOT NULL";
    eventually("all were tried", async || (suite.database.value::<i64>(tried).await == many).then_some(())).await;
}

/// Asks an organization to confirm something, and answers the experience's id.
async fn ask_to_confirm(suite: &Suite, whom: &Person, by: &Person, name: &str) -> String {
    let details =
        ExperienceDetails { name: name.to_owned(), description: "x".to_owned(), ..ExperienceDetails::default() };
    let validator = Validator { validator: Some(validator::Validator::OrganizationId(whom.id.clone())) };
    let request = CreateExperienceRequest { details: Some(details), validator: Some(validator) };
    let response = suite.experience().create_experience(by.asks(request)).await.unwrap().into_inner();
    response.experience.unwrap().id
}

#[tokio::test]
async fn a_request_to_connect_that_was_answered_or_taken_back_is_not_mailed() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let (cem, dee) = (suite.user("Cem").await, suite.user("Dee").await);
    want_mails(&suite, &ann, true).await;
    suite.mail.behave(Behaviour::Trouble);
    for by in [&ben, &cem, &dee] {
        ask(&suite, &ann, by, "Hello").await;
    }
    until_tried(&suite, 3).await;
    disconnect(&suite, &ben, &ann).await;
    let decline = DeclineConnectionRequest { account_id: cem.id.clone() };
    suite.connections().decline_connection(ann.asks(decline)).await.unwrap();
    suite.mail.behave(Behaviour::Accept);
    until_idle(&suite).await;
    let subjects: Vec<String> = mails_to(&suite, &ann).into_iter().map(|mail| mail.subject).collect();
    assert_eq!(subjects, ["Dee asks to connect with you"]);
}

#[tokio::test]
async fn a_request_to_confirm_that_was_decided_or_taken_back_is_not_mailed() {
    let suite = impatient().await;
    let (ben, help) = (suite.user("Ben").await, suite.organization("Help").await);
    suite.mail.behave(Behaviour::Trouble);
    let decided = ask_to_confirm(&suite, &help, &ben, "Choir").await;
    let deleted = ask_to_confirm(&suite, &help, &ben, "Garden").await;
    ask_to_confirm(&suite, &help, &ben, "Soup kitchen").await;
    until_tried(&suite, 3).await;
    let decide = DecideValidationRequest {
        user_id: ben.id.clone(),
        experience_id: decided,
        decision: Decision::Approve.into(),
        ..DecideValidationRequest::default()
    };
    suite.experience().decide_validation(help.asks(decide)).await.unwrap();
    let delete = DeleteExperienceRequest { experience_id: deleted };
    suite.experience().delete_experience(ben.asks(delete)).await.unwrap();
    suite.mail.behave(Behaviour::Accept);
    until_idle(&suite).await;
    let mails = mails_to(&suite, &help);
    assert!(mails.len() == 1 && mails[0].text.contains("Soup kitchen"), "{mails:?}");
}
