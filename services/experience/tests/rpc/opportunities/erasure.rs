//! What becomes of opportunities and interests when an account is erased.

use connectus_proto::{common::v1::ErrorReason, social::v1::NotificationKind};
use connectus_testkit::{Suite, refusal};
use tonic::Code;

use super::{counts, create, create_open, get, kinds, notifications, show, sign_up};
use crate::support::{count, erase, traces};

#[tokio::test]
async fn who_waits_moves_up_when_somebody_is_erased() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let people = super::crowd(&suite, 4).await;
    let (apples, pears) =
        (create(&suite, &help, "Apples", 1, &[1]).await, create(&suite, &help, "Pears", 1, &[1, 2]).await);
    let choir = create_open(&suite, &help, "Choir").await;
    for (person, opportunity, shift) in
        [(0, &apples, 0), (1, &apples, 0), (2, &apples, 0), (0, &pears, 0), (0, &pears, 1), (3, &pears, 1)]
    {
        sign_up(&suite, &people[person], opportunity, shift).await.unwrap();
    }
    show(&suite, &people[0], &choir.id, "").await.unwrap();
    for _ in 0..2 {
        erase(&suite, &people[0].id).await.unwrap();
    }
    assert_eq!(traces(&suite, &people[0].id).await, 0);
    assert_eq!((counts(&suite, &apples.id).await, counts(&suite, &pears.id).await), ((1, 1), (0, 0)));
    let freed: &[NotificationKind] = &[NotificationKind::ShiftFreed];
    for (person, expected) in [(1, freed), (2, &[]), (3, freed)] {
        assert_eq!(kinds(&suite, &people[person]).await, expected, "{person}");
    }
}

#[tokio::test]
async fn an_organizations_opportunities_go_with_it_and_people_are_told() {
    let suite = Suite::start().await;
    let (ann, help, care) =
        (suite.user("Ann").await, suite.organization("Help").await, suite.organization("Care").await);
    let (apples, choir) = (create(&suite, &help, "Apples", 1, &[1]).await, create_open(&suite, &help, "Choir").await);
    let chess = create_open(&suite, &care, "Chess").await;
    sign_up(&suite, &ann, &apples, 0).await.unwrap();
    for id in [&choir.id, &chess.id] {
        show(&suite, &ann, id, "").await.unwrap();
    }
    crate::support::until_delivered(&suite).await;
    suite.database.execute(&format!("DELETE FROM account.accounts WHERE id = '{}'", help.id)).await;
    for _ in 0..2 {
        erase(&suite, &help.id).await.unwrap();
    }
    for id in [&apples.id, &choir.id] {
        assert_eq!(refusal(get(&suite, None, id).await), (Code::NotFound, ErrorReason::OpportunityNotFound));
    }
    get(&suite, None, &chess.id).await.unwrap();
    assert_eq!((traces(&suite, &help.id).await, count(&suite, "shifts").await), (0, 0));
    let told = notifications(&suite, &ann).await;
    let mut told: Vec<_> = told.iter().map(|one| (one.kind(), &*one.content, &*one.actor_id)).collect();
    told.sort_unstable();
    let withdrawn = |name| (NotificationKind::OpportunityWithdrawn, name, "");
    assert_eq!(told, [withdrawn("Apples"), withdrawn("Choir")], "by nobody: the account is gone");
}
