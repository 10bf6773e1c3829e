//! BlockAccount and UnblockAccount, and what a block ends, however it is made.

use connectus_proto::common::v1::ErrorReason;
use connectus_testkit::{Person, Suite, invalid_field, refusal};
use tonic::{Code, Status};

use crate::{
    network::{
        accept, block_one, connect, connected, decline, link, notices, pending, remove, request, unblock, watch_notices,
    },
    support::{account, block, borrowed, crowd, import_blocks, profile, stored, unknown_id, user_settings},
};

const NOT_FOUND: (Code, ErrorReason) = (Code::NotFound, ErrorReason::AccountNotFound);

async fn blocked_by(suite: &Suite, person: &Person) -> Vec<String> {
    user_settings(suite, person).await.blocked_account_ids
}

/// All that a caller can tell from an error.
fn told<T: std::fmt::Debug>(answer: Result<T, Status>) -> (Code, String, Vec<u8>) {
    let status = answer.expect_err("nobody is there");
    (status.code(), status.message().to_owned(), status.details().to_vec())
}

#[tokio::test]
async fn who_is_blocked_shows_in_the_settings_until_they_are_unblocked() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    for _ in 0..2 {
        block_one(&suite, &ann, &ben.id).await.unwrap();
        block_one(&suite, &ann, &help.id.to_uppercase()).await.unwrap();
        assert_eq!(blocked_by(&suite, &ann).await, [&*ben.id, &help.id]);
    }
    account(&suite, Some(&ben), &ann.id).await.unwrap_err();
    for _ in 0..2 {
        unblock(&suite, &ann, &ben.id).await.unwrap();
        assert_eq!(blocked_by(&suite, &ann).await, [&*help.id]);
    }
    account(&suite, Some(&ben), &ann.id).await.unwrap();
}

#[tokio::test]
async fn each_wrong_block_has_an_answer_of_its_own() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let before = stored(&suite).await;
    let for_people = (Code::PermissionDenied, ErrorReason::UserAccountRequired);
    assert_eq!(refusal(block_one(&suite, &help, &ann.id).await), for_people);
    assert_eq!(refusal(unblock(&suite, &help, &ann.id).await), for_people);
    assert_eq!(refusal(block_one(&suite, &help, "x").await), for_people);
    let own = (Code::FailedPrecondition, ErrorReason::OwnAccount);
    assert_eq!(refusal(block_one(&suite, &ann, &ann.id).await), own);
    for id in [&*unknown_id(), "", "me", "x", "\0"] {
        assert_eq!(refusal(block_one(&suite, &ann, id).await), NOT_FOUND, "{id:?}");
        assert_eq!(refusal(unblock(&suite, &ann, id).await), NOT_FOUND, "{id:?}");
    }
    assert_eq!(stored(&suite).await, before);
}

#[tokio::test]
async fn a_thousand_can_be_blocked_one_by_one_and_no_more() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let crowd = crowd(&suite, "user", 1002).await;
    block(&suite, &ann, &borrowed(&crowd[..999])).await.unwrap();
    let answers = futures::future::join_all(crowd[999..].iter().map(|id| block_one(&suite, &ann, id))).await;
    let (blocked, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(blocked.len(), 1);
    for answer in refused {
        assert_eq!(refusal(answer), (Code::FailedPrecondition, ErrorReason::LimitReached));
    }
    let all = blocked_by(&suite, &ann).await;
    assert_eq!(all.len(), 1000);
    // Who is blocked already can be blocked again.
    block_one(&suite, &ann, &all[0]).await.unwrap();
    unblock(&suite, &ann, &all[0]).await.unwrap();
    block_one(&suite, &ann, &all[0]).await.unwrap();
}

