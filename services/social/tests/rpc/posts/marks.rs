//! Likes and shares: one of each at most, and counted.

use connectus_proto::social::v1::Visibility;
use connectus_testkit::{Suite, refusal};
use tonic::Status;

use super::NOT_FOUND;
use crate::support::{
    get, like, numbers, post, say, share, stored, totals, unknown_id, unlike, unshare, until_delivered, until_totals,
    words_for,
};

#[tokio::test]
async fn a_repeat_changes_nothing() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.organization("Ben").await);
    let id = say(&suite, &ann, "Hello").await.id;
    for _ in 0..2 {
        like(&suite, &ben, &id).await.unwrap();
        share(&suite, &ben, &id).await.unwrap();
    }
    let seen = get(&suite, Some(&ben), &id).await.unwrap();
    assert_eq!((numbers(&seen), seen.is_liked, seen.is_shared), ((1, 0, 1), true, true));
    for viewer in [None, Some(&ann)] {
        let seen = get(&suite, viewer, &id).await.unwrap();
        assert_eq!((numbers(&seen), seen.is_liked, seen.is_shared), ((1, 0, 1), false, false));
    }
    until_totals(&suite, &ann, (1, 1, 1)).await;
    unlike(&suite, &ben, &id).await.unwrap();
    let seen = get(&suite, Some(&ben), &id).await.unwrap();
    assert_eq!((numbers(&seen), seen.is_liked, seen.is_shared), ((0, 0, 1), false, true));
    for _ in 0..2 {
        unlike(&suite, &ben, &id).await.unwrap();
        unshare(&suite, &ben, &id).await.unwrap();
    }
    let seen = get(&suite, Some(&ben), &id).await.unwrap();
    assert_eq!((numbers(&seen), seen.is_liked, seen.is_shared), ((0, 0, 0), false, false));
    until_totals(&suite, &ann, (1, 0, 0)).await;
}

#[tokio::test]
async fn what_one_says_to_oneself_does_not_count() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let diary = post(&suite, &ann, words_for(Visibility::Private, "Dear diary")).await.unwrap();
    like(&suite, &ann, &diary.id).await.unwrap();
    share(&suite, &ann, &diary.id).await.unwrap();
    assert_eq!(numbers(&get(&suite, Some(&ann), &diary.id).await.unwrap()), (1, 0, 1));
    let shown = post(&suite, &ann, words_for(Visibility::Connections, "Dear all")).await.unwrap();
    like(&suite, &ann, &shown.id).await.unwrap();
    until_totals(&suite, &ann, (1, 1, 0)).await;
    until_delivered(&suite).await;
    assert_eq!(totals(&suite, &ann).await, (1, 1, 0));
}

#[tokio::test]
async fn what_is_not_there_can_be_neither_liked_nor_shared() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let before = stored(&suite).await;
    for id in ["", "x", &unknown_id()] {
        let answers: [Result<(), Status>; 4] = [
            like(&suite, &ann, id).await,
            unlike(&suite, &ann, id).await,
            share(&suite, &ann, id).await,
            unshare(&suite, &ann, id).await,
        ];
        for answer in answers {
            assert_eq!(refusal(answer), NOT_FOUND, "{id:?}");
        }
    }
    assert_eq!(stored(&suite).await, before);
}
