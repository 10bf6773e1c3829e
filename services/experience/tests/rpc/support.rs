//! What the tests of experience share.

use connectus_proto::{
    common::v1::{Address, GeoPoint},
    experience::v1::{
        CreateExperienceRequest, DecideMailedValidationRequest, DecideValidationRequest, Decision,
        DeleteExperienceRequest, EraseAccountRequest, Experience, ExperienceDetails, ExportDataRequest,
        GetMailedValidationRequest, GetMailedValidationResponse, ImportExperiencesRequest, ImportedExperience,
        ListExperiencesRequest, ListValidationRequestsRequest, ReplaceExperienceRequest, ValidationRequest,
        ValidationState, Validator, experience_admin_service_client::ExperienceAdminServiceClient, validator,
    },
};
use connectus_testkit::{Mail, Person, Suite, eventually};
use futures::{FutureExt, TryStreamExt, future::LocalBoxFuture};
use prost_types::Timestamp;
use serde_json::Value;
use tonic::{Request, Status, transport::Channel};
use uuid::Uuid;

/// The address of whoever is asked by mail.
pub(crate) const BOSS: &str = "boss@example.net";

/// An experience with every field set.
pub(crate) fn details(name: &str) -> ExperienceDetails {
    ExperienceDetails {
        name: name.to_owned(),
        description: "Served soup.\nWashed up.".to_owned(),
        opportunity_id: String::new(),
        location: Some(Address {
            street: "1 Elm".to_owned(),
            city: "Bonn".to_owned(),
            province: "NRW".to_owned(),
            country: "Germany".to_owned(),
            postal_code: "53111".to_owned(),
            apt_number: "2b".to_owned(),
            point: Some(GeoPoint { longitude: 7.1, latitude: 50.7 }),
        }),
        begin: "May 2025".to_owned(),
        end: "June 2025".to_owned(),
        hours: 12,
    }
}

/// An organization as a validator.
#[expect(clippy::unnecessary_wraps, reason = "it is what requests take")]
pub(crate) fn on_site(organization: &Person) -> Option<Validator> {
    Some(Validator { validator: Some(validator::Validator::OrganizationId(organization.id.clone())) })
}

/// An address as a validator.
#[expect(clippy::unnecessary_wraps, reason = "it is what requests take")]
pub(crate) fn by_mail(email: &str) -> Option<Validator> {
    Some(Validator { validator: Some(validator::Validator::Email(email.to_owned())) })
}

/// Writes down an experience, of which only the name matters.
pub(crate) async fn create(
    suite: &Suite,
    person: &Person,
    name: &str,
    validator: Option<Validator>,
) -> Result<Experience, Status> {
    let request = CreateExperienceRequest { details: Some(details(name)), validator };
    let response = suite.experience().create_experience(person.asks(request)).await?.into_inner();
    Ok(response.experience.expect("the experience"))
}

/// Writes down an experience that an address is to confirm, and answers what was mailed to it.
pub(crate) async fn create_and_ask(suite: &Suite, person: &Person, name: &str) -> (Experience, Mail) {
    let experience = create(suite, person, name, by_mail(BOSS)).await.unwrap();
    (experience, suite.mail.next(BOSS).await)
}

/// Replaces an experience, of which only the name matters. The validator is an address, an organization's id, or nobody.
pub(crate) async fn replace(
    suite: &Suite,
    person: &Person,
    id: &str,
    name: &str,
    validator: &str,
) -> Result<Experience, Status> {
    let validator = match validator {
        "" => None,
        address if address.contains('@') => by_mail(address),
        id => Some(Validator { validator: Some(validator::Validator::OrganizationId(id.to_owned())) }),
    };
    let request = ReplaceExperienceRequest { experience_id: id.to_owned(), details: Some(details(name)), validator };
    let response = suite.experience().replace_experience(person.asks(request)).await?.into_inner();
    Ok(response.experience.expect("the experience"))
}

