//! ShowInterest, WithdrawInterest and ListInterests.

use connectus_proto::{
    common::v1::ErrorReason,
    experience::v1::{InterestState, ListInterestsRequest},
    social::v1::NotificationKind,
};
use connectus_testkit::{Suite, invalid_field, refusal};
use tonic::Code;

use super::{
    DAY, at, block, counts, create, create_open, details, get, interests, kinds, notifications, replace, show, sign_up,
    try_create, withdraw,
};
use crate::support::unknown_id;

const NO_OPPORTUNITY: (Code, ErrorReason) = (Code::NotFound, ErrorReason::OpportunityNotFound);
const NO_SHIFT: (Code, ErrorReason) = (Code::NotFound, ErrorReason::ShiftNotFound);
const NO_INTEREST: (Code, ErrorReason) = (Code::NotFound, ErrorReason::InterestNotFound);

#[tokio::test]
async fn interest_is_shown_once_and_its_organization_is_told_once() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let choir = create_open(&suite, &help, "Choir").await;
    for _ in 0..3 {
        assert_eq!(show(&suite, &ann, &choir.id, "").await.unwrap(), InterestState::Interested);
    }
    assert!(get(&suite, Some(&ann), &choir.id).await.unwrap().is_caller_interested);
    assert!(!get(&suite, None, &choir.id).await.unwrap().is_caller_interested);
    assert_eq!(get(&suite, Some(&help), &choir.id).await.unwrap().interested_user_ids, [&*ann.id]);
    assert!(get(&suite, Some(&ann), &choir.id).await.unwrap().interested_user_ids.is_empty());
    let told = notifications(&suite, &help).await;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].kind(), &*told[0].content), (NotificationKind::InterestShown, "Choir"));
    assert_eq!((&told[0].actor_id, &told[0].subject_id), (&ann.id, &choir.id));
    withdraw(&suite, &ann, &choir.id, "").await.unwrap();
    assert_eq!(refusal(withdraw(&suite, &ann, &choir.id, "").await), NO_INTEREST);
    assert!(interests(&suite, &help, &choir.id).await.is_empty());
}

#[tokio::test]
async fn the_first_get_places_and_the_others_wait_in_their_order() {
    let suite = Suite::start().await;
    let (ann, ben, cleo, help) =
        (suite.user("Ann").await, suite.user("Ben").await, suite.user("Cleo").await, suite.organization("Help").await);
    let apples = create(&suite, &help, "Apples", 1, &[1, 2]).await;
    assert_eq!(sign_up(&suite, &ann, &apples, 0).await.unwrap(), InterestState::SignedUp);
    assert_eq!(sign_up(&suite, &ben, &apples, 0).await.unwrap(), InterestState::Waiting);
    assert_eq!(sign_up(&suite, &cleo, &apples, 0).await.unwrap(), InterestState::Waiting);
    assert_eq!(sign_up(&suite, &cleo, &apples, 1).await.unwrap(), InterestState::SignedUp, "it has places of its own");
    let of_cleo = get(&suite, Some(&cleo), &apples.id).await.unwrap();
    let states: Vec<_> =
        of_cleo.shifts.iter().map(|shift| (shift.signed_up_count, shift.waiting_count, shift.caller_state())).collect();
    assert_eq!(states, [(1, 2, InterestState::Waiting), (1, 0, InterestState::SignedUp)]);
    assert!(!of_cleo.is_caller_interested);
    let listed = interests(&suite, &help, &apples.id).await;
    let listed: Vec<_> = listed.iter().map(|one| (&*one.user_id, &*one.shift_id, one.state())).collect();
    let (first, second) = (&*apples.shifts[0].id, &*apples.shifts[1].id);
    assert_eq!(
        listed,
        [
            (&*cleo.id, second, InterestState::SignedUp),
            (&*cleo.id, first, InterestState::Waiting),
            (&*ben.id, first, InterestState::Waiting),
            (&*ann.id, first, InterestState::SignedUp),
        ]
    );
    let people = get(&suite, Some(&help), &apples.id).await.unwrap().interested_user_ids;
    assert_eq!(people, [&*cleo.id, &ben.id, &ann.id], "each once");
    withdraw(&suite, &ann, &apples.id, first).await.unwrap();
    assert_eq!(kinds(&suite, &ben).await, [NotificationKind::ShiftFreed]);
    assert!(kinds(&suite, &cleo).await.is_empty() && kinds(&suite, &ann).await.is_empty());
    // Who waits and leaves frees no place.
    withdraw(&suite, &cleo, &apples.id, first).await.unwrap();
    assert_eq!(counts(&suite, &apples.id).await, (1, 0));
    let told = notifications(&suite, &ben).await;
    assert_eq!((&told[0].actor_id, &told[0].subject_id, &*told[0].content), (&help.id, &apples.id, "Apples"));
}

