//! CreateOpportunity, ReplaceOpportunity, DeleteOpportunity and GetOpportunity: what may be written, and by whom.

use connectus_proto::{
    account::v1::{GetAccountRequest, account::Owner},
    common::v1::{Address, ErrorReason, GeoPoint},
    experience::v1::{
        CreateOpportunityRequest, InterestState, OpportunityDetails, ReplaceOpportunityRequest, Shift, ShiftTimes,
    },
};
use connectus_testkit::{Person, Suite, eventually, invalid_field, refusal};
use tonic::{Code, Request, Status};

use super::{
    DAY, FUTURE, at, create, create_open, delete, details, get, moved, on, open_details, replace, same, try_create,
};
use crate::support::unknown_id;

/// An organization, and an opportunity that it has.
struct Scene {
    suite: Suite,
    help: Person,
    id: String,
}

impl Scene {
    async fn new() -> Self {
        let suite = Suite::start().await;
        let help = suite.organization("Help").await;
        let id = create(&suite, &help, "Apples", 1, &[1]).await.id;
        Self { suite, help, id }
    }

    async fn create(&self, details: Option<OpportunityDetails>, shifts: &[ShiftTimes]) -> Result<(), Status> {
        try_create(&self.suite, &self.help, details, shifts.to_vec()).await.map(drop)
    }

    async fn replace(&self, details: Option<OpportunityDetails>, shifts: &[ShiftTimes]) -> Result<(), Status> {
        let request = ReplaceOpportunityRequest { opportunity_id: self.id.clone(), details, shifts: shifts.to_vec() };
        self.suite.opportunities().replace_opportunity(self.help.asks(request)).await.map(drop)
    }

    /// Both rpcs take these, and keep the details as they are.
    async fn take(&self, details: OpportunityDetails, shifts: &[ShiftTimes]) {
        self.replace(Some(details.clone()), shifts).await.unwrap();
        assert_eq!(get(&self.suite, None, &self.id).await.unwrap().details, Some(details.clone()));
        let made = try_create(&self.suite, &self.help, Some(details.clone()), shifts.to_vec()).await.unwrap();
        assert_eq!(made.details, Some(details));
        assert_eq!(get(&self.suite, None, &made.id).await.unwrap(), made);
    }

    /// Both rpcs refuse these for a field, and nothing changes.
    async fn refuse(&self, details: Option<OpportunityDetails>, shifts: &[ShiftTimes], field: &str) {
        let before = get(&self.suite, None, &self.id).await.unwrap();
        assert_eq!(invalid_field(self.create(details.clone(), shifts).await), field);
        assert_eq!(invalid_field(self.replace(details, shifts).await), field);
        assert_eq!(get(&self.suite, None, &self.id).await.unwrap(), before);
    }
}