/// Deletes an experience.
pub(crate) async fn delete(suite: &Suite, person: &Person, id: &str) -> Result<(), Status> {
    let request = DeleteExperienceRequest { experience_id: id.to_owned() };
    suite.experience().delete_experience(person.asks(request)).await.map(drop)
}

/// A person's experiences, as somebody or nobody sees them.
pub(crate) async fn list(suite: &Suite, viewer: Option<&Person>, user_id: &str) -> Result<Vec<Experience>, Status> {
    let message = ListExperiencesRequest { user_id: user_id.to_owned(), ..ListExperiencesRequest::default() };
    let request = viewer.map_or_else(|| Request::new(message.clone()), |viewer| viewer.asks(message.clone()));
    Ok(suite.experience().list_experiences(request).await?.into_inner().experiences)
}

/// The one experience that a person has.
pub(crate) async fn only(suite: &Suite, person: &Person) -> Experience {
    let mut experiences = list(suite, None, &person.id).await.unwrap();
    assert_eq!(experiences.len(), 1);
    experiences.remove(0)
}

/// The name of an experience, and where its confirmation stands.
pub(crate) fn stand(experience: &Experience) -> (&str, ValidationState) {
    let (details, validation) = (experience.details.as_ref().unwrap(), experience.validation.as_ref().unwrap());
    (&details.name, validation.state())
}

/// What waits for an organization.
pub(crate) async fn inbox(suite: &Suite, organization: &Person) -> Vec<ValidationRequest> {
    let request = organization.asks(ListValidationRequestsRequest::default());
    suite.experience().list_validation_requests(request).await.unwrap().into_inner().requests
}

/// An organization decides about an experience.
pub(crate) async fn decide(
    suite: &Suite,
    organization: &Person,
    (user_id, experience_id): (&str, &str),
    decision: Decision,
) -> Result<(), Status> {
    let request = DecideValidationRequest {
        user_id: user_id.to_owned(),
        experience_id: experience_id.to_owned(),
        decision: decision.into(),
        request_id: String::new(),
    };
    suite.experience().decide_validation(organization.asks(request)).await.map(drop)
}

/// Opens a mailed link.
pub(crate) async fn read_link(suite: &Suite, token: &str) -> Result<GetMailedValidationResponse, Status> {
    let request = GetMailedValidationRequest { token: token.to_owned() };
    Ok(suite.experience().get_mailed_validation(request).await?.into_inner())
}

/// Decides by a mailed link.
pub(crate) async fn decide_link(suite: &Suite, token: &str, decision: Decision) -> Result<(), Status> {
    let request = DecideMailedValidationRequest { token: token.to_owned(), decision: decision.into() };
    suite.experience().decide_mailed_validation(request).await.map(drop)
}

/// A client of what only operators may ask of experience.
pub(crate) fn admin(suite: &Suite) -> ExperienceAdminServiceClient<Channel> {
    ExperienceAdminServiceClient::new(suite.channel())
}

/// Removes what there is about an account, as auth has it done.
pub(crate) async fn erase(suite: &Suite, id: &str) -> Result<(), Status> {
    let request = EraseAccountRequest { account_id: id.to_owned() };
    let mut client = suite.experience_internal();
    client.erase_account(suite.as_service(request)).await.map(drop)
}

/// Everything that experience holds about somebody: the kind of each record, and the record.
pub(crate) async fn export(suite: &Suite, person: &Person) -> Vec<(String, Value)> {
    let responses = suite.experience().export_data(person.asks(ExportDataRequest {})).await.unwrap().into_inner();
    let responses: Vec<_> = responses.try_collect().await.unwrap();
    let records = responses.into_iter().map(|response| response.record.expect("a record"));
    records.map(|record| (record.kind, serde_json::from_str(&record.json).unwrap())).collect()
}

/// An experience of the former system, with an id of its own, that is confirmed by the validator, if it has one.
pub(crate) fn former(name: &str, validator: Option<Validator>) -> ImportedExperience {
    ImportedExperience {
        experience_id: former_id(),
        details: Some(details(name)),
        is_verified: validator.is_some(),
        validator,
        create_time: Some(Timestamp { seconds: 1_500_000_000, nanos: 0 }),
        organization_name: String::new(),
    }
}

