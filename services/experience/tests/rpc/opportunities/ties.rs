//! The opportunity that an experience came from.

use connectus_proto::{
    common::v1::ErrorReason,
    experience::v1::{CreateExperienceRequest, Experience, ExperienceDetails, ReplaceExperienceRequest, Validator},
};
use connectus_testkit::{Person, Suite, invalid_field, refusal};
use tonic::{Code, Status};

use super::{create_open, delete};
use crate::support::{BOSS, by_mail, details, former, former_id, import, list, on_site, only, unknown_id};

/// An experience that came from an opportunity, without a description of its own.
fn from(opportunity_id: &str) -> ExperienceDetails {
    let (opportunity_id, description) = (opportunity_id.to_owned(), String::new());
    ExperienceDetails { opportunity_id, description, ..details("Sang") }
}

async fn create(
    suite: &Suite,
    by: &Person,
    details: ExperienceDetails,
    validator: Option<Validator>,
) -> Result<Experience, Status> {
    let request = CreateExperienceRequest { details: Some(details), validator };
    let response = suite.experience().create_experience(by.asks(request)).await?.into_inner();
    Ok(response.experience.expect("the experience"))
}

async fn replace(
    suite: &Suite,
    by: &Person,
    id: &str,
    details: ExperienceDetails,
    validator: Option<Validator>,
) -> Result<Experience, Status> {
    let request = ReplaceExperienceRequest { experience_id: id.to_owned(), details: Some(details), validator };
    let response = suite.experience().replace_experience(by.asks(request)).await?.into_inner();
    Ok(response.experience.expect("the experience"))
}

const NOT_FOUND: (Code, ErrorReason) = (Code::NotFound, ErrorReason::OpportunityNotFound);
const ANOTHERS: (Code, ErrorReason) = (Code::FailedPrecondition, ErrorReason::OpportunityOfAnotherOrganization);

#[tokio::test]
async fn an_opportunity_carries_its_description() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let choir = create_open(&suite, &help, "Choir").await;
    let described = ExperienceDetails { description: "Pick them.\nAll.".to_owned(), ..from(&choir.id) };
    for validator in [None, on_site(&help), by_mail(BOSS)] {
        let written = create(&suite, &ann, from(&choir.id), validator).await.unwrap();
        assert_eq!(written.details.as_ref(), Some(&described));
        assert_eq!(list(&suite, None, &ann.id).await.unwrap()[0], written);
    }
    let own = ExperienceDetails { description: "I sang.".to_owned(), ..from(&choir.id.to_uppercase()) };
    let written = create(&suite, &ann, own.clone(), None).await.unwrap();
    let kept = ExperienceDetails { opportunity_id: choir.id.clone(), ..own };
    assert_eq!(written.details.as_ref(), Some(&kept), "its id is written as it is");
    let replaced = replace(&suite, &ann, &written.id, from(&choir.id), None).await.unwrap();
    assert_eq!(replaced.details.as_ref(), Some(&described));
}

#[tokio::test]
async fn it_is_there_and_of_the_organization_that_is_asked() {
    let suite = Suite::start().await;
    let (ann, help, care) =
        (suite.user("Ann").await, suite.organization("Help").await, suite.organization("Care").await);
    let choir = create_open(&suite, &help, "Choir").await;
    let written = create(&suite, &ann, details("Sang"), on_site(&care)).await.unwrap();
    for (id, validator, refused) in [
        ("x", None, NOT_FOUND),
        (&*unknown_id(), on_site(&care), NOT_FOUND),
        (&help.id, None, NOT_FOUND),
        (&choir.id, on_site(&care), ANOTHERS),
    ] {
        assert_eq!(refusal(create(&suite, &ann, from(id), validator.clone()).await), refused);
        assert_eq!(refusal(replace(&suite, &ann, &written.id, from(id), validator).await), refused);
    }
    let long = ExperienceDetails { opportunity_id: "x".repeat(101), ..details("Sang") };
    assert_eq!(invalid_field(create(&suite, &ann, long, None).await), "details.opportunity_id");
    assert_eq!(only(&suite, &ann).await, written);
}

#[tokio::test]
async fn one_that_it_has_may_be_withdrawn_since_then() {
    let suite = Suite::start().await;
    let (ann, help, care) =
        (suite.user("Ann").await, suite.organization("Help").await, suite.organization("Care").await);
    let choir = create_open(&suite, &help, "Choir").await;
    let written = create(&suite, &ann, from(&choir.id), on_site(&help)).await.unwrap();
    let own = ExperienceDetails { description: "I sang.".to_owned(), ..from(&choir.id) };
    let answer = replace(&suite, &ann, &written.id, own.clone(), on_site(&care)).await;
    assert_eq!(refusal(answer), ANOTHERS, "while it is there, it is its organization's");
    delete(&suite, &help, &choir.id).await.unwrap();
    let replaced = replace(&suite, &ann, &written.id, own.clone(), on_site(&help)).await.unwrap();
    assert_eq!(replaced.details, Some(own.clone()));
    let answer = replace(&suite, &ann, &written.id, from(&choir.id), on_site(&help)).await;
    assert_eq!(invalid_field(answer), "details.description", "nothing stands for it any more");
    assert_eq!(refusal(create(&suite, &ann, own, None).await), NOT_FOUND);
}

#[tokio::test]
async fn what_was_taken_over_keeps_the_text_that_it_had() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let mut experience = former("Sang", None);
    experience.details.as_mut().unwrap().opportunity_id = "winter choir".to_owned();
    import(&suite, &former_id(), std::slice::from_ref(&experience)).await.unwrap();
    suite.database.execute(&format!("UPDATE experience.experiences SET user_id = '{}'", ann.id)).await;
    let written = only(&suite, &ann).await;
    assert_eq!(written.details, experience.details);
    let other = ExperienceDetails { name: "Sang loudly".to_owned(), ..experience.details.clone().unwrap() };
    let replaced = replace(&suite, &ann, &written.id, other.clone(), None).await.unwrap();
    assert_eq!(replaced.details, Some(other));
    experience.details.as_mut().unwrap().description = String::new();
    experience.experience_id = former_id();
    let answer = import(&suite, &former_id(), &[experience]).await;
    assert_eq!(invalid_field(answer), "experiences[0].details.description");
}