/// A field's path, the least and the most characters that it may have, and where it is.
type Text = (&'static str, usize, usize, fn(&mut OpportunityDetails) -> &mut String);

const TEXTS: [Text; 10] = [
    ("name", 1, 200, |details| &mut details.name),
    ("description", 1, 5000, |details| &mut details.description),
    ("method_of_contact", 0, 500, |details| &mut details.method_of_contact),
    ("tags", 1, 50, |details| &mut details.tags[0]),
    ("address.street", 0, 200, |details| &mut address(details).street),
    ("address.city", 0, 200, |details| &mut address(details).city),
    ("address.province", 0, 200, |details| &mut address(details).province),
    ("address.country", 0, 200, |details| &mut address(details).country),
    ("address.postal_code", 0, 20, |details| &mut address(details).postal_code),
    ("address.apt_number", 0, 50, |details| &mut address(details).apt_number),
];

fn address(details: &mut OpportunityDetails) -> &mut Address {
    details.address.get_or_insert_default()
}

fn with(field: fn(&mut OpportunityDetails) -> &mut String, text: &str) -> OpportunityDetails {
    let mut details = details("Apples", 1);
    text.clone_into(field(&mut details));
    details
}

#[tokio::test]
async fn texts_have_their_limits() {
    let scene = Scene::new().await;
    for (path, least, most, field) in TEXTS {
        for length in [least, most] {
            scene.take(with(field, &"ß".repeat(length)), &[on(1)]).await;
        }
        let mut refused = vec!["ß".repeat(most + 1), "a\0b".to_owned()];
        if least > 0 {
            refused.extend([String::new(), " \n".to_owned()]);
        }
        for text in refused {
            scene.refuse(Some(with(field, &text)), &[on(1)], &format!("details.{path}")).await;
        }
    }
}

#[tokio::test]
async fn numbers_lists_and_points_have_their_limits() {
    let scene = Scene::new().await;
    for needed in [1, 10_000] {
        scene.take(details("Apples", needed), &[on(1)]).await;
    }
    for needed in [-1, 0, 10_001] {
        scene.refuse(Some(details("Apples", needed)), &[on(1)], "details.number_of_people_needed").await;
    }
    let needing = |number_of_people_needed| OpportunityDetails { number_of_people_needed, ..open_details("Apples") };
    scene.take(needing(0), &[]).await;
    scene.take(needing(10_000), &[on(1)]).await;
    scene.refuse(Some(needing(-1)), &[], "details.number_of_people_needed").await;
    let tagged = |many| OpportunityDetails { tags: vec!["x".to_owned(); many], ..details("Apples", 1) };
    scene.take(tagged(20), &[on(1)]).await;
    scene.refuse(Some(tagged(21)), &[on(1)], "details.tags").await;
    let mut nowhere = details("Apples", 1);
    address(&mut nowhere).point = Some(GeoPoint { longitude: 181.0, latitude: 0.0 });
    scene.refuse(Some(nowhere), &[on(1)], "details.address.point.longitude").await;
    scene.refuse(None, &[on(1)], "details").await;
}

#[tokio::test]
async fn shifts_have_their_limits() {
    let scene = Scene::new().await;
    let apples = || details("Apples", 1);
    let lasting = |seconds| ShiftTimes { end_time: at(FUTURE + seconds), ..on(0) };
    for shifts in [vec![lasting(1)], vec![lasting(31 * DAY)], (0..100).map(on).collect()] {
        scene.take(apples(), &shifts).await;
    }
    let at_first = |begin_time| ShiftTimes { begin_time, ..on(0) };
    for (shift, field) in [
        (at_first(None), "begin_time"),
        (at_first(at(-100_000_000_000)), "begin_time"),
        (at_first(at(i64::MAX)), "begin_time"),
        (ShiftTimes { end_time: None, ..on(0) }, "end_time"),
        (ShiftTimes { end_time: at(253_402_300_800), ..on(0) }, "end_time"),
        (lasting(0), "end_time"),
        (lasting(-1), "end_time"),
        (lasting(31 * DAY + 1), "end_time"),
        (on(1), "begin_time"),
    ] {
        scene.refuse(Some(apples()), &[on(1), shift], &format!("shifts[1].{field}")).await;
    }
    scene.refuse(Some(apples()), &[], "shifts").await;
    scene.refuse(Some(apples()), &(0..101).map(on).collect::<Vec<_>>(), "shifts").await;
    let id = get(&scene.suite, None, &scene.id).await.unwrap().shifts[0].id.clone();
    let twice = scene.replace(Some(apples()), &[moved(&id, 1), moved(&id.to_uppercase(), 2)]).await;
    assert_eq!(invalid_field(twice), "shifts[1].shift_id");
    let new = scene.create(Some(apples()), &[on(1), moved(&id, 2)]).await;
    assert_eq!(invalid_field(new), "shifts[1].shift_id");
}

#[tokio::test]
async fn it_is_shown_to_anybody_as_it_was_made() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let made = create(&suite, &help, "Apples", 2, &[5, 1]).await;
    let begins: Vec<_> = made.shifts.iter().map(|shift| shift.begin_time).collect();
    assert_eq!(begins, [on(1).begin_time, on(5).begin_time], "in the order in which they begin");
    assert_eq!((&made.organization_id, &made.details), (&help.id, &Some(details("Apples", 2))));
    for Shift { signed_up_count, waiting_count, caller_state, .. } in &made.shifts {
        assert_eq!((*signed_up_count, *waiting_count, *caller_state), (0, 0, InterestState::Unspecified.into()));
    }
    for viewer in [None, Some(&ann), Some(&help)] {
        assert_eq!(get(&suite, viewer, &made.id).await.unwrap(), made);
    }
    let not_found = (Code::NotFound, ErrorReason::OpportunityNotFound);
    for id in ["", "x", &unknown_id()] {
        assert_eq!(refusal(get(&suite, Some(&help), id).await), not_found, "{id:?}");
    }
}

