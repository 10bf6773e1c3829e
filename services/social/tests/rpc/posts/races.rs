//! Much at once about the same posts: nothing is counted wrong, and nobody waits for each other.

use std::time::{Duration, Instant};

use connectus_testkit::{Person, Suite, refusal};
use futures::future::{join, join_all};

use super::NOT_FOUND;
use crate::support::{
    count, delete, erase, get, like, miscounted, numbers, post, reply, say, share, totals, traces, unlike, unshare,
    until_delivered, until_totals, until_waiting, words,
};

async fn crowd(suite: &Suite, many: usize) -> Vec<Person> {
    join_all((0..many).map(|number| {
        let name = format!("Fan{number}");
        async move { suite.user(&name).await }
    }))
    .await
}

#[tokio::test]
async fn a_hundred_likes_at_once_are_right_within_a_second() {
    let suite = Suite::start().await;
    let (ann, fans) = (suite.user("Ann").await, crowd(&suite, 10).await);
    let first = say(&suite, &ann, "first").await;
    until_totals(&suite, &ann, (1, 0, 0)).await;
    // Each likes and takes it back, and half of them like it in the end.
    let acts = fans.iter().enumerate().flat_map(|(number, fan)| (0..10).map(move |act| (fan, (number + act) % 2 == 0)));
    let acts = acts.map(|(fan, likes)| {
        let (suite, id) = (&suite, &first.id);
        async move { if likes { like(suite, fan, id).await } else { unlike(suite, fan, id).await } }
    });
    for answer in join_all(acts).await {
        answer.unwrap();
    }
    let answered = Instant::now();
    let likes = count(&suite, "likes").await;
    until_totals(&suite, &ann, (1, likes, 0)).await;
    let told = answered.elapsed();
    // How slow the machine is now: a read that waits for nothing.
    let control = Instant::now();
    totals(&suite, &ann).await;
    let bound = Duration::from_secs(1) + 20 * control.elapsed();
    assert!(told < bound, "{told:?} is more than {bound:?}");
    assert_eq!(numbers(&get(&suite, None, &first.id).await.unwrap()), (likes, 0, 0));
    until_delivered(&suite).await;
    assert_eq!(totals(&suite, &ann).await, (1, likes, 0));
    assert_eq!(miscounted(&suite).await, "");
}

#[tokio::test]
async fn two_likes_of_one_are_one() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let first = say(&suite, &ann, "first").await;
    for answer in join_all((0..10).map(|_| like(&suite, &ben, &first.id))).await {
        answer.unwrap();
    }
    for answer in join_all((0..10).map(|_| share(&suite, &ben, &first.id))).await {
        answer.unwrap();
    }
    assert_eq!(numbers(&get(&suite, None, &first.id).await.unwrap()), (1, 0, 1));
    assert_eq!(count(&suite, "notifications").await, 2);
}

#[tokio::test]
async fn everything_at_once_is_counted_right_and_nobody_waits_for_each_other() {
    let suite = Suite::start().await;
    let fans = crowd(&suite, 6).await;
    // A long thread, in which everybody has replied to everybody.
    let mut thread = vec![say(&suite, &fans[0], "0").await];
    for number in 1..12 {
        let content = reply(thread.last().unwrap(), &number.to_string());
        thread.push(post(&suite, &fans[number % fans.len()], content).await.unwrap());
    }
    let acts = fans.iter().map(async |fan| {
        for (number, said) in thread.iter().enumerate() {
            let is_gone = |answer: Result<(), tonic::Status>| {
                answer.is_ok() || {
                    assert_eq!(refusal(answer), NOT_FOUND);
                    true
                }
            };
            assert!(is_gone(like(&suite, fan, &said.id).await));
            assert!(is_gone(share(&suite, fan, &said.id).await));
            assert!(is_gone(post(&suite, fan, reply(said, "x")).await.map(drop)));
            assert!(is_gone(unshare(&suite, fan, &said.id).await));
            if said.account_id == fan.id && number % 3 == 0 {
                assert!(is_gone(delete(&suite, fan, &said.id).await));
            }
        }
    });
    let erasures = async {
        for fan in &fans[4..] {
            erase(&suite, &fan.id).await.unwrap();
        }
    };
    join(join_all(acts), erasures).await;
    // As auth has it done, when nothing is under way any more.
    for fan in &fans[4..] {
        erase(&suite, &fan.id).await.unwrap();
        assert_eq!(traces(&suite, &fan.id).await, 0);
    }
    assert_eq!(miscounted(&suite).await, "");
    until_delivered(&suite).await;
    for fan in &fans[..4] {
        let sql = format!(
            "SELECT concat_ws(',', posts_count, liked_count, shared_count) FROM social.post_counts WHERE account_id = '{}'",
            fan.id
        );
        let (posts, liked, shared) = totals(&suite, fan).await;
        assert_eq!(suite.database.value::<String>(&sql).await, format!("{posts},{liked},{shared}"));
    }
}

#[tokio::test]
async fn who_have_replied_to_each_other_delete_at_once() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    for _ in 0..5 {
        let first = say(&suite, &ann, "first").await;
        let answer = post(&suite, &ben, reply(&first, "answer")).await.unwrap();
        let again = post(&suite, &ann, reply(&answer, "again")).await.unwrap();
        let both = join_all([
            delete(&suite, &ann, &first.id),
            delete(&suite, &ben, &answer.id),
            delete(&suite, &ann, &again.id),
        ]);
        for answer in both.await {
            answer.unwrap();
        }
    }
    assert_eq!(miscounted(&suite).await, "");
    until_totals(&suite, &ann, (0, 0, 0)).await;
}

#[tokio::test]
async fn what_is_deleted_meanwhile_is_not_liked_shared_or_replied_to() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let first = say(&suite, &ann, "first").await;
    let holder = suite.database.connect().await;
    holder.batch_execute("BEGIN; DELETE FROM social.posts").await.unwrap();
    let release = async {
        until_waiting(&suite, 3).await;
        holder.batch_execute("COMMIT").await.unwrap();
    };
    let answer = post(&suite, &ben, reply(&first, "answer"));
    let (liked, shared, said, ()) =
        futures::join!(like(&suite, &ben, &first.id), share(&suite, &ben, &first.id), answer, release);
    assert_eq!(refusal(liked), NOT_FOUND);
    assert_eq!(refusal(shared), NOT_FOUND);
    assert_eq!(refusal(said), NOT_FOUND);
    assert_eq!((count(&suite, "posts").await, count(&suite, "notifications").await), (0, 0));
    post(&suite, &ben, words("x")).await.unwrap();
}
