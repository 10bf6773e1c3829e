//! ListConnections and ListConnectionRequests.

use std::collections::HashSet;

use connectus_proto::{account::v1::ConnectionRequestDirection, common::v1::ErrorReason};
use connectus_testkit::{Suite, invalid_field, refusal};
use tonic::Code;

use crate::{
    network::{ask, block_one, connect, connected, connections_page, link, pending, request, requests_page},
    support::{crowd, unknown_id, user_of},
};

const BOTH: ConnectionRequestDirection = ConnectionRequestDirection::Unspecified;
const INCOMING: ConnectionRequestDirection = ConnectionRequestDirection::Incoming;
const OUTGOING: ConnectionRequestDirection = ConnectionRequestDirection::Outgoing;

fn reversed(ids: &[String]) -> Vec<String> {
    ids.iter().rev().cloned().collect()
}

#[tokio::test]
async fn anybody_sees_who_is_connected_newest_first() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    connect(&suite, &ann, &help).await;
    connect(&suite, &ben, &ann).await;
    for viewer in [None, Some(&ann), Some(&ben), Some(&help)] {
        assert_eq!(connected(&suite, viewer, &ann.id).await.unwrap(), [&*ben.id, &help.id], "{viewer:?}");
    }
    assert_eq!(connected(&suite, Some(&help), "me").await.unwrap(), [&*ann.id]);
    assert_eq!(connected(&suite, None, &ben.id).await.unwrap(), [&*ann.id]);
}

#[tokio::test]
async fn nobody_has_no_connections() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    assert!(connected(&suite, None, &ann.id).await.unwrap().is_empty());
    for id in [&*unknown_id(), "", "x", "\0"] {
        let not_found = (Code::NotFound, ErrorReason::AccountNotFound);
        assert_eq!(refusal(connected(&suite, Some(&ann), id).await), not_found, "{id:?}");
    }
    assert_eq!(refusal(connected(&suite, None, "me").await), (Code::Unauthenticated, ErrorReason::TokenMissing));
}

#[tokio::test]
async fn who_has_blocked_the_caller_is_missing_and_has_no_list() {
    let suite = Suite::start().await;
    let (ann, ben, cem) = (suite.user("Ann").await, suite.user("Ben").await, suite.user("Cem").await);
    connect(&suite, &ann, &ben).await;
    connect(&suite, &ann, &cem).await;
    connect(&suite, &ben, &cem).await;
    block_one(&suite, &cem, &ben.id).await.unwrap();
    assert_eq!(connected(&suite, Some(&ben), &ann.id).await.unwrap(), [&*ben.id]);
    assert_eq!(connected(&suite, Some(&cem), &ann.id).await.unwrap(), [&*cem.id, &ben.id], "who blocks still sees");
    assert_eq!(connected(&suite, None, &ann.id).await.unwrap(), [&*cem.id, &ben.id]);
    let not_found = (Code::NotFound, ErrorReason::AccountNotFound);
    assert_eq!(refusal(connected(&suite, Some(&ben), &cem.id).await), not_found);
}

#[tokio::test]
async fn requests_say_who_asks_whom_what_and_when() {
    let suite = Suite::start().await;
    let (ann, ben, cem) = (suite.user("Ann").await, suite.user("Ben").await, suite.user("Cem").await);
    request(&suite, &ann, &ben.id, "Hello Ben").await.unwrap();
    request(&suite, &cem, &ann.id, "Hello Ann").await.unwrap();
    let (requests, next) = requests_page(&suite, &ann, BOTH, (0, "")).await.unwrap();
    assert_eq!(next, "");
    let told = requests.iter().map(|request| {
        let account = request.account.as_ref().unwrap();
        (&*account.id, &*user_of(account).first_name, &*request.message, request.direction())
    });
    let expected = [(&*cem.id, "Cem", "Hello Ann", INCOMING), (&*ben.id, "Ben", "Hello Ben", OUTGOING)];
    assert_eq!(told.collect::<Vec<_>>(), expected);
    let now: i64 = suite.database.value("SELECT extract(epoch FROM now())::bigint").await;
    assert!(requests.iter().all(|request| (now - 60..=now).contains(&request.create_time.unwrap().seconds)));
    assert_eq!(pending(&suite, &ann).await, (vec![cem.id.clone()], vec![ben.id.clone()]));
    let bad = requests_page(&suite, &ann, INCOMING, (0, "x")).await;
    assert_eq!(invalid_field(bad), "page_token");
}