#[tokio::test]
async fn all_that_was_said_is_withdrawn_at_once() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    let apples = create(&suite, &help, "Apples", 1, &[1, 2]).await;
    for person in [&ann, &ben] {
        for shift in 0..2 {
            sign_up(&suite, person, &apples, shift).await.unwrap();
        }
    }
    withdraw(&suite, &ann, &apples.id, "").await.unwrap();
    let of_ben = get(&suite, Some(&ben), &apples.id).await.unwrap();
    assert!(of_ben.shifts.iter().all(|shift| shift.caller_state() == InterestState::SignedUp));
    assert_eq!(kinds(&suite, &ben).await, [NotificationKind::ShiftFreed], "of one act there is one piece of news");
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_changes_nothing() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let (apples, pears) =
        (create(&suite, &help, "Apples", 1, &[1]).await, create(&suite, &help, "Pears", 1, &[1]).await);
    let choir = create_open(&suite, &help, "Choir").await;
    let shift = &*apples.shifts[0].id;
    let users_only = (Code::PermissionDenied, ErrorReason::UserAccountRequired);
    assert_eq!(refusal(show(&suite, &help, &apples.id, shift).await), users_only);
    assert_eq!(refusal(withdraw(&suite, &help, &apples.id, shift).await), users_only);
    for id in ["", "x", &unknown_id()] {
        assert_eq!(refusal(show(&suite, &ann, id, shift).await), NO_OPPORTUNITY);
        assert_eq!(refusal(withdraw(&suite, &ann, id, shift).await), NO_OPPORTUNITY);
    }
    for id in ["x", &unknown_id(), &pears.shifts[0].id] {
        assert_eq!(refusal(show(&suite, &ann, &apples.id, id).await), NO_SHIFT);
        assert_eq!(refusal(withdraw(&suite, &ann, &apples.id, id).await), NO_INTEREST);
    }
    assert_eq!(invalid_field(show(&suite, &ann, &apples.id, "").await), "shift_id");
    assert_eq!(invalid_field(show(&suite, &ann, &choir.id, shift).await), "shift_id");
    assert_eq!(refusal(withdraw(&suite, &ann, &apples.id, shift).await), NO_INTEREST);
    assert!(kinds(&suite, &help).await.is_empty());
    assert_eq!(counts(&suite, &apples.id).await, (0, 0));
}

#[tokio::test]
async fn nobody_signs_up_or_moves_up_for_what_is_over() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    let apples = create(&suite, &help, "Apples", 1, &[1]).await;
    sign_up(&suite, &ann, &apples, 0).await.unwrap();
    sign_up(&suite, &ben, &apples, 0).await.unwrap();
    let over =
        "UPDATE experience.shifts SET begins_at = now() - interval '2 hours', ends_at = now() - interval '1 second'";
    suite.database.execute(over).await;
    let cleo = suite.user("Cleo").await;
    let answer = sign_up(&suite, &cleo, &apples, 0).await;
    assert_eq!(refusal(answer), (Code::FailedPrecondition, ErrorReason::ShiftOver));
    assert_eq!(sign_up(&suite, &ann, &apples, 0).await.unwrap(), InterestState::SignedUp, "a repeat says what is");
    withdraw(&suite, &ann, &apples.id, "").await.unwrap();
    assert_eq!(counts(&suite, &apples.id).await, (0, 1));
    assert!(kinds(&suite, &ben).await.is_empty());
    // Put off, it takes those who wait.
    let id = apples.shifts[0].id.clone();
    replace(&suite, &help, &apples.id, details("Apples", 1), vec![super::moved(&id, 1)]).await.unwrap();
    assert_eq!(counts(&suite, &apples.id).await, (1, 0));
    let mut news = kinds(&suite, &ben).await;
    news.sort_unstable();
    assert_eq!(news, [NotificationKind::ShiftChanged, NotificationKind::ShiftFreed]);
    // One that has begun, and is not over, can be joined.
    let now = chrono::Utc::now().timestamp();
    let under_way = connectus_proto::experience::v1::ShiftTimes {
        shift_id: String::new(),
        begin_time: at(now - 60),
        end_time: at(now + DAY),
    };
    let pears = try_create(&suite, &help, Some(details("Pears", 1)), vec![under_way]).await.unwrap();
    assert_eq!(sign_up(&suite, &cleo, &pears, 0).await.unwrap(), InterestState::SignedUp);
}

