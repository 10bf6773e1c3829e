//! The rpcs about opportunities.

mod changes;
mod crowds;
mod erasure;
mod interests;
mod lists;
mod model;
mod repeats;
mod search;
mod throttle;
mod ties;
mod writing;

use connectus_proto::{
    account::v1::BlockAccountRequest,
    common::v1::{Address, GeoPoint},
    experience::v1::{
        CreateOpportunityRequest, DeleteOpportunityRequest, GetOpportunityRequest, Interest, InterestState,
        ListInterestsRequest, Opportunity, OpportunityDetails, ReplaceOpportunityRequest, ShiftTimes,
        ShowInterestRequest, WithdrawInterestRequest,
    },
    social::v1::{ListNotificationsRequest, Notification, NotificationKind},
};
use connectus_testkit::{Person, Suite};
use futures::future::join_all;
use prost_types::Timestamp;
use tonic::{Request, Status};

use crate::support::until_delivered;

/// A day in the far future, in Unix seconds: 1 May 2099.
pub(crate) const FUTURE: i64 = 4_081_276_800;
const DAY: i64 = 86_400;

/// An opportunity with every field set, whose shifts need so many people.
fn details(name: &str, needed: i32) -> OpportunityDetails {
    OpportunityDetails {
        name: name.to_owned(),
        description: "Pick them.\nAll.".to_owned(),
        address: Some(Address {
            street: "1 Elm".to_owned(),
            city: "Köln".to_owned(),
            province: "NRW".to_owned(),
            country: "Germany".to_owned(),
            postal_code: "50667".to_owned(),
            apt_number: "2b".to_owned(),
            point: Some(GeoPoint { longitude: 6.96, latitude: 50.94 }),
        }),
        is_signups_enabled: true,
        number_of_people_needed: needed,
        tags: vec!["fruit".to_owned(), "Outdoors".to_owned()],
        method_of_contact: "call".to_owned(),
    }
}

/// One for which nobody signs up.
fn open_details(name: &str) -> OpportunityDetails {
    OpportunityDetails { is_signups_enabled: false, number_of_people_needed: 0, ..details(name, 1) }
}

#[expect(clippy::unnecessary_wraps, reason = "messages have it so")]
fn at(seconds: i64) -> Option<Timestamp> {
    Some(Timestamp { seconds, nanos: 0 })
}

/// A shift of two hours on a day, counted from the first in the far future.
fn on(day: i64) -> ShiftTimes {
    let begin = FUTURE + day * DAY;
    ShiftTimes { shift_id: String::new(), begin_time: at(begin), end_time: at(begin + 7200) }
}

/// The same for a shift that there is.
fn moved(shift_id: &str, day: i64) -> ShiftTimes {
    ShiftTimes { shift_id: shift_id.to_owned(), ..on(day) }
}

async fn try_create(
    suite: &Suite,
    by: &Person,
    details: Option<OpportunityDetails>,
    shifts: Vec<ShiftTimes>,
) -> Result<Opportunity, Status> {
    let request = CreateOpportunityRequest { details, shifts };
    let response = suite.opportunities().create_opportunity(by.asks(request)).await?.into_inner();
    Ok(response.opportunity.expect("the opportunity"))
}

/// Makes an opportunity with shifts on some days.
pub(crate) async fn create(suite: &Suite, by: &Person, name: &str, needed: i32, days: &[i64]) -> Opportunity {
    let shifts = days.iter().copied().map(on).collect();
    try_create(suite, by, Some(details(name, needed)), shifts).await.unwrap()
}

/// Makes one for which nobody signs up.
async fn create_open(suite: &Suite, by: &Person, name: &str) -> Opportunity {
    try_create(suite, by, Some(open_details(name)), Vec::new()).await.unwrap()
}

async fn replace(
    suite: &Suite,
    by: &Person,
    id: &str,
    details: OpportunityDetails,
    shifts: Vec<ShiftTimes>,
) -> Result<Opportunity, Status> {
    let request = ReplaceOpportunityRequest { opportunity_id: id.to_owned(), details: Some(details), shifts };
    let response = suite.opportunities().replace_opportunity(by.asks(request)).await?.into_inner();
    Ok(response.opportunity.expect("the opportunity"))
}