#[tokio::test]
async fn what_is_no_direction_and_no_page_is_refused() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for direction in [-1, 3] {
        let request = connectus_proto::account::v1::ListConnectionRequestsRequest { direction, ..Default::default() };
        let answer = suite.connections().list_connection_requests(ann.asks(request)).await;
        assert_eq!(invalid_field(answer), "direction");
    }
    for size in [-1, 201] {
        assert_eq!(invalid_field(requests_page(&suite, &ann, BOTH, (size, "")).await), "page_size");
        assert_eq!(invalid_field(connections_page(&suite, None, &ann.id, (size, "")).await), "page_size");
    }
    assert_eq!(invalid_field(connections_page(&suite, None, &ann.id, (0, "x")).await), "page_token");
}

#[tokio::test]
async fn pages_of_connections_neither_skip_nor_repeat_while_some_come_and_go() {
    let suite = Suite::start().await;
    let (ann, before) = (suite.user("Ann").await, crowd(&suite, "user", 60).await);
    let later = crowd(&suite, "organization", 30).await;
    link(&suite, &ann.id, &before).await;
    let (mut seen, mut token, mut rounds) = (Vec::new(), String::new(), 0);
    loop {
        let (accounts, next) = connections_page(&suite, None, &ann.id, (7, &token)).await.unwrap();
        assert!(accounts.len() == 7 || next.is_empty(), "pages are full");
        seen.extend(accounts.into_iter().map(|account| account.id));
        if next.is_empty() {
            break;
        }
        // New ones come, and one that was seen goes.
        link(&suite, &ann.id, &later[rounds * 2..rounds * 2 + 2]).await;
        let gone = format!("DELETE FROM account.connections WHERE '{}' IN (low_id, high_id)", seen.last().unwrap());
        suite.database.execute(&gone).await;
        (token, rounds) = (next, rounds + 1);
    }
    assert_eq!(seen, reversed(&before));
}

#[tokio::test]
async fn pages_of_requests_neither_skip_nor_repeat_while_some_come_and_go() {
    let suite = Suite::start().await;
    let (ann, others) = (suite.user("Ann").await, crowd(&suite, "user", 100).await);
    // Every second has asked her, and she has asked the others.
    for pair in others[..50].chunks(2) {
        ask(&suite, &ann.id, &pair[..1]).await;
        ask(&suite, &pair[1], std::slice::from_ref(&ann.id)).await;
    }
    let odd = |remainder: usize| others[..50].iter().skip(remainder).step_by(2).cloned().collect::<Vec<_>>();
    let mut later = others[50..].iter();
    for (direction, expected) in [(BOTH, others[..50].to_vec()), (INCOMING, odd(0)), (OUTGOING, odd(1))] {
        let (mut seen, mut token) = (Vec::new(), String::new());
        loop {
            let (requests, next) = requests_page(&suite, &ann, direction, (7, &token)).await.unwrap();
            assert!(requests.len() == 7 || next.is_empty(), "pages are full");
            seen.extend(requests.into_iter().map(|request| request.account.unwrap().id));
            if next.is_empty() {
                break;
            }
            ask(&suite, &ann.id, std::slice::from_ref(later.next().unwrap())).await;
            token = next;
        }
        let new: HashSet<&String> = others[50..].iter().collect();
        seen.retain(|id| !new.contains(id));
        assert_eq!(seen, reversed(&expected), "{direction:?}");
    }
}

#[tokio::test]
async fn a_page_holds_up_to_two_hundred_and_fifty_if_none_say_how_many() {
    let suite = Suite::start().await;
    let (ann, crowd) = (suite.user("Ann").await, crowd(&suite, "user", 450).await);
    link(&suite, &ann.id, &crowd[..250]).await;
    ask(&suite, &ann.id, &crowd[250..]).await;
    for (asked, got) in [(0, 50), (1, 1), (200, 200)] {
        assert_eq!(connections_page(&suite, None, &ann.id, (asked, "")).await.unwrap().0.len(), got);
        assert_eq!(requests_page(&suite, &ann, INCOMING, (asked, "")).await.unwrap().0.len(), got);
    }
}