#[tokio::test]
async fn a_person_has_five_hundred_interests_at_most() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let days: Vec<i64> = (0..100).collect();
    let apples = create(&suite, &help, "Apples", 1, &days).await;
    for name in ["b", "c", "d", "e", "f"] {
        create(&suite, &help, name, 1, &days).await;
    }
    let fill = format!(
        "INSERT INTO experience.interests SELECT gen_random_uuid(), opportunity_id, id, '{}', 'signed_up', now() \
         FROM experience.shifts WHERE opportunity_id <> '{}' ORDER BY id LIMIT 495",
        ann.id, apples.id
    );
    suite.database.execute(&fill).await;
    let signing = (0..10).map(|shift| sign_up(&suite, &ann, &apples, shift));
    let answers = futures::future::join_all(signing).await;
    let (taken, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((taken.len(), refused.len()), (5, 5));
    for answer in refused {
        assert_eq!(refusal(answer), (Code::FailedPrecondition, ErrorReason::LimitReached));
    }
}

#[tokio::test]
async fn who_has_blocked_the_organization_is_left_out() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    let choir = create_open(&suite, &help, "Choir").await;
    for person in [&ann, &ben] {
        show(&suite, person, &choir.id, "").await.unwrap();
    }
    block(&suite, &ann, &help).await;
    assert_eq!(interests(&suite, &help, &choir.id).await.len(), 1);
    assert_eq!(get(&suite, Some(&help), &choir.id).await.unwrap().interested_user_ids, [&*ben.id]);
    let replaced = replace(&suite, &help, &choir.id, super::open_details("Songs"), Vec::new()).await.unwrap();
    assert_eq!(replaced.interested_user_ids, [&*ben.id]);
    assert!(get(&suite, Some(&ann), &choir.id).await.unwrap().is_caller_interested);
}

#[tokio::test]
async fn pages_follow_each_other_while_people_come_and_go() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let choir = create_open(&suite, &help, "Choir").await;
    let people = super::crowd(&suite, 7).await;
    for person in &people[..5] {
        show(&suite, person, &choir.id, "").await.unwrap();
    }
    let page = async |size: i32, token: &str| {
        let request =
            ListInterestsRequest { opportunity_id: choir.id.clone(), page_size: size, page_token: token.to_owned() };
        suite.opportunities().list_interests(help.asks(request)).await
    };
    let (mut seen, mut token) = (Vec::new(), String::new());
    for round in 0.. {
        let response = page(2, &token).await.unwrap().into_inner();
        seen.extend(response.interests.into_iter().map(|interest| interest.user_id));
        match round {
            0 => drop(show(&suite, &people[5], &choir.id, "").await.unwrap()),
            // One that was seen, and one that was not.
            1 => withdraw(&suite, &people[4], &choir.id, "").await.unwrap(),
            _ => {}
        }
        token = response.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    let expected: Vec<_> = people[..5].iter().rev().map(|person| person.id.clone()).collect();
    assert_eq!(seen, expected);
    for size in [-1, 201] {
        assert_eq!(invalid_field(page(size, "").await), "page_size");
    }
    assert_eq!(invalid_field(page(1, "x").await), "page_token");
    let request = ListInterestsRequest { opportunity_id: choir.id.clone(), ..ListInterestsRequest::default() };
    let answer = suite.opportunities().list_interests(people[0].asks(request.clone())).await;
    assert_eq!(refusal(answer), (Code::PermissionDenied, ErrorReason::OrganizationAccountRequired));
    let care = suite.organization("Care").await;
    assert_eq!(refusal(suite.opportunities().list_interests(care.asks(request)).await), NO_OPPORTUNITY);
}
