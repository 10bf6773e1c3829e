//! AddNote and ListNotes.

use chrono::Utc;
use connectus_proto::{
    account::v1::{AddNoteRequest, ListNotesRequest, ListNotesResponse},
    common::v1::ErrorReason,
};
use connectus_testkit::{Suite, invalid_field, refusal};
use tonic::{Code, Status};
use uuid::Uuid;

use crate::support::{admin, stored, unknown_id};

const NOT_FOUND: (Code, ErrorReason) = (Code::NotFound, ErrorReason::AccountNotFound);

async fn add(suite: &Suite, id: &str, text: &str, operator: &str) -> Result<(), Status> {
    let (account_id, text, operator) = (id.to_owned(), text.to_owned(), operator.to_owned());
    let request = AddNoteRequest { account_id, text, operator };
    admin(suite).add_note(suite.as_service(request)).await.map(drop)
}

async fn list(suite: &Suite, id: &str, page_size: i32, page_token: &str) -> Result<ListNotesResponse, Status> {
    let (account_id, page_token) = (id.to_owned(), page_token.to_owned());
    let request = ListNotesRequest { account_id, page_size, page_token };
    Ok(admin(suite).list_notes(suite.as_service(request)).await?.into_inner())
}

#[tokio::test]
async fn a_note_says_what_by_whom_and_when() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    add(&suite, &ann.id, " Called.\nNobody there. ", "Olga").await.unwrap();
    let notes = list(&suite, &ann.id, 0, "").await.unwrap().notes;
    assert_eq!(notes.len(), 1);
    assert_eq!((&*notes[0].text, &*notes[0].operator), ("Called.\nNobody there.", "Olga"));
    assert_eq!(notes[0].id.parse::<Uuid>().unwrap().get_version_num(), 7);
    let age = Utc::now().timestamp() - notes[0].create_time.unwrap().seconds;
    assert!((0..60).contains(&age), "{age}");
}

#[tokio::test]
async fn pages_cover_the_notes_of_one_account_newest_first() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    for number in 1..=5 {
        add(&suite, &ann.id, &number.to_string(), "Olga").await.unwrap();
        add(&suite, &help.id, "of another", "Olga").await.unwrap();
    }
    let (mut seen, mut token, mut sizes) = (Vec::new(), String::new(), Vec::new());
    loop {
        let page = list(&suite, &ann.id, 2, &token).await.unwrap();
        sizes.push(page.notes.len());
        seen.extend(page.notes.into_iter().map(|note| note.text));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!((seen.concat().as_str(), &*sizes), ("54321", &[2, 2, 1][..]));
}

#[tokio::test]
async fn an_account_without_notes_has_none_and_one_that_is_not_there_is_not_found() {
    let suite = Suite::start().await;
    let (ann, unknown) = (suite.user("Ann").await, unknown_id());
    assert_eq!(list(&suite, &ann.id, 0, "").await.unwrap(), ListNotesResponse::default());
    assert_eq!(refusal(list(&suite, &unknown, 0, "").await), NOT_FOUND);
    assert_eq!(refusal(add(&suite, &unknown, "x", "Olga").await), NOT_FOUND);
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for (text, operator) in [("ß".to_owned(), "ß".to_owned()), ("ß".repeat(5000), "ß".repeat(100))] {
        add(&suite, &ann.id, &text, &operator).await.unwrap();
    }
    let before = stored(&suite).await;
    for text in [String::new(), " ".to_owned(), "ß".repeat(5001), "a\0b".to_owned()] {
        assert_eq!(invalid_field(add(&suite, &ann.id, &text, "Olga").await), "text", "{text:?}");
    }
    for operator in [String::new(), " ".to_owned(), "ß".repeat(101), "a\0b".to_owned()] {
        assert_eq!(invalid_field(add(&suite, &ann.id, "x", &operator).await), "operator", "{operator:?}");
    }
    for id in ["", "me", "x"] {
        assert_eq!(invalid_field(add(&suite, id, "x", "Olga").await), "account_id", "{id:?}");
        assert_eq!(invalid_field(list(&suite, id, 0, "").await), "account_id", "{id:?}");
    }
    for size in [-1, 201] {
        assert_eq!(invalid_field(list(&suite, &ann.id, size, "").await), "page_size", "{size}");
    }
    list(&suite, &ann.id, 200, "").await.unwrap();
    assert_eq!(invalid_field(list(&suite, &ann.id, 0, "x").await), "page_token");
    assert_eq!(stored(&suite).await, before);
}
