//! Acts on the same people at once.

use connectus_proto::common::v1::ErrorReason;
use connectus_testkit::{Person, Suite, refusal};
use futures::future::{join, join_all};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use tonic::{Code, Status};

use crate::{
    network::{accept, ask, block_one, connected, decline, forget_attempts, link, pending, remove, request, unblock},
    support::{block, erase, traces},
};

/// How often people ask each other at once.
const ROUNDS: usize = 60;

#[tokio::test]
async fn two_who_ask_each_other_at_once_are_connected_once() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    for round in 0..ROUNDS {
        forget_attempts(&suite).await;
        let (one, other) = join(request(&suite, &ann, &ben.id, "One"), request(&suite, &ben, &ann.id, "Other")).await;
        assert!(one.unwrap() != other.unwrap(), "the second of them connects the two, round {round}");
        assert_eq!(connected(&suite, None, &ann.id).await.unwrap(), [&*ben.id]);
        assert_eq!(connected(&suite, None, &ben.id).await.unwrap(), [&*ann.id]);
        assert_eq!(pending(&suite, &ann).await, (vec![], vec![]));
        remove(&suite, &ann, &ben.id).await.unwrap();
    }
}

#[tokio::test]
async fn of_many_acts_on_a_request_at_once_one_counts() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    for _ in 0..ROUNDS / 2 {
        forget_attempts(&suite).await;
        request(&suite, &ann, &ben.id, "").await.unwrap();
        let yes = join_all((0..2).map(|_| accept(&suite, &ben, &ann.id)));
        let no = join_all((0..2).map(|_| decline(&suite, &ben, &ann.id)));
        let (yes, no) = join(yes, no).await;
        let (yes, no) = (yes.into_iter().flatten().count(), no.into_iter().flatten().count());
        assert_eq!(yes + no, 1);
        let expected = if yes == 1 { vec![ben.id.clone()] } else { vec![] };
        assert_eq!(connected(&suite, None, &ann.id).await.unwrap(), expected);
        assert_eq!(remove(&suite, &ann, &ben.id).await.is_ok(), yes == 1);
    }
}

#[tokio::test]
async fn who_is_blocked_meanwhile_is_not_connected() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    for _ in 0..ROUNDS / 2 {
        forget_attempts(&suite).await;
        request(&suite, &ann, &ben.id, "").await.unwrap();
        let (blocked, accepted) = join(block_one(&suite, &ann, &ben.id), accept(&suite, &ben, &ann.id)).await;
        blocked.unwrap();
        if accepted.is_err() {
            assert_eq!(refusal(accepted), (Code::NotFound, ErrorReason::AccountNotFound));
        }
        assert_consistent(&suite).await;
        assert!(connected(&suite, Some(&ann), "me").await.unwrap().is_empty());
        assert_eq!(pending(&suite, &ann).await, (vec![], vec![]));
        unblock(&suite, &ann, &ben.id).await.unwrap();
    }
}

/// Of two accounts there is one row at most, and none where one has blocked the other.
async fn assert_consistent(suite: &Suite) {
    let pairs = "(SELECT low_id, high_id FROM account.connections UNION ALL \
        SELECT least(from_id, to_id), greatest(from_id, to_id) FROM account.connection_requests) p";
    let twice = format!("SELECT count(*) FROM (SELECT FROM {pairs} GROUP BY low_id, high_id HAVING count(*) > 1) t");
    assert_eq!(suite.database.value::<i64>(&twice).await, 0, "there is one row of a pair");
    let blocked = format!(
        "SELECT count(*) FROM {pairs} JOIN account.blocks b \
         ON (low_id, high_id) = (least(blocker_id, blocked_id), greatest(blocker_id, blocked_id))"
    );
    assert_eq!(suite.database.value::<i64>(&blocked).await, 0, "who is blocked is not connected");
}

