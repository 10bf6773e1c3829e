//! EraseAccount.

use connectus_proto::{
    common::v1::ErrorReason,
    experience::v1::{Decision, Validation, ValidationState, Validator, validator},
};
use connectus_testkit::{Behaviour, Suite, invalid_field, refusal};
use serde_json::{Value, json};
use tonic::Code;

use crate::{
    opportunities,
    support::{
        BOSS, asked_by_mail, by_mail, count, create, create_and_ask, decide, decide_link, erase, former, former_id,
        import, inbox, list, on_site, read_link, replace, stand, stored, traces, unknown_id, until_delivered,
    },
};

#[tokio::test]
async fn nothing_is_left_of_a_person() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    create(&suite, &ann, "Reading", None).await.unwrap();
    let confirmed = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    decide(&suite, &help, (&ann.id, &confirmed.id), Decision::Approve).await.unwrap();
    create(&suite, &ann, "President", on_site(&help)).await.unwrap();
    let (_, mail) = create_and_ask(&suite, &ann, "Choir").await;
    until_delivered(&suite).await;
    assert_eq!((traces(&suite, &ann.id).await, count(&suite, "approval_links").await), (4, 1));
    erase(&suite, &ann.id).await.unwrap();
    assert_eq!(stored(&suite).await, "||");
    assert!(inbox(&suite, &help).await.is_empty());
    let link_invalid = (Code::InvalidArgument, ErrorReason::LinkInvalid);
    assert_eq!(refusal(read_link(&suite, mail.token()).await), link_invalid);
    assert_eq!(refusal(decide_link(&suite, mail.token(), Decision::Approve).await), link_invalid);
    let answer = decide(&suite, &help, (&ann.id, &confirmed.id), Decision::Approve).await;
    assert_eq!(refusal(answer), (Code::NotFound, ErrorReason::ExperienceNotFound));
}

#[tokio::test]
async fn nobody_is_asked_any_more_for_a_person_who_is_gone() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    suite.mail.behave_towards(BOSS, Behaviour::Trouble);
    create(&suite, &ann, "Choir", by_mail(BOSS)).await.unwrap();
    erase(&suite, &ann.id).await.unwrap();
    suite.mail.behave_towards(BOSS, Behaviour::Accept);
    until_delivered(&suite).await;
    assert!(asked_by_mail(&suite).is_empty());
    assert_eq!(stored(&suite).await, "||");
}

/// Has nothing delivered that is written from here.
const HOLD_BACK: &str = "CREATE FUNCTION experience.hold_back() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
    NEW.due_at := now() + interval '1 day'; RETURN NEW; END $$; \
    CREATE TRIGGER hold_back BEFORE INSERT ON experience.outbox \
    FOR EACH ROW EXECUTE FUNCTION experience.hold_back()";

/// What waits to be delivered, in the order in which it was written.
async fn waiting(suite: &Suite) -> Vec<Value> {
    let all = "SELECT coalesce(jsonb_agg(payload ORDER BY created_at, id), '[]')::text FROM experience.outbox";
    serde_json::from_str(&suite.database.value::<String>(all).await).unwrap()
}

/// In how many messages a text is found.
async fn mentions(suite: &Suite, text: &str) -> usize {
    waiting(suite).await.iter().filter(|message| message.to_string().contains(text)).count()
}

#[tokio::test]
async fn what_was_not_told_yet_is_told_to_nobody_and_gone() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    let apples = opportunities::create(&suite, &help, "Apples", 3, &[1]).await;
    until_delivered(&suite).await;
    suite.database.execute(HOLD_BACK).await;
    let experience = create(&suite, &ann, "Her secret", on_site(&help)).await.unwrap();
    decide(&suite, &help, (&ann.id, &experience.id), Decision::Approve).await.unwrap();
    let mailed = create(&suite, &ann, "Her secret", by_mail(BOSS)).await.unwrap();
    create(&suite, &ben, "His own", on_site(&help)).await.unwrap();
    for person in [&ann, &ben] {
        opportunities::sign_up(&suite, person, &apples, 0).await.unwrap();
    }
    opportunities::put_off(&suite, &help, &apples).await;
    suite.database.execute("UPDATE experience.outbox SET dead = true").await;
    // She asked and was answered, and so became a volunteer; both signed up; one message tells the two of them.
    assert_eq!((mentions(&suite, &ann.id).await, mentions(&suite, &ben.id).await), (5, 3));
    assert_eq!((mentions(&suite, "Her secret").await, mentions(&suite, &mailed.id).await), (2, 1));
    for _ in 0..2 {
        erase(&suite, &ann.id).await.unwrap();
        for text in [&ann.id, "Her secret", &mailed.id] {
            assert_eq!((mentions(&suite, text).await, traces(&suite, text).await), (0, 0), "{text}");
        }
        assert_eq!((mentions(&suite, "His own").await, mentions(&suite, &ben.id).await), (1, 3));
        assert_eq!(waiting(&suite).await.len(), 3);
    }
    // Of an organization, only that its opportunity is withdrawn is still told, by nobody.
    erase(&suite, &help.id).await.unwrap();
    assert_eq!((mentions(&suite, &help.id).await, traces(&suite, &help.id).await), (0, 0));
    let left = waiting(&suite).await;
    assert_eq!((left.len(), &left[0]["notices"][0]["account_id"]), (1, &json!(ben.id)));
    assert_eq!(left[0]["notices"][0]["actor_id"], Value::Null);
}

