//! ImportBlocks.

use connectus_testkit::{Suite, invalid_field};
use futures::future::join_all;

use crate::support::{
    account, block, crowd, former_id, former_organization, former_user, import, import_blocks, stored, unknown_id,
    user_settings,
};

#[tokio::test]
async fn those_who_are_there_are_blocked_in_their_order() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let (zoe, help, later) = (former_user("Zoë"), former_organization("Help"), former_user("Joe"));
    let id = |request: &connectus_proto::account::v1::ImportAccountRequest| request.account.clone().unwrap().id;
    import(&suite, zoe.clone()).await.unwrap();
    import(&suite, help.clone()).await.unwrap();
    let wanted = [&*id(&help), &id(&later), &ben.id, &id(&zoe), &id(&zoe)];
    import_blocks(&suite, &ann.id, &wanted).await.unwrap();
    let zoe_now = account(&suite, None, &id(&zoe)).await.unwrap().id;
    let help_now = account(&suite, None, &id(&help)).await.unwrap().id;
    let blocked = user_settings(&suite, &ann).await.blocked_account_ids;
    assert_eq!(blocked, [&*help_now, &ben.id, &zoe_now]);
    account(&suite, Some(&ben), &ann.id).await.unwrap_err();
    // A repeat adds only who has come over since then.
    import(&suite, later.clone()).await.unwrap();
    for answer in join_all((0..5).map(|_| import_blocks(&suite, &ann.id, &wanted))).await {
        answer.unwrap();
    }
    let later_now = account(&suite, None, &id(&later)).await.unwrap().id;
    let blocked = user_settings(&suite, &ann).await.blocked_account_ids;
    assert_eq!(blocked, [&*help_now, &ben.id, &zoe_now, &later_now]);
}

#[tokio::test]
async fn whom_somebody_has_blocked_by_now_stays_blocked() {
    let suite = Suite::start().await;
    let (ann, ben, cem) = (suite.user("Ann").await, suite.user("Ben").await, suite.user("Cem").await);
    block(&suite, &ann, &[&ben.id]).await.unwrap();
    import_blocks(&suite, &ann.id, &[&cem.id]).await.unwrap();
    assert_eq!(user_settings(&suite, &ann).await.blocked_account_ids, [&*ben.id, &cem.id]);
}

#[tokio::test]
async fn who_is_not_there_or_an_organization_blocks_nobody_and_nobody_themselves() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let before = stored(&suite).await;
    import_blocks(&suite, &former_id(), &[&ann.id]).await.unwrap();
    import_blocks(&suite, &help.id, &[&ann.id]).await.unwrap();
    import_blocks(&suite, &ann.id, &[&ann.id, &unknown_id(), &former_id()]).await.unwrap();
    import_blocks(&suite, &ann.id, &[]).await.unwrap();
    assert_eq!(stored(&suite).await, before);
}

#[tokio::test]
async fn a_thousand_are_blocked_at_once_and_no_more() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let ids = crowd(&suite, "user", 1001).await;
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    assert_eq!(invalid_field(import_blocks(&suite, &ann.id, &ids).await), "blocked_account_ids");
    import_blocks(&suite, &ann.id, &ids[..1000]).await.unwrap();
    assert_eq!(user_settings(&suite, &ann).await.blocked_account_ids, ids[..1000]);
}

#[tokio::test]
async fn what_is_no_id_is_named() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    for id in ["", "me", "x"] {
        assert_eq!(invalid_field(import_blocks(&suite, id, &[]).await), "account_id", "{id:?}");
        let answer = import_blocks(&suite, &ann.id, &[&ben.id, id]).await;
        assert_eq!(invalid_field(answer), "blocked_account_ids", "{id:?}");
    }
    assert!(user_settings(&suite, &ann).await.blocked_account_ids.is_empty());
}
