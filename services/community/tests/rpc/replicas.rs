//! Several replicas on one database, and items that cannot be worked on.

use connectus_proto::{
    common::v1::ErrorReason,
    community::v1::{
        CreateSourceRequest, GetTokenStatusRequest, ListDeadMessagesRequest, Profile, RequeueDeadMessagesRequest,
        RevokeTokenRequest, UpsertUserRequest, community_admin_service_client::CommunityAdminServiceClient,
    },
};
use connectus_testkit::{Options, Suite, as_caller, eventually, refusal};
use tonic::Code;

use crate::support::{World, community, token, user, with_email};

/// A second suite on the database of the first.
async fn replica(world: &World) -> Suite {
    let options = Options {
        database: Some(world.suite.database.share().await),
        identity: Some(world.suite.identity.clone()),
        ..Options::default()
    };
    Suite::with(options).await
}

#[tokio::test]
async fn two_replicas_keep_the_order_of_what_one_client_says() {
    let world = World::new().await;
    let other = replica(&world).await;
    for number in 0..60 {
        let suite = if number % 2 == 0 { &world.suite } else { &other };
        let said = user("ann", Profile { bio: number.to_string(), ..with_email("ann@example.org") });
        let request = UpsertUserRequest { source_id: world.source, user: Some(said) };
        suite.community().upsert_user(world.asks(request)).await.unwrap();
    }
    assert_eq!(world.member("ann@example.org").await.profile.unwrap().bio, "59");
}

#[tokio::test]
async fn a_token_is_revoked_and_a_budget_spent_on_all_replicas() {
    let world = World::with(Options { community: vec!["--community-rate-limit=6000"], ..Options::default() }).await;
    let other = replica(&world).await;
    let status = async |suite: &Suite| {
        let answer = suite.community().get_token_status(as_caller(&world.token, GetTokenStatusRequest {})).await;
        answer.map(|answer| answer.metadata().get("x-ratelimit-remaining").unwrap().to_str().unwrap().to_owned())
    };
    assert_eq!(status(&world.suite).await.unwrap(), "5999");
    assert_eq!(status(&other).await.unwrap(), "5998");
    let revoke = RevokeTokenRequest { community_id: world.community.clone(), token_id: world.token_id.clone() };
    other.communities().revoke_token(world.owner.asks(revoke)).await.unwrap();
    let refused = status(&world.suite).await;
    assert_eq!(refusal(refused), (Code::Unauthenticated, ErrorReason::CommunityTokenInvalid));
}

#[tokio::test]
async fn a_community_that_cannot_be_worked_on_now_holds_no_other_up() {
    let world = World::new().await;
    let slow = format!(
        "CREATE FUNCTION community.slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
            IF NEW.community_id = '{}' THEN RAISE EXCEPTION 'statement timeout'; END IF; RETURN NEW; END $$; \
        CREATE TRIGGER slow BEFORE INSERT ON community.members FOR EACH ROW EXECUTE FUNCTION community.slow()",
        world.community
    );
    world.suite.database.execute(&slow).await;
    world.say(user("ann", with_email("ann@example.org"))).await;
    let other = community(&world.suite, &world.owner, "Others").await;
    let token = token(&world.suite, &world.owner, &other).await.token;
    let request = CreateSourceRequest { community_id: other.clone(), name: "Chat".to_owned() };
    let source = world.suite.communities().create_source(world.owner.asks(request)).await.unwrap();
    let source_id = source.into_inner().source.unwrap().id;
    let request = UpsertUserRequest { source_id, user: Some(user("ben", with_email("ben@example.org"))) };
    world.suite.community().upsert_user(as_caller(&token, request)).await.unwrap();
    let waiting = format!("SELECT count(*) FROM community.queue WHERE community_id = '{other}'");
    eventually("the other one is worked on", async || {
        (world.suite.database.value::<i64>(&waiting).await == 0).then_some(())
    })
    .await;
    world.suite.database.execute("DROP TRIGGER slow ON community.members").await;
    world.member("ann@example.org").await;
}

#[tokio::test]
async fn what_cannot_be_worked_on_is_put_aside_and_holds_nobody_up() {
    let world = World::new().await;
    let bad = format!(
        "INSERT INTO community.queue (community_id, item) VALUES ('{}', '{{\"kind\": \"unknown\"}}')",
        world.community
    );
    world.suite.database.execute(&bad).await;
    world.say(user("ann", with_email("ann@example.org"))).await;
    world.member("ann@example.org").await;
    let mut admin = CommunityAdminServiceClient::new(world.suite.channel());
    let list = ListDeadMessagesRequest::default();
    let dead = admin.list_dead_messages(world.suite.as_service(list.clone())).await.unwrap().into_inner().messages;
    assert_eq!((dead.len(), dead[0].kind.as_str()), (1, "unknown"));
    let requeue = RequeueDeadMessagesRequest { message_ids: vec![dead[0].id.clone()] };
    let again = admin.requeue_dead_messages(world.suite.as_service(requeue.clone())).await.unwrap();
    assert_eq!(again.into_inner().requeued_count, 1);
    let gone = admin.requeue_dead_messages(world.suite.as_service(requeue)).await;
    assert_eq!(refusal(gone), (Code::NotFound, ErrorReason::MessageNotFound));
    eventually("it is put aside again", async || {
        let dead = admin.clone().list_dead_messages(world.suite.as_service(list.clone())).await.unwrap();
        (dead.into_inner().messages.len() == 1).then_some(())
    })
    .await;
}
