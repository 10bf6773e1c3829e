//! A person's shifts as a calendar (RFC 5545).

use axum::{
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use chrono::{DateTime, Utc};
use connectus_platform::peer::on_behalf;
use connectus_proto::{
    common::v1::{Address, ErrorReason},
    experience::v1::{GetSignUpsRequest, InterestState, Opportunity, OpportunityDetails, Shift},
};
use http::{
    Method,
    header::{CONTENT_DISPOSITION, CONTENT_TYPE},
};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus};
use prost_types::Timestamp;

use super::{Params, opportunities::NOT_FOUND};
use crate::{
    failure::Failure,
    route::{Answer, Auth, Cause, INTERNAL, Origin, Route, error},
    upstream::Gateway,
};

/// How much of a description is told with each shift, in characters.
const MAX_DESCRIPTION: usize = 500;

pub(super) const ROUTES: &[Route] = &[Route {
    method: Method::GET,
    path: "/v1/opportunities/{id}/calendar.ics",
    summary: "The shifts of an opportunity that the caller has signed up for, as a calendar.",
    details: "Times are in UTC. Those whose waiting list the caller is on are tentative.",
    origin: Origin::Added,
    auth: Auth::Token,
    query: &[],
    rpcs: &["connectus.experience.v1.OpportunityService/GetSignUps"],
    body: None,
    answer: Answer::Calendar,
    errors: &[
        NOT_FOUND,
        INTERNAL,
        // A calendar has one event at least (RFC 5545, section 3.6).
        error(4002, 404, "Shift not found.", &[Cause::Reason(ErrorReason::ShiftNotFound)])
            .when("The caller has signed up for no shift of it."),
    ],
    handler: || get(calendar),
}];

async fn calendar(State(gateway): State<Gateway>, Params(opportunity_id): Params<String>) -> Result<Response, Failure> {
    let request = on_behalf(GetSignUpsRequest { opportunity_id });
    let response = gateway.opportunities().get_sign_ups(request).await?.into_inner();
    let calendar =
        write(&response.opportunity.unwrap_or_default()).ok_or(Failure::Reason(ErrorReason::ShiftNotFound))?;
    let headers =
        [(CONTENT_TYPE, "text/calendar; charset=utf-8"), (CONTENT_DISPOSITION, "attachment; filename=\"shifts.ics\"")];
    Ok((headers, calendar).into_response())
}

/// The calendar of the caller's shifts, if there are any.
fn write(opportunity: &Opportunity) -> Option<String> {
    let details = opportunity.details.clone().unwrap_or_default();
    let events: Vec<Event> = opportunity.shifts.iter().filter_map(|shift| event(&details, shift)).collect();
    if events.is_empty() {
        return None;
    }
    Some(events.into_iter().collect::<Calendar>().done().to_string())
}

/// A shift that the caller has signed up for.
fn event(details: &OpportunityDetails, shift: &Shift) -> Option<Event> {
    let status = match shift.caller_state() {
        InterestState::SignedUp => EventStatus::Confirmed,
        InterestState::Waiting => EventStatus::Tentative,
        InterestState::Unspecified | InterestState::Interested => return None,
    };
    let mut event = Event::with_uid(&shift.id);
    event.summary(&line(&details.name)).starts(moment(shift.begin_time)?).ends(moment(shift.end_time)?).status(status);
    let description: String = details.description.chars().take(MAX_DESCRIPTION).collect();
    event.description(&line(&description));
    let place = place(details.address.clone().unwrap_or_default());
    if !place.is_empty() {
        event.location(&line(&place));
    }
    Some(event.done())
}

/// A text as a calendar takes it: the breaks of its lines are one character, which is escaped then. Left in, another would end
/// the property.
fn line(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn place(address: Address) -> String {
    let town = format!("{} {}", address.postal_code, address.city).trim().to_owned();
    let parts = [address.street, address.apt_number, town, address.province, address.country];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn moment(time: Option<Timestamp>) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(time?.seconds, 0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn opportunity(name: &str, description: &str, states: &[InterestState]) -> Opportunity {
        let details = OpportunityDetails {
            name: name.to_owned(),
            description: description.to_owned(),
            address: Some(Address { street: "1 Elm".to_owned(), city: "Bonn".to_owned(), ..Address::default() }),
            ..OpportunityDetails::default()
        };
        let at = |seconds| Some(Timestamp { seconds, nanos: 0 });
        let shift = |(index, state): (i64, &InterestState)| Shift {
            id: format!("shift-{index}"),
            begin_time: at(1_777_626_000 + 86_400 * index),
            end_time: at(1_777_633_200 + 86_400 * index),
            caller_state: (*state).into(),
            ..Shift::default()
        };
        Opportunity { details: Some(details), shifts: (0..).zip(states).map(shift).collect(), ..Opportunity::default() }
    }

    /// The lines of a calendar, put together again where they were folded (RFC 5545, section 3.1).
    fn lines(calendar: &str) -> Vec<String> {
        let unfolded = calendar.strip_suffix("\r\n").unwrap().replace("\r\n ", "");
        unfolded.split("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn a_calendar_has_the_callers_shifts_and_no_others() {
        let states = [InterestState::SignedUp, InterestState::Unspecified, InterestState::Waiting];
        let lines = lines(&write(&opportunity("Soup; bread, tea", "a\\b\r\nc", &states)).unwrap());
        let of = |name: &str| -> Vec<&str> {
            lines.iter().filter_map(|line| line.strip_prefix(name)?.strip_prefix(':')).collect()
        };
        assert_eq!(of("UID"), ["shift-0", "shift-2"]);
        assert_eq!(of("STATUS"), ["CONFIRMED", "TENTATIVE"]);
        assert_eq!(of("DTSTART"), ["20260501T090000Z", "20260503T090000Z"]);
        assert_eq!(of("DTEND"), ["20260501T110000Z", "20260503T110000Z"]);
        assert_eq!(of("SUMMARY")[0], "Soup\\; bread\\, tea");
        assert_eq!(of("DESCRIPTION")[0], "a\\\\b\\nc");
        assert_eq!(of("LOCATION")[0], "1 Elm\\, Bonn");
        assert_eq!(of("DTSTAMP").len(), 2);
        assert_eq!((&*lines[0], &**lines.last().unwrap()), ("BEGIN:VCALENDAR", "END:VCALENDAR"));
    }

    #[test]
    fn without_a_shift_there_is_no_calendar() {
        assert_eq!(write(&opportunity("x", "y", &[])), None);
        assert_eq!(write(&opportunity("x", "y", &[InterestState::Unspecified])), None);
    }

    proptest! {
        #[test]
        fn no_text_writes_lines_of_its_own(name in "[\\PC\r\n\t]{1,200}", description in "[\\PC\r\n\t ]{1,600}") {
            let plain = lines(&write(&opportunity("x", "y", &[InterestState::SignedUp])).unwrap());
            let calendar = write(&opportunity(&name, &description, &[InterestState::SignedUp])).unwrap();
            let written = lines(&calendar);
            let names = |lines: &[String]| -> Vec<String> {
                lines.iter().map(|line| line.split_once(':').unwrap().0.to_owned()).collect()
            };
            prop_assert_eq!(names(&written), names(&plain));
            prop_assert!(written.iter().all(|line| !line.contains(['\r', '\n'])));
            prop_assert!(calendar.split("\r\n").all(|line| line.len() <= 76), "lines are folded");
        }
    }
}