/// Moves the first shift of an opportunity that has one, by a day.
pub(crate) async fn put_off(suite: &Suite, by: &Person, opportunity: &Opportunity) {
    let wanted = vec![moved(&opportunity.shifts[0].id, 2)];
    replace(suite, by, &opportunity.id, opportunity.details.clone().unwrap(), wanted).await.unwrap();
}

/// The shifts of an opportunity as they are.
fn same(opportunity: &Opportunity) -> Vec<ShiftTimes> {
    let shifts = opportunity.shifts.iter();
    shifts
        .map(|shift| ShiftTimes { shift_id: shift.id.clone(), begin_time: shift.begin_time, end_time: shift.end_time })
        .collect()
}

async fn delete(suite: &Suite, by: &Person, id: &str) -> Result<(), Status> {
    let request = DeleteOpportunityRequest { opportunity_id: id.to_owned() };
    suite.opportunities().delete_opportunity(by.asks(request)).await.map(drop)
}

async fn get(suite: &Suite, viewer: Option<&Person>, id: &str) -> Result<Opportunity, Status> {
    let message = GetOpportunityRequest { opportunity_id: id.to_owned() };
    let request = match viewer {
        Some(viewer) => viewer.asks(message),
        None => Request::new(message),
    };
    let response = suite.opportunities().get_opportunity(request).await?.into_inner();
    Ok(response.opportunity.expect("the opportunity"))
}

async fn show(suite: &Suite, by: &Person, id: &str, shift_id: &str) -> Result<InterestState, Status> {
    let request = ShowInterestRequest { opportunity_id: id.to_owned(), shift_id: shift_id.to_owned() };
    Ok(suite.opportunities().show_interest(by.asks(request)).await?.into_inner().state())
}

async fn block(suite: &Suite, by: &Person, whom: &Person) {
    let request = BlockAccountRequest { account_id: whom.id.clone() };
    suite.connections().block_account(by.asks(request)).await.unwrap();
}

/// Signs somebody up for a shift of an opportunity.
pub(crate) async fn sign_up(
    suite: &Suite,
    by: &Person,
    opportunity: &Opportunity,
    shift: usize,
) -> Result<InterestState, Status> {
    show(suite, by, &opportunity.id, &opportunity.shifts[shift].id).await
}

async fn withdraw(suite: &Suite, by: &Person, id: &str, shift_id: &str) -> Result<(), Status> {
    let request = WithdrawInterestRequest { opportunity_id: id.to_owned(), shift_id: shift_id.to_owned() };
    suite.opportunities().withdraw_interest(by.asks(request)).await.map(drop)
}

/// Who is interested, latest first.
async fn interests(suite: &Suite, by: &Person, id: &str) -> Vec<Interest> {
    let request =
        ListInterestsRequest { opportunity_id: id.to_owned(), page_size: 200, ..ListInterestsRequest::default() };
    suite.opportunities().list_interests(by.asks(request)).await.unwrap().into_inner().interests
}

/// How many have signed up for the first shift, and how many wait.
async fn counts(suite: &Suite, id: &str) -> (i32, i32) {
    let shift = get(suite, None, id).await.unwrap().shifts.remove(0);
    (shift.signed_up_count, shift.waiting_count)
}

/// People with names of their own.
async fn crowd(suite: &Suite, many: usize) -> Vec<Person> {
    let names: Vec<String> = (0..many).map(|number| format!("P{number}")).collect();
    let mut people = Vec::new();
    // As many as are served at once.
    for names in names.chunks(10) {
        // However many register from here.
        suite.database.execute("DELETE FROM auth.throttles").await;
        people.extend(join_all(names.iter().map(|name| suite.user(name))).await);
    }
    people
}

/// What somebody was notified of, once everything is delivered: latest first.
pub(crate) async fn notifications(suite: &Suite, person: &Person) -> Vec<Notification> {
    until_delivered(suite).await;
    let request = ListNotificationsRequest { page_size: 200, page_token: String::new() };
    suite.notifications().list_notifications(person.asks(request)).await.unwrap().into_inner().notifications
}

/// The kinds of it.
pub(crate) async fn kinds(suite: &Suite, person: &Person) -> Vec<NotificationKind> {
    notifications(suite, person).await.iter().map(Notification::kind).collect()
}