/// What somebody does to another, by its number.
async fn act(suite: &Suite, people: &[Person], (kind, by, to): (usize, usize, usize)) -> Result<(), Status> {
    let (by, id) = (&people[by], &*people[to].id);
    match kind {
        0 | 1 => request(suite, by, id, "").await.map(drop),
        2 | 3 => accept(suite, by, id).await,
        4 => decline(suite, by, id).await,
        5 => remove(suite, by, id).await,
        6 => block_one(suite, by, id).await,
        7 => unblock(suite, by, id).await,
        8 => {
            let all: Vec<&str> = people.iter().map(|person| &*person.id).filter(|id| *id != by.id).collect();
            block(suite, by, &all).await.map(drop)
        }
        _ => block(suite, by, &[]).await.map(drop),
    }
}

#[tokio::test]
async fn whatever_people_do_at_once_what_is_left_is_consistent() {
    let suite = Suite::start().await;
    let people = [suite.user("Ann").await, suite.user("Ben").await, suite.user("Cem").await];
    let mut runner = TestRunner::default();
    let step = (0..10_usize, 0..3_usize, 1..3_usize).prop_map(|(kind, by, step)| (kind, by, (by + step) % 3));
    let steps = prop::collection::vec(step, 8);
    for _ in 0..ROUNDS {
        forget_attempts(&suite).await;
        let steps = steps.new_tree(&mut runner).unwrap().current();
        let answers = join_all(steps.iter().map(|step| act(&suite, &people, *step))).await;
        for (step, answer) in steps.iter().zip(answers) {
            if let Err(status) = answer {
                let bad = matches!(status.code(), Code::Internal | Code::Unavailable | Code::DeadlineExceeded);
                assert!(!bad, "{step:?} of {steps:?}: {status:?}");
            }
        }
        assert_consistent(&suite).await;
    }
}

#[tokio::test]
async fn people_who_all_block_each_other_at_once_do_not_wait_for_each_other() {
    let suite = Suite::start().await;
    let people = [suite.user("Ann").await, suite.user("Ben").await, suite.user("Cem").await, suite.user("Dan").await];
    for _ in 0..ROUNDS / 2 {
        suite.database.execute("DELETE FROM account.blocks").await;
        for (number, person) in people.iter().enumerate().skip(1) {
            let others: Vec<String> = people[..number].iter().map(|other| other.id.clone()).collect();
            link(&suite, &person.id, &others).await;
        }
        let blocks = people.iter().map(async |person| {
            let others: Vec<&str> = people.iter().map(|other| &*other.id).filter(|id| *id != person.id).collect();
            block(&suite, person, &others).await
        });
        for answer in join_all(blocks).await.into_iter().filter(Result::is_err) {
            // Who is blocked before sees nobody to block.
            assert_eq!(answer.unwrap_err().code(), Code::InvalidArgument);
        }
        assert_consistent(&suite).await;
        suite.database.execute("DELETE FROM account.connections").await;
    }
}

#[tokio::test]
async fn what_is_done_while_an_account_is_erased_brings_nothing_back() {
    let suite = Suite::start().await;
    let people = [suite.user("Ann").await, suite.user("Ben").await];
    let (ann, ben) = (&people[0], &people[1]);
    for _ in 0..ROUNDS / 4 {
        forget_attempts(&suite).await;
        ask(&suite, &ann.id, std::slice::from_ref(&ben.id)).await;
        let steps = (0..12).map(|n| act(&suite, &people, ([2, 0, 6, 5][n % 4], n % 2, 1 - n % 2)));
        let (answers, erased) = join(join_all(steps), erase(&suite, &ann.id)).await;
        erased.unwrap();
        for status in answers.into_iter().filter_map(Result::err) {
            assert!(!matches!(status.code(), Code::Internal | Code::Unavailable), "{status:?}");
        }
        erase(&suite, &ann.id).await.unwrap();
        assert_eq!(traces(&suite, &ann.id).await, 0);
        let again = "id, account_type, email, created_at, email_notifications, first_name, birthday";
        let values = format!("'{}', 'user', 'ann', now(), false, 'Ann', '1990-04-30'", ann.id);
        suite.database.execute(&format!("INSERT INTO account.accounts ({again}) VALUES ({values})")).await;
    }
}
