//! Calls with an `idempotency-key` whose answer was lost.

use connectus_proto::experience::v1::{
    CreateOpportunityRequest, DeleteOpportunityRequest, InterestState, ReplaceOpportunityRequest, ShowInterestRequest,
    WithdrawInterestRequest,
};
use connectus_testkit::{Suite, refusal};
use tonic::Code;

use super::{counts, create, details, get, on, sign_up};
use crate::{
    idempotency::{keyed, lose_answers},
    support::count,
};

#[tokio::test]
async fn nothing_is_done_twice() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    lose_answers(&suite).await;
    let mut made = Vec::new();
    for _ in 0..2 {
        let request = CreateOpportunityRequest { details: Some(details("Apples", 1)), shifts: vec![on(1)] };
        let answer = suite.opportunities().create_opportunity(keyed("create", help.asks(request))).await.unwrap();
        made.push(answer.into_inner().opportunity.unwrap());
    }
    assert_eq!((&made[0], count(&suite, "opportunities").await), (&made[1], 1));
    let (apples, mut states) = (&made[0], Vec::new());
    for _ in 0..2 {
        let request = ShowInterestRequest { opportunity_id: apples.id.clone(), shift_id: apples.shifts[0].id.clone() };
        states.push(suite.opportunities().show_interest(keyed("show", ann.asks(request))).await.unwrap().into_inner());
    }
    assert!(states.iter().all(|answer| answer.state() == InterestState::SignedUp));
    for _ in 0..2 {
        let request = WithdrawInterestRequest { opportunity_id: apples.id.clone(), shift_id: String::new() };
        suite.opportunities().withdraw_interest(keyed("withdraw", ann.asks(request))).await.unwrap();
    }
    assert_eq!(counts(&suite, &apples.id).await, (0, 0));
    let mut replaced = Vec::new();
    for _ in 0..2 {
        let shifts = vec![on(7)];
        let request =
            ReplaceOpportunityRequest { opportunity_id: apples.id.clone(), details: Some(details("Pears", 2)), shifts };
        let answer = suite.opportunities().replace_opportunity(keyed("replace", help.asks(request))).await.unwrap();
        replaced.push(answer.into_inner());
    }
    assert_eq!(replaced[0], replaced[1]);
    assert_eq!(replaced[0].opportunity, Some(get(&suite, Some(&help), &apples.id).await.unwrap()));
    for _ in 0..2 {
        let request = DeleteOpportunityRequest { opportunity_id: apples.id.clone() };
        suite.opportunities().delete_opportunity(keyed("delete", help.asks(request))).await.unwrap();
    }
    assert_eq!(count(&suite, "opportunities").await, 0);
}

#[tokio::test]
async fn when_nobody_can_be_told_nothing_is_done() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let apples = create(&suite, &help, "Apples", 1, &[1]).await;
    suite.database.execute("ALTER TABLE experience.outbox RENAME TO gone").await;
    assert_eq!(refusal(sign_up(&suite, &ann, &apples, 0).await).0, Code::Internal);
    let request = CreateOpportunityRequest { details: Some(details("Pears", 1)), shifts: vec![on(1)] };
    assert_eq!(refusal(suite.opportunities().create_opportunity(help.asks(request)).await).0, Code::Internal);
    suite.database.execute("ALTER TABLE experience.gone RENAME TO outbox").await;
    assert_eq!((counts(&suite, &apples.id).await, count(&suite, "opportunities").await), ((0, 0), 1));
}
