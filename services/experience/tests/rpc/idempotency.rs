//! Calls that are repeated with an idempotency key.

use connectus_proto::{
    common::v1::ErrorReason,
    experience::v1::{
        CreateExperienceRequest, DecideMailedValidationRequest, DecideValidationRequest, Decision,
        DeleteExperienceRequest, Experience, ReplaceExperienceRequest, ValidationState,
    },
};
use connectus_testkit::{Person, Suite, eventually, refusal};
use futures::future::join_all;
use tonic::{Code, Request, Status};

use crate::support::{
    BOSS, asked_by_mail, by_mail, count, create, create_and_ask, details, list, on_site, only, stand, until_delivered,
};

/// A request with a key.
pub(crate) fn keyed<M>(key: &str, mut request: Request<M>) -> Request<M> {
    request.metadata_mut().insert("idempotency-key", key.parse().unwrap());
    request
}

/// Writes down an experience of that name, with a key, and asks the boss.
async fn create_with(suite: &Suite, key: &str, person: &Person, name: &str) -> Result<Experience, Status> {
    let request = CreateExperienceRequest { details: Some(details(name)), validator: by_mail(BOSS) };
    let answer = suite.experience().create_experience(keyed(key, person.asks(request))).await?;
    Ok(answer.into_inner().experience.expect("the experience"))
}

/// Lets no answer be kept but in the transaction that does what is asked: the one that is given is lost.
pub(crate) async fn lose_answers(suite: &Suite) {
    suite
        .database
        .execute(
            "CREATE FUNCTION experience.lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                IF NOT EXISTS (SELECT FROM pg_locks WHERE pid = pg_backend_pid() AND mode = 'RowExclusiveLock' \
                    AND relation = ANY ('{experience.experiences,experience.opportunities,experience.interests}'::regclass[])) THEN RAISE 'lost'; END IF; RETURN NEW; END $$; \
             CREATE TRIGGER lose BEFORE UPDATE ON experience.idempotency_keys \
                FOR EACH ROW EXECUTE FUNCTION experience.lose()",
        )
        .await;
}

#[tokio::test]
async fn a_repeat_makes_nothing_and_gets_the_first_answer() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let first = create_with(&suite, "one", &ann, "Soup kitchen").await.unwrap();
    for _ in 0..20 {
        assert_eq!(create_with(&suite, "one", &ann, "Soup kitchen").await.unwrap(), first);
    }
    assert_eq!(only(&suite, &ann).await, first);
    suite.mail.next(BOSS).await;
    until_delivered(&suite).await;
    assert!(asked_by_mail(&suite).is_empty(), "there is one mail");
    let second = create_with(&suite, "two", &ann, "Soup kitchen").await.unwrap();
    assert_ne!(second.id, first.id);
}

#[tokio::test]
async fn twenty_at_once_make_one_experience_and_get_the_same_answer() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let calls = (0..20).map(|_| {
        eventually("the call is answered", async || match create_with(&suite, "one", &ann, "Soup kitchen").await {
            Ok(experience) => Some(experience),
            busy => {
                assert_eq!(refusal(busy), (Code::Aborted, ErrorReason::IdempotencyKeyInUse));
                None
            }
        })
    });
    let answers = join_all(calls).await;
    let made = only(&suite, &ann).await;
    assert!(answers.iter().all(|answer| *answer == made));
}

#[tokio::test]
async fn another_request_with_the_key_is_refused() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let first = create_with(&suite, "one", &ann, "Soup kitchen").await.unwrap();
    let answer = create_with(&suite, "one", &ann, "President").await;
    assert_eq!(refusal(answer), (Code::FailedPrecondition, ErrorReason::IdempotencyKeyReused));
    assert_eq!(only(&suite, &ann).await, first);
}

#[tokio::test]
async fn a_key_is_its_callers_alone() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let anns = create_with(&suite, "one", &ann, "Soup kitchen").await.unwrap();
    let bens = create_with(&suite, "one", &ben, "Soup kitchen").await.unwrap();
    assert_eq!((&anns.user_id, &bens.user_id), (&ann.id, &ben.id));
    assert_eq!(create_with(&suite, "one", &ann, "Soup kitchen").await.unwrap(), anns);
    assert_eq!(only(&suite, &ben).await, bens);
}

#[tokio::test]
async fn a_creation_whose_answer_was_lost_is_not_repeated() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    lose_answers(&suite).await;
    let first = create_with(&suite, "one", &ann, "Soup kitchen").await.unwrap();
    assert_eq!(create_with(&suite, "one", &ann, "Soup kitchen").await.unwrap(), first);
    assert_eq!(only(&suite, &ann).await, first);
}

#[tokio::test]
async fn a_replacement_whose_answer_was_lost_is_not_repeated() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    lose_answers(&suite).await;
    let replace = async || {
        let (experience_id, details) = (asked.id.clone(), Some(details("President")));
        let request = ReplaceExperienceRequest { experience_id, details, validator: on_site(&help) };
        suite.experience().replace_experience(keyed("one", ann.asks(request))).await.unwrap().into_inner()
    };
    let first = replace().await;
    let request = "SELECT request_id::text FROM experience.experiences";
    let asked_anew: String = suite.database.value(request).await;
    assert_eq!(replace().await, first);
    assert_eq!(suite.database.value::<String>(request).await, asked_anew);
}

#[tokio::test]
async fn a_deletion_whose_answer_was_lost_is_not_repeated() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let written = create(&suite, &ann, "Soup kitchen", None).await.unwrap();
    lose_answers(&suite).await;
    for _ in 0..2 {
        let request = DeleteExperienceRequest { experience_id: written.id.clone() };
        suite.experience().delete_experience(keyed("one", ann.asks(request))).await.unwrap();
    }
    assert_eq!(list(&suite, None, &ann.id).await.unwrap(), []);
}

#[tokio::test]
async fn a_decision_whose_answer_was_lost_is_not_repeated() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    lose_answers(&suite).await;
    for _ in 0..2 {
        let request = DecideValidationRequest {
            user_id: ann.id.clone(),
            experience_id: asked.id.clone(),
            decision: Decision::Approve.into(),
            request_id: String::new(),
        };
        suite.experience().decide_validation(keyed("one", help.asks(request))).await.unwrap();
    }
    assert_eq!(stand(&only(&suite, &ann).await).1, ValidationState::Verified);
}

#[tokio::test]
async fn a_decision_by_a_link_whose_answer_was_lost_is_not_repeated() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (_, mail) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    lose_answers(&suite).await;
    for _ in 0..2 {
        let request =
            DecideMailedValidationRequest { token: mail.token().to_owned(), decision: Decision::Decline.into() };
        suite.experience().decide_mailed_validation(keyed("one", Request::new(request))).await.unwrap();
    }
    assert_eq!(stand(&only(&suite, &ann).await).1, ValidationState::Declined);
    assert_eq!(count(&suite, "idempotency_keys").await, 1);
}
