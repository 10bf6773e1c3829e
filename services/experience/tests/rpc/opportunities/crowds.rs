//! Many people at once: no shift takes more than it needs, and who waits moves up once and in order.

use std::collections::BTreeSet;

use connectus_proto::{
    common::v1::ErrorReason,
    experience::v1::{Interest, InterestState},
    social::v1::NotificationKind,
};
use connectus_testkit::{Person, Suite, refusal};
use futures::future::{join, join_all};
use tonic::Code;

use super::{
    counts, create, crowd, delete, details, get, interests, kinds, notifications, replace, same, sign_up, withdraw,
};
use crate::support::{count, erase};

/// The ids of those who stand so, in the order in which they came.
fn standing(interests: &[Interest], state: InterestState) -> Vec<String> {
    interests.iter().rev().filter(|one| one.state() == state).map(|one| one.user_id.clone()).collect()
}

fn find<'a>(people: &'a [Person], id: &str) -> &'a Person {
    people.iter().find(|person| person.id == id).expect("one of them")
}

#[tokio::test]
async fn fifty_at_once_take_ten_places_and_then_the_next_move_up_once_each() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let people = crowd(&suite, 50).await;
    let apples = create(&suite, &help, "Apples", 10, &[1]).await;
    let answers = join_all(people.iter().map(|person| sign_up(&suite, person, &apples, 0))).await;
    let many = |state| answers.iter().filter(|answer| answer.as_ref().is_ok_and(|answer| *answer == state)).count();
    assert_eq!((many(InterestState::SignedUp), many(InterestState::Waiting)), (10, 40));
    let first = interests(&suite, &help, &apples.id).await;
    let (signed_up, waiting) = (standing(&first, InterestState::SignedUp), standing(&first, InterestState::Waiting));
    assert_eq!((signed_up.len(), waiting.len()), (10, 40));
    // All who have places leave at once, two of them twice.
    let leaving = signed_up.iter().chain(&signed_up[..2]).map(|id| withdraw(&suite, find(&people, id), &apples.id, ""));
    let left = join_all(leaving).await;
    let refused: Vec<_> = left.into_iter().filter(Result::is_err).map(refusal).collect();
    assert_eq!(refused, [(Code::NotFound, ErrorReason::InterestNotFound); 2]);
    let then = interests(&suite, &help, &apples.id).await;
    assert_eq!(standing(&then, InterestState::SignedUp), waiting[..10]);
    assert_eq!(standing(&then, InterestState::Waiting), waiting[10..]);
    for id in &waiting[..11] {
        let expected: &[NotificationKind] = if *id == waiting[10] { &[] } else { &[NotificationKind::ShiftFreed] };
        assert_eq!(kinds(&suite, find(&people, id)).await, expected);
    }
    assert_eq!(notifications(&suite, &help).await.len(), 50);
}

#[tokio::test]
async fn places_are_added_while_people_come_and_leave() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let people = crowd(&suite, 20).await;
    let apples = create(&suite, &help, "Apples", 3, &[1]).await;
    for person in &people[..10] {
        sign_up(&suite, person, &apples, 0).await.unwrap();
    }
    let leaving = join_all(people[..5].iter().map(|person| withdraw(&suite, person, &apples.id, "")));
    let coming = join_all(people[10..].iter().map(|person| sign_up(&suite, person, &apples, 0)));
    let adding = async {
        for needed in 4..=6 {
            replace(&suite, &help, &apples.id, details("Apples", needed), same(&apples)).await.unwrap();
        }
    };
    let looking = async {
        for _ in 0..20 {
            let seen = get(&suite, None, &apples.id).await.unwrap();
            let (needed, shift) = (seen.details.unwrap().number_of_people_needed, &seen.shifts[0]);
            assert!(shift.signed_up_count <= needed, "{shift:?} of {needed}");
            assert!(shift.waiting_count == 0 || shift.signed_up_count == needed, "{shift:?} of {needed}");
        }
    };
    let ((left, came), ((), ())) = join(join(leaving, coming), join(adding, looking)).await;
    assert!(left.iter().all(Result::is_ok) && came.iter().all(Result::is_ok));
    let now = interests(&suite, &help, &apples.id).await;
    let (signed_up, waiting) = (standing(&now, InterestState::SignedUp), standing(&now, InterestState::Waiting));
    assert_eq!((signed_up.len(), waiting.len()), (6, 9));
    let order = standing_in_order(&now);
    assert_eq!([signed_up, waiting].concat(), order, "who came first has a place");
    // Nobody was told twice of a place that they have.
    for person in &people[5..] {
        assert!(kinds(&suite, person).await.len() <= 1);
    }
}

fn standing_in_order(interests: &[Interest]) -> Vec<String> {
    interests.iter().rev().map(|one| one.user_id.clone()).collect()
}

#[tokio::test]
async fn people_are_erased_at_once_and_others_move_up() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let people = crowd(&suite, 12).await;
    let (apples, pears) =
        (create(&suite, &help, "Apples", 4, &[1]).await, create(&suite, &help, "Pears", 4, &[1]).await);
    for person in &people {
        sign_up(&suite, person, &apples, 0).await.unwrap();
    }
    for person in people.iter().rev() {
        sign_up(&suite, person, &pears, 0).await.unwrap();
    }
    let erasing = people[..4].iter().map(|person| erase(&suite, &person.id));
    let leaving = people[8..].iter().map(|person| withdraw(&suite, person, &pears.id, ""));
    let (erased, left) = join(join_all(erasing), join_all(leaving)).await;
    assert!(erased.iter().all(Result::is_ok) && left.iter().all(Result::is_ok));
    for (opportunity, waiting) in [(&apples, 4), (&pears, 0)] {
        assert_eq!(counts(&suite, &opportunity.id).await, (4, waiting), "{opportunity:?}");
    }
}

#[tokio::test]
async fn one_is_withdrawn_while_people_sign_up() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let people = crowd(&suite, 12).await;
    let apples = create(&suite, &help, "Apples", 3, &[1]).await;
    sign_up(&suite, &people[0], &apples, 0).await.unwrap();
    let signing = join_all(people[1..].iter().map(|person| sign_up(&suite, person, &apples, 0)));
    let (signed, deleted) = join(signing, delete(&suite, &help, &apples.id)).await;
    deleted.unwrap();
    assert_eq!((count(&suite, "interests").await, count(&suite, "shifts").await), (0, 0));
    // Whoever got in is told that it is withdrawn, and whoever did not is told at once.
    let mut told = BTreeSet::new();
    for (person, answer) in people[1..].iter().zip(signed) {
        match answer {
            Ok(_) => told.insert(person.id.clone()),
            refused => {
                assert_eq!(refusal(refused), (Code::NotFound, ErrorReason::OpportunityNotFound));
                false
            }
        };
        let expected: &[NotificationKind] =
            if told.contains(&person.id) { &[NotificationKind::OpportunityWithdrawn] } else { &[] };
        assert_eq!(kinds(&suite, person).await, expected);
    }
}

#[tokio::test]
async fn one_person_signs_up_once_however_often_they_try_at_once() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let apples = create(&suite, &help, "Apples", 3, &[1]).await;
    let answers = join_all((0..20).map(|_| sign_up(&suite, &ann, &apples, 0))).await;
    assert!(answers.into_iter().all(|answer| answer.unwrap() == InterestState::SignedUp));
    assert_eq!((counts(&suite, &apples.id).await, notifications(&suite, &help).await.len()), ((1, 0), 1));
}