/// Takes over experiences of a person. Answers how many were there already.
pub(crate) async fn import(suite: &Suite, user_id: &str, former: &[ImportedExperience]) -> Result<i32, Status> {
    let request = ImportExperiencesRequest { user_id: user_id.to_owned(), experiences: former.to_vec() };
    Ok(admin(suite).import_experiences(suite.as_service(request)).await?.into_inner().existed_count)
}

/// An id of the former system that nothing else has.
pub(crate) fn former_id() -> String {
    Uuid::now_v7().simple().to_string()[8..].to_owned()
}

/// In how many rows of the service's tables a text is found, but for the messages that are under way.
pub(crate) async fn traces(suite: &Suite, text: &str) -> i64 {
    let mut traces = 0;
    let tables = connectus_testkit::schema::tables(&suite.database, "experience").await;
    for (table, _) in tables.into_iter().filter(|(table, _)| table != "outbox") {
        let count = format!("SELECT count(*) FROM experience.{table} t WHERE t::text LIKE '%{text}%'");
        traces += suite.database.value::<i64>(&count).await;
    }
    traces
}

/// An id that nothing has.
pub(crate) fn unknown_id() -> String {
    Uuid::now_v7().to_string()
}

/// How many rows a table of the service has.
pub(crate) async fn count(suite: &Suite, table: &str) -> i64 {
    suite.database.value(&format!("SELECT count(*) FROM experience.{table}")).await
}

/// The mails that ask addresses to confirm and were not taken out. Organizations are mailed of what waits for them too.
pub(crate) fn asked_by_mail(suite: &Suite) -> Vec<Mail> {
    let asks = |mail: &Mail| mail.to.ends_with("@example.net");
    suite.mail.received().into_iter().filter(asks).collect()
}

/// Waits until no message waits for delivery.
pub(crate) async fn until_delivered(suite: &Suite) {
    eventually("every message is delivered", async || (count(suite, "outbox").await == 0).then_some(())).await;
}

/// All that the service stores of experiences and their mails, to tell whether anything changed. Notices come and go.
pub(crate) async fn stored(suite: &Suite) -> String {
    suite
        .database
        .value(
            "SELECT concat((SELECT string_agg(e::text, ';' ORDER BY id) FROM experience.experiences e), '|', \
                (SELECT string_agg(l::text, ';' ORDER BY token_hash) FROM experience.approval_links l), '|', \
                (SELECT string_agg(o::text, ';' ORDER BY id) FROM experience.outbox o \
                 WHERE payload->>'kind' = 'approval_mail'))",
        )
        .await
}

/// Lets nobody change an experience until both calls wait for it, and then lets them go in this order.
pub(crate) fn one_after_the_other<'a, A: 'a, B: 'a>(
    suite: &'a Suite,
    first: impl Future<Output = A> + 'a,
    second: impl Future<Output = B> + 'a,
) -> LocalBoxFuture<'a, (A, B)> {
    let (first, second) = (first.boxed_local(), second.boxed_local());
    let both = async move {
        let holder = suite.database.connect().await;
        holder.batch_execute("BEGIN; SELECT 1 FROM experience.experiences FOR UPDATE").await.unwrap();
        let second = async {
            until_waiting(suite, 1).await;
            second.await
        };
        let release = async {
            until_waiting(suite, 2).await;
            holder.batch_execute("COMMIT").await.unwrap();
        };
        let (first, second, ()) = futures::join!(first, second, release);
        (first, second)
    };
    both.boxed_local()
}

async fn until_waiting(suite: &Suite, many: i64) {
    let waiting = "SELECT count(*) FROM pg_stat_activity \
        WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0";
    eventually("calls wait for the experience", async || {
        (suite.database.value::<i64>(waiting).await == many).then_some(())
    })
    .await;
}