#[tokio::test]
async fn whichever_way_somebody_is_blocked_it_ends_what_the_two_have_to_do_with_each_other_and_nothing_else() {
    let suite = Suite::start().await;
    let (ann, ben, cem, dan) =
        (suite.user("Ann").await, suite.user("Ben").await, suite.user("Cem").await, suite.user("Dan").await);
    for (one, other) in [(&ann, &dan), (&cem, &dan)] {
        connect(&suite, one, other).await;
    }
    request(&suite, &ben, &dan.id, "").await.unwrap();
    for way in 0..3 {
        for tie in 0..3 {
            suite.database.execute("DELETE FROM account.throttles; DELETE FROM account.blocks").await;
            match tie {
                0 => connect(&suite, &ann, &ben).await,
                1 => assert!(!request(&suite, &ann, &ben.id, "").await.unwrap()),
                _ => assert!(!request(&suite, &ben, &ann.id, "").await.unwrap()),
            }
            match way {
                0 => block_one(&suite, &ann, &ben.id).await.unwrap(),
                1 => drop(block(&suite, &ann, &[&ben.id]).await.unwrap()),
                _ => import_blocks(&suite, &ann.id, &[&ben.id]).await.unwrap(),
            }
            assert_eq!(connected(&suite, Some(&ann), "me").await.unwrap(), [&*dan.id], "{way} {tie}");
            assert_eq!(pending(&suite, &ann).await, (vec![], vec![]), "{way} {tie}");
            assert_eq!(connected(&suite, Some(&ben), "me").await.unwrap(), [""; 0], "{way} {tie}");
            assert_eq!(pending(&suite, &ben).await, (vec![], vec![dan.id.clone()]), "{way} {tie}");
        }
    }
    assert_eq!(connected(&suite, None, &cem.id).await.unwrap(), [&*dan.id]);
}

#[tokio::test]
async fn nobody_is_told_of_a_block_and_what_it_ended_does_not_come_back() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    connect(&suite, &ann, &ben).await;
    watch_notices(&suite).await;
    block_one(&suite, &ann, &ben.id).await.unwrap();
    unblock(&suite, &ann, &ben.id).await.unwrap();
    assert_eq!(notices(&suite).await, []);
    assert!(connected(&suite, None, &ann.id).await.unwrap().is_empty());
    connect(&suite, &ben, &ann).await;
}

#[tokio::test]
async fn who_is_blocked_is_answered_by_every_rpc_as_for_an_account_that_does_not_exist() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    block_one(&suite, &ann, &ben.id).await.unwrap();
    let unknown = unknown_id();
    let answers = async |id: &str| {
        vec![
            told(account(&suite, Some(&ben), id).await),
            told(profile(&suite, Some(&ben), id).await),
            told(connected(&suite, Some(&ben), id).await),
            told(request(&suite, &ben, id, "").await),
            told(accept(&suite, &ben, id).await),
            told(decline(&suite, &ben, id).await),
            told(remove(&suite, &ben, id).await),
            told(block_one(&suite, &ben, id).await),
            told(unblock(&suite, &ben, id).await),
            told(block(&suite, &ben, &[id]).await),
        ]
    };
    assert_eq!(answers(&ann.id).await, answers(&unknown).await);
    assert_eq!(invalid_field(block(&suite, &ben, &[&ann.id]).await), "settings.user.blocked_account_ids");
    assert!(blocked_by(&suite, &ben).await.is_empty());
}

#[tokio::test]
async fn whom_somebody_has_blocked_they_can_unblock_though_that_one_has_blocked_them_since() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    import_blocks(&suite, &ann.id, &[&ben.id]).await.unwrap();
    import_blocks(&suite, &ben.id, &[&ann.id]).await.unwrap();
    // Each knows whom they have blocked.
    block_one(&suite, &ann, &ben.id).await.unwrap();
    block(&suite, &ann, &[&ben.id]).await.unwrap();
    assert_eq!(blocked_by(&suite, &ann).await, [&*ben.id]);
    unblock(&suite, &ann, &ben.id).await.unwrap();
    assert_eq!(refusal(unblock(&suite, &ann, &ben.id).await), NOT_FOUND);
    assert_eq!(refusal(account(&suite, Some(&ann), &ben.id).await), NOT_FOUND);
    account(&suite, Some(&ben), &ann.id).await.unwrap();
}

#[tokio::test]
async fn a_thousand_blocked_at_once_lose_their_connections() {
    let suite = Suite::start().await;
    let (ann, crowd) = (suite.user("Ann").await, crowd(&suite, "user", 1100).await);
    link(&suite, &ann.id, &crowd).await;
    block(&suite, &ann, &borrowed(&crowd[..1000])).await.unwrap();
    let mut left = connected(&suite, None, &ann.id).await.unwrap();
    left.reverse();
    assert_eq!(left, crowd[1000..]);
}
