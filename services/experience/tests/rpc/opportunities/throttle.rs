//! How often others are told of what is done with opportunities.

use std::time::Duration;

use connectus_testkit::{Suite, invalid_field};
use futures::future::join_all;

use super::{
    create, create_open, delete, details, kinds, moved, on, open_details, replace, same, show, sign_up, try_create,
    withdraw,
};
use crate::{
    support::count,
    throttle::{pass, told_to_wait},
};

#[tokio::test]
async fn sixty_interests_are_shown_by_one_and_then_one_each_minute() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    let days: Vec<i64> = (0..70).collect();
    let apples = create(&suite, &help, "Apples", 1, &days).await;
    let mut signed_up = 0;
    // At once: no more than one after the other.
    for shifts in days.chunks(14) {
        let shifts = shifts.iter().map(|day| usize::try_from(*day).unwrap());
        for answer in join_all(shifts.map(|shift| sign_up(&suite, &ann, &apples, shift))).await {
            match answer {
                Ok(_) => signed_up += 1,
                refused => assert!((1..=60).contains(&told_to_wait(refused))),
            }
        }
    }
    assert_eq!((signed_up, count(&suite, "interests").await), (60, 60));
    // Who shows what is shown already is not told to wait, and neither is anybody else.
    let standing = super::get(&suite, Some(&ann), &apples.id).await.unwrap().shifts;
    let place = standing.iter().position(|shift| shift.signed_up_count == 1).unwrap();
    sign_up(&suite, &ann, &apples, place).await.unwrap();
    sign_up(&suite, &ben, &apples, 0).await.unwrap();
    let free = standing.iter().position(|shift| shift.signed_up_count == 0).unwrap();
    pass(&suite, Duration::from_mins(1)).await;
    sign_up(&suite, &ann, &apples, free).await.unwrap();
    withdraw(&suite, &ann, &apples.id, "").await.unwrap();
    told_to_wait(sign_up(&suite, &ann, &apples, 69).await);
}

#[tokio::test]
async fn who_cannot_make_up_their_mind_is_told_of_five_times() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    let (choir, chess) = (create_open(&suite, &help, "Choir").await, create_open(&suite, &help, "Chess").await);
    for _ in 0..5 {
        assert_eq!(invalid_field(show(&suite, &ann, &choir.id, "x").await), "shift_id");
        show(&suite, &ann, &choir.id, "").await.unwrap();
        show(&suite, &ann, &choir.id, "").await.unwrap();
        withdraw(&suite, &ann, &choir.id, "").await.unwrap();
    }
    for _ in 0..3 {
        let wait = told_to_wait(show(&suite, &ann, &choir.id, "").await);
        assert!((14_000..=14_400).contains(&wait), "{wait}");
    }
    show(&suite, &ann, &chess.id, "").await.unwrap();
    show(&suite, &ben, &choir.id, "").await.unwrap();
    pass(&suite, Duration::from_hours(4)).await;
    show(&suite, &ann, &choir.id, "").await.unwrap();
}

#[tokio::test]
async fn people_are_told_of_ten_changes_of_an_opportunity_and_then_of_one_each_hour() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let (apples, pears) =
        (create(&suite, &help, "Apples", 1, &[0, 100]).await, create(&suite, &help, "Pears", 1, &[0]).await);
    for opportunity in [&apples, &pears] {
        sign_up(&suite, &ann, opportunity, 0).await.unwrap();
    }
    let shift = &*apples.shifts[0].id;
    let put_off = async |day: i64| {
        let wanted = vec![moved(shift, day), on(100 + day)];
        replace(&suite, &help, &apples.id, details("Apples", 1), wanted).await
    };
    for day in 1..=10 {
        // Nobody is told of the second, which has other times alone.
        let mut wanted = vec![moved(shift, day), on(200 + day)];
        replace(&suite, &help, &apples.id, details("Apples", 1), wanted.clone()).await.unwrap();
        wanted[1] = on(300 + day);
        replace(&suite, &help, &apples.id, details("Apples", 1), wanted).await.unwrap();
    }
    for _ in 0..2 {
        let wait = told_to_wait(put_off(11).await);
        assert!((3500..=3600).contains(&wait), "{wait}");
    }
    assert_eq!(kinds(&suite, &ann).await.len(), 10);
    // What nobody is told of goes on, and so does what is about others.
    let now = super::get(&suite, None, &apples.id).await.unwrap();
    replace(&suite, &help, &apples.id, details("Plums", 2), same(&now)).await.unwrap();
    replace(&suite, &help, &pears.id, details("Pears", 1), vec![moved(&pears.shifts[0].id, 1)]).await.unwrap();
    pass(&suite, Duration::from_hours(1)).await;
    put_off(11).await.unwrap();
    told_to_wait(put_off(12).await);
    delete(&suite, &help, &apples.id).await.unwrap();
}

#[tokio::test]
async fn an_organization_makes_two_hundred_at_once_and_then_one_each_five_minutes() {
    let suite = Suite::start().await;
    let (help, care) = (suite.organization("Help").await, suite.organization("Care").await);
    let first = create_open(&suite, &help, "x").await;
    // It has made, and withdrawn, all but two of them.
    count_more(&suite, 197).await;
    create_open(&suite, &help, "x").await;
    let answers = join_all((0..5).map(|_| try_create(&suite, &help, Some(open_details("x")), Vec::new()))).await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((made.len(), refused.len()), (1, 4));
    for answer in refused {
        let wait = told_to_wait(answer);
        assert!((200..=300).contains(&wait), "{wait}");
    }
    delete(&suite, &help, &first.id).await.unwrap();
    told_to_wait(try_create(&suite, &help, Some(open_details("x")), Vec::new()).await);
    create_open(&suite, &care, "x").await;
    pass(&suite, Duration::from_mins(5)).await;
    create_open(&suite, &help, "x").await;
}

/// Counts so many opportunities more that were made.
async fn count_more(suite: &Suite, many: u32) {
    let seconds = many * 300;
    suite
        .database
        .execute(&format!("UPDATE experience.throttles SET expires_at = expires_at + interval '{seconds} seconds'"))
        .await;
}
