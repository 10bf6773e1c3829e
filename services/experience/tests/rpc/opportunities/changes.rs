//! What comes of a change for those who have signed up.

use connectus_proto::{experience::v1::InterestState, social::v1::NotificationKind};
use connectus_testkit::{Suite, invalid_field};

use super::{
    counts, create, create_open, delete, details, get, kinds, moved, notifications, on, open_details, replace, same,
    show, sign_up, withdraw,
};

#[tokio::test]
async fn whom_other_times_concern_is_told_and_nobody_else() {
    let suite = Suite::start().await;
    let (ann, ben, cleo, help) =
        (suite.user("Ann").await, suite.user("Ben").await, suite.user("Cleo").await, suite.organization("Help").await);
    let apples = create(&suite, &help, "Apples", 1, &[1, 2, 3]).await;
    // Ann has places in the first two; Ben waits for the first, and Cleo has a place in the third.
    for (person, shift) in [(&ann, 0), (&ann, 1), (&ben, 0), (&cleo, 2)] {
        sign_up(&suite, person, &apples, shift).await.unwrap();
    }
    let ids: Vec<_> = apples.shifts.iter().map(|shift| shift.id.as_str()).collect();
    let wanted = vec![moved(ids[0], 8), moved(ids[1], 9), on(3)];
    replace(&suite, &help, &apples.id, details("Pears", 1), wanted.clone()).await.unwrap();
    let told = notifications(&suite, &ann).await;
    assert_eq!(told.len(), 1, "once, however many of their shifts: {told:?}");
    assert_eq!((told[0].kind(), &*told[0].content), (NotificationKind::ShiftChanged, "Pears"));
    assert_eq!((&told[0].actor_id, &told[0].subject_id), (&help.id, &apples.id));
    assert_eq!(kinds(&suite, &ben).await, [NotificationKind::ShiftChanged]);
    assert!(kinds(&suite, &cleo).await.is_empty());
    // The same again is no news, and neither is another name.
    replace(&suite, &help, &apples.id, details("Plums", 1), wanted).await.unwrap();
    assert_eq!((kinds(&suite, &ann).await.len(), kinds(&suite, &cleo).await.len()), (1, 0));
    let now = get(&suite, Some(&ann), &apples.id).await.unwrap();
    let states = now.shifts.iter().map(connectus_proto::experience::v1::Shift::caller_state).collect::<Vec<_>>();
    assert_eq!(states, [InterestState::Unspecified, InterestState::SignedUp, InterestState::SignedUp]);
}

#[tokio::test]
async fn who_has_signed_up_for_a_shift_that_is_withdrawn_is_told() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    let apples = create(&suite, &help, "Apples", 1, &[1, 2]).await;
    for (person, shift) in [(&ann, 0), (&ben, 0), (&ben, 1)] {
        sign_up(&suite, person, &apples, shift).await.unwrap();
    }
    replace(&suite, &help, &apples.id, details("Apples", 1), vec![on(2)]).await.unwrap();
    for person in [&ann, &ben] {
        assert_eq!(kinds(&suite, person).await, [NotificationKind::ShiftWithdrawn]);
    }
    assert_eq!(counts(&suite, &apples.id).await, (1, 0));
}

#[tokio::test]
async fn more_places_go_to_those_who_wait_and_there_are_no_fewer_than_are_taken() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let people = super::crowd(&suite, 5).await;
    let apples = create(&suite, &help, "Apples", 2, &[1, 2]).await;
    for person in &people {
        sign_up(&suite, person, &apples, 0).await.unwrap();
    }
    let with = async |needed| replace(&suite, &help, &apples.id, details("Apples", needed), same(&apples)).await;
    assert_eq!(invalid_field(with(1).await), "details.number_of_people_needed");
    assert_eq!(with(4).await.unwrap().shifts[0].signed_up_count, 4);
    for (index, person) in people.iter().enumerate() {
        let expected: &[NotificationKind] = if (2..4).contains(&index) { &[NotificationKind::ShiftFreed] } else { &[] };
        assert_eq!(kinds(&suite, person).await, expected, "{index}");
    }
    assert_eq!(invalid_field(with(3).await), "details.number_of_people_needed");
    for person in &people[..2] {
        withdraw(&suite, person, &apples.id, "").await.unwrap();
    }
    assert_eq!(with(3).await.unwrap().shifts[0].signed_up_count, 3);
    // Of one that is withdrawn it does not matter how many there were.
    let changed = replace(&suite, &help, &apples.id, details("Apples", 1), vec![on(2)]).await.unwrap();
    assert_eq!((changed.shifts.len(), changed.shifts[0].signed_up_count), (1, 0));
}

#[tokio::test]
async fn sign_ups_stay_while_anybody_has_signed_up() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let apples = create(&suite, &help, "Apples", 1, &[1]).await;
    sign_up(&suite, &ann, &apples, 0).await.unwrap();
    let open = async || replace(&suite, &help, &apples.id, open_details("Apples"), same(&apples)).await;
    assert_eq!(invalid_field(open().await), "details.is_signups_enabled");
    withdraw(&suite, &ann, &apples.id, "").await.unwrap();
    assert!(!open().await.unwrap().details.unwrap().is_signups_enabled);
    show(&suite, &ann, &apples.id, "").await.unwrap();
    // Who is interested stays so, and may sign up too.
    replace(&suite, &help, &apples.id, details("Apples", 1), same(&apples)).await.unwrap();
    sign_up(&suite, &ann, &apples, 0).await.unwrap();
    assert!(get(&suite, Some(&ann), &apples.id).await.unwrap().is_caller_interested);
    assert_eq!(get(&suite, Some(&help), &apples.id).await.unwrap().interested_user_ids, [&*ann.id]);
    // Without the shift there is nobody who has signed up.
    let changed = replace(&suite, &help, &apples.id, open_details("Apples"), Vec::new()).await.unwrap();
    assert_eq!(changed.details, Some(open_details("Apples")));
    assert_eq!(kinds(&suite, &ann).await, [NotificationKind::ShiftWithdrawn]);
}

#[tokio::test]
async fn whoever_is_interested_is_told_that_it_is_withdrawn() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    let (apples, choir) =
        (create(&suite, &help, "Apples", 1, &[1, 2]).await, create_open(&suite, &help, "Choir").await);
    for (person, shift) in [(&ann, 0), (&ann, 1), (&ben, 0)] {
        sign_up(&suite, person, &apples, shift).await.unwrap();
    }
    show(&suite, &ben, &choir.id, "").await.unwrap();
    delete(&suite, &help, &apples.id).await.unwrap();
    delete(&suite, &help, &choir.id).await.unwrap();
    let told = notifications(&suite, &ann).await;
    let told: Vec<_> = told.iter().map(|one| (one.kind(), &*one.content, &*one.actor_id, &*one.subject_id)).collect();
    assert_eq!(told, [(NotificationKind::OpportunityWithdrawn, "Apples", &*help.id, &*apples.id)]);
    let mut of_ben: Vec<_> = notifications(&suite, &ben).await.into_iter().map(|one| one.content).collect();
    of_ben.sort_unstable();
    assert_eq!(of_ben, ["Apples", "Choir"]);
}
