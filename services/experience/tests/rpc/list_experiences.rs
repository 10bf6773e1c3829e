//! ListExperiences.

use connectus_proto::{
    common::v1::ErrorReason,
    experience::v1::{ListExperiencesRequest, ListExperiencesResponse},
};
use connectus_testkit::{Person, Suite, invalid_field, refusal};
use tonic::{Code, Status};
use uuid::Uuid;

use crate::support::{create, delete, list, unknown_id};

/// One page of a person's experiences.
async fn page(suite: &Suite, user_id: &str, page_size: i32, token: &str) -> Result<ListExperiencesResponse, Status> {
    let request = ListExperiencesRequest { user_id: user_id.to_owned(), page_size, page_token: token.to_owned() };
    Ok(suite.experience().list_experiences(request).await?.into_inner())
}

fn ids(page: &ListExperiencesResponse) -> Vec<&str> {
    page.experiences.iter().map(|experience| &*experience.id).collect()
}

/// Gives a person so many experiences, and answers their ids, newest first.
async fn write_down(suite: &Suite, person: &Person, many: usize) -> Vec<String> {
    let mut ids: Vec<String> = (0..many).map(|_| Uuid::now_v7().to_string()).collect();
    let rows: Vec<String> = ids.iter().map(|id| format!("('{id}'::uuid)")).collect();
    let insert = format!(
        "INSERT INTO experience.experiences \
         SELECT id, '{}', 'x', 'y', '', '', '', '', '', '', '', NULL, NULL, '', '', 0, now(), NULL, NULL, 'none' \
         FROM (VALUES {}) AS new (id)",
        person.id,
        rows.join(", ")
    );
    suite.database.execute(&insert).await;
    ids.reverse();
    ids
}

#[tokio::test]
async fn the_newest_come_first_and_only_the_persons_own() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let first = create(&suite, &ann, "Choir", None).await.unwrap();
    create(&suite, &ben, "Garden", None).await.unwrap();
    let second = create(&suite, &ann, "Soup kitchen", None).await.unwrap();
    assert_eq!(list(&suite, None, &ann.id).await.unwrap(), [second, first]);
    let cem = suite.user("Cem").await;
    assert_eq!(list(&suite, None, &cem.id).await.unwrap(), []);
}

#[tokio::test]
async fn pages_follow_each_other_while_new_ones_are_added_and_old_ones_deleted() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let before = write_down(&suite, &ann, 7).await;
    let first = page(&suite, &ann.id, 3, "").await.unwrap();
    assert_eq!(ids(&first), before[..3]);
    create(&suite, &ann, "newer than all", None).await.unwrap();
    // Even the one that the next page is counted from.
    delete(&suite, &ann, &before[2]).await.unwrap();
    let second = page(&suite, &ann.id, 3, &first.next_page_token).await.unwrap();
    assert_eq!(ids(&second), before[3..6]);
    create(&suite, &ann, "newer still", None).await.unwrap();
    let last = page(&suite, &ann.id, 3, &second.next_page_token).await.unwrap();
    assert_eq!((ids(&last), &*last.next_page_token), (vec![&*before[6]], ""));
    assert_eq!(list(&suite, None, &ann.id).await.unwrap().len(), 8);
}

#[tokio::test]
async fn a_full_page_is_the_last_when_nothing_follows() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let all = write_down(&suite, &ann, 4).await;
    let first = page(&suite, &ann.id, 2, "").await.unwrap();
    let last = page(&suite, &ann.id, 2, &first.next_page_token).await.unwrap();
    assert_eq!((ids(&last), &*last.next_page_token), (vec![&*all[2], &all[3]], ""));
}

#[tokio::test]
async fn pages_have_fifty_or_up_to_two_hundred() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let all = write_down(&suite, &ann, 201).await;
    for (size, length) in [(0, 50), (1, 1), (200, 200)] {
        let page = page(&suite, &ann.id, size, "").await.unwrap();
        assert_eq!(ids(&page), all[..length]);
        assert_ne!(page.next_page_token, "");
    }
    for size in [-1, 201, i32::MIN, i32::MAX] {
        assert_eq!(invalid_field(page(&suite, &ann.id, size, "").await), "page_size", "{size}");
    }
}

#[tokio::test]
async fn a_token_that_is_none_is_refused() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    write_down(&suite, &ann, 2).await;
    let token = page(&suite, &ann.id, 1, "").await.unwrap().next_page_token;
    for bad in ["x", "\0", "====", &token[1..], &format!("{token}A"), &unknown_id(), &"A".repeat(10_000)] {
        assert_eq!(invalid_field(page(&suite, &ann.id, 1, bad).await), "page_token", "{bad:?}");
    }
}

#[tokio::test]
async fn only_people_have_experiences() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    for id in [&help.id, &unknown_id(), "", "x", "ME", "\0"] {
        for viewer in [None, Some(&ann), Some(&help)] {
            let answer = list(&suite, viewer, id).await;
            assert_eq!(refusal(answer), (Code::NotFound, ErrorReason::UserNotFound), "{id:?}");
        }
    }
    let own = list(&suite, Some(&help), "me").await;
    assert_eq!(refusal(own), (Code::PermissionDenied, ErrorReason::UserAccountRequired));
}

#[tokio::test]
async fn me_is_somebody() {
    let suite = Suite::start().await;
    assert_eq!(refusal(list(&suite, None, "me").await), (Code::Unauthenticated, ErrorReason::TokenMissing));
}

#[tokio::test]
async fn who_is_blocked_sees_nothing_of_the_person() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    create(&suite, &ann, "Soup kitchen", None).await.unwrap();
    let block = format!("INSERT INTO account.blocks VALUES ('{}', '{}')", ann.id, ben.id);
    suite.database.execute(&block).await;
    let answer = list(&suite, Some(&ben), &ann.id).await;
    assert_eq!(refusal(answer), (Code::NotFound, ErrorReason::UserNotFound));
    assert_eq!(list(&suite, None, &ann.id).await.unwrap().len(), 1);
}