#[tokio::test]
async fn only_its_organization_changes_it() {
    let suite = Suite::start().await;
    let (ann, help, care) =
        (suite.user("Ann").await, suite.organization("Help").await, suite.organization("Care").await);
    let made = create(&suite, &help, "Apples", 1, &[1]).await;
    let organizations_only = (Code::PermissionDenied, ErrorReason::OrganizationAccountRequired);
    let not_found = (Code::NotFound, ErrorReason::OpportunityNotFound);
    let change = async |by: &Person, id: &str| replace(&suite, by, id, details("Pears", 1), vec![on(1)]).await;
    assert_eq!(refusal(try_create(&suite, &ann, Some(details("x", 1)), vec![on(1)]).await), organizations_only);
    assert_eq!(refusal(change(&ann, &made.id).await), organizations_only);
    assert_eq!(refusal(delete(&suite, &ann, &made.id).await), organizations_only);
    for (by, id) in [(&care, &*made.id), (&help, "x"), (&help, &unknown_id())] {
        assert_eq!(refusal(change(by, id).await), not_found);
        assert_eq!(refusal(delete(&suite, by, id).await), not_found);
    }
    let anonymous = Request::new(CreateOpportunityRequest { details: Some(details("x", 1)), shifts: vec![on(1)] });
    let answer = suite.opportunities().create_opportunity(anonymous).await;
    assert_eq!(refusal(answer), (Code::Unauthenticated, ErrorReason::TokenMissing));
    assert_eq!(get(&suite, None, &made.id).await.unwrap(), made);
    delete(&suite, &help, &made.id).await.unwrap();
    assert_eq!(refusal(get(&suite, None, &made.id).await), not_found);
    assert_eq!(refusal(delete(&suite, &help, &made.id).await), not_found);
}

#[tokio::test]
async fn shifts_are_matched_by_their_ids_and_else_by_their_times() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let made = create(&suite, &help, "Apples", 1, &[1, 2, 3]).await;
    let ids: Vec<_> = made.shifts.iter().map(|shift| shift.id.as_str()).collect();
    // The first is moved, the second kept, the third withdrawn, and one is new.
    let wanted = vec![moved(ids[0], 9), on(2), on(4)];
    let changed = replace(&suite, &help, &made.id, details("Apples", 1), wanted).await.unwrap();
    assert_eq!(changed, get(&suite, Some(&help), &made.id).await.unwrap());
    let now: Vec<_> = changed.shifts.iter().map(|shift| (shift.id.as_str(), shift.begin_time)).collect();
    assert_eq!((now[0], now[2]), ((ids[1], on(2).begin_time), (ids[0], on(9).begin_time)));
    assert!(!ids.contains(&now[1].0) && now[1].1 == on(4).begin_time);
    assert_eq!(changed.create_time, made.create_time);
    for unknown in ["x", ids[2], &unknown_id()] {
        let answer = replace(&suite, &help, &made.id, details("Apples", 1), vec![moved(unknown, 1)]).await;
        assert_eq!(refusal(answer), (Code::NotFound, ErrorReason::ShiftNotFound), "{unknown}");
    }
    let same = replace(&suite, &help, &made.id, details("Apples", 1), same(&changed)).await.unwrap();
    assert_eq!(same, changed);
}

#[tokio::test]
async fn an_organization_has_two_hundred_at_most_however_many_it_makes_at_once() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    create_open(&suite, &help, "Choir").await;
    let columns = "organization_id, name, description, street, city, province, country, postal_code, apt_number, \
        is_signups_enabled, number_of_people_needed, tags, method_of_contact, created_at";
    let copy = format!(
        "INSERT INTO experience.opportunities (id, {columns}) SELECT gen_random_uuid(), {columns} \
         FROM experience.opportunities, generate_series(1, 194)"
    );
    suite.database.execute(&copy).await;
    let making = (0..10).map(|_| try_create(&suite, &help, Some(open_details("Choir")), Vec::new()));
    let answers = futures::future::join_all(making).await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((made.len(), refused.len()), (5, 5));
    for answer in refused {
        assert_eq!(refusal(answer), (Code::FailedPrecondition, ErrorReason::LimitReached));
    }
    delete(&suite, &help, &made[0].as_ref().unwrap().id).await.unwrap();
    create_open(&suite, &help, "Choir").await;
}

#[tokio::test]
async fn the_organizations_account_has_their_ids_newest_first() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let until = async |expected: &[&str]| {
        eventually("the account has the ids", async || {
            let request = GetAccountRequest { account_id: help.id.clone() };
            let account = suite.account().get_account(request).await.unwrap().into_inner().account.unwrap();
            let Some(Owner::Organization(organization)) = account.owner else { panic!("an organization") };
            (organization.opportunity_ids == expected).then_some(())
        })
        .await;
    };
    let first = create_open(&suite, &help, "Choir").await;
    let second = create(&suite, &help, "Apples", 1, &[1]).await;
    until(&[&second.id, &first.id]).await;
    delete(&suite, &help, &first.id).await.unwrap();
    until(&[&second.id]).await;
    delete(&suite, &help, &second.id).await.unwrap();
    until(&[]).await;
}