#[tokio::test]
async fn what_an_organization_decided_stays_with_its_name_and_the_rest_is_withdrawn() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let mut expected = Vec::new();
    for (name, decision) in [("Soup kitchen", Decision::Approve), ("President", Decision::Decline)] {
        let asked = create(&suite, &ann, name, on_site(&help)).await.unwrap();
        decide(&suite, &help, (&ann.id, &asked.id), decision).await.unwrap();
        expected.push(list(&suite, None, &ann.id).await.unwrap().remove(0));
    }
    let mut waiting = create(&suite, &ann, "Choir", on_site(&help)).await.unwrap();
    erase(&suite, &help.id).await.unwrap();
    waiting.validation = Some(Validation { state: ValidationState::NotRequested.into(), ..Validation::default() });
    expected.push(waiting);
    expected.reverse();
    suite.database.execute(&format!("DELETE FROM account.accounts WHERE id = '{}'", help.id)).await;
    assert_eq!(list(&suite, None, &ann.id).await.unwrap(), expected);
    for decided in &expected[1..] {
        let validation = decided.validation.clone().unwrap();
        assert_eq!(validation.organization_name, "Help");
        assert_eq!(validation.validator.unwrap().validator, on_site(&help).unwrap().validator);
    }
    assert!(inbox(&suite, &help).await.is_empty());
}

#[tokio::test]
async fn what_was_withdrawn_can_be_asked_of_another() {
    let suite = Suite::start().await;
    let (ann, help, care) =
        (suite.user("Ann").await, suite.organization("Help").await, suite.organization("Care").await);
    let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    erase(&suite, &help.id).await.unwrap();
    replace(&suite, &ann, &asked.id, "Soup kitchen", &care.id).await.unwrap();
    decide(&suite, &care, (&ann.id, &asked.id), Decision::Approve).await.unwrap();
    assert_eq!(stand(&list(&suite, None, &ann.id).await.unwrap()[0]), ("Soup kitchen", ValidationState::Verified));
}

#[tokio::test]
async fn who_was_asked_in_the_former_system_and_never_decided_is_forgotten() {
    let suite = Suite::start().await;
    let help = former_id();
    let validator = Validator { validator: Some(validator::Validator::OrganizationId(help.clone())) };
    let unconfirmed =
        connectus_proto::experience::v1::ImportedExperience { is_verified: false, ..former("x", Some(validator)) };
    import(&suite, &former_id(), &[unconfirmed]).await.unwrap();
    let asked = "SELECT count(organization_id) FROM experience.experiences";
    assert_eq!(suite.database.value::<i64>(asked).await, 1);
    erase(&suite, &help).await.unwrap();
    assert_eq!(suite.database.value::<i64>(asked).await, 0);
}

#[tokio::test]
async fn others_stay_as_they_were() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let (help, care) = (suite.organization("Help").await, suite.organization("Care").await);
    create(&suite, &ben, "Soup kitchen", on_site(&care)).await.unwrap();
    create_and_ask(&suite, &ben, "Choir").await;
    until_delivered(&suite).await;
    let before = stored(&suite).await;
    for _ in 0..2 {
        for id in [&ann.id, &help.id, &unknown_id()] {
            erase(&suite, id).await.unwrap();
        }
    }
    for id in ["", "me", "x"] {
        assert_eq!(invalid_field(erase(&suite, id).await), "account_id", "{id:?}");
    }
    assert_eq!(stored(&suite).await, before);
}

#[tokio::test]
async fn a_repeat_changes_nothing_and_removes_what_came_in_between() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    let confirmed = create(&suite, &ben, "Soup kitchen", on_site(&help)).await.unwrap();
    decide(&suite, &help, (&ben.id, &confirmed.id), Decision::Approve).await.unwrap();
    erase(&suite, &ann.id).await.unwrap();
    erase(&suite, &help.id).await.unwrap();
    let before = stored(&suite).await;
    create(&suite, &ann, "Late", on_site(&help)).await.unwrap();
    erase(&suite, &help.id).await.unwrap();
    erase(&suite, &ann.id).await.unwrap();
    assert_eq!(stored(&suite).await, before);
}
