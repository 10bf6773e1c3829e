//! What only the suite's own services may ask, operators' subcommands among them.

use connectus_platform::identity::ServiceIdentity;
use connectus_proto::{
    common::v1::ErrorReason,
    community::v1::{
        EraseAccountRequest, ListDeadMessagesRequest, RequeueDeadMessagesRequest,
        community_admin_service_client::CommunityAdminServiceClient,
        community_internal_service_client::CommunityInternalServiceClient,
    },
};
use connectus_testkit::refusal;
use tonic::{Code, Request};

use crate::support::World;

type Caller<'a> = &'a dyn Fn(Request<()>) -> Request<()>;

#[tokio::test]
async fn nobody_else_may() {
    let world = World::new().await;
    let stranger = ServiceIdentity::random();
    let callers: [Caller<'_>; 4] =
        [&|request| request, &|_| world.owner.asks(()), &|_| world.asks(()), &|request| stranger.sign(request)];
    let before = world.stored().await;
    let mut internal = CommunityInternalServiceClient::new(world.suite.channel());
    let mut admin = CommunityAdminServiceClient::new(world.suite.channel());
    for by in callers {
        let like = || by(Request::new(()));
        let erase = EraseAccountRequest { account_id: world.owner.id.clone() };
        let answers = [
            internal.erase_account(like().map(|()| erase)).await.map(drop),
            admin.list_dead_messages(like().map(|()| ListDeadMessagesRequest::default())).await.map(drop),
            admin.requeue_dead_messages(like().map(|()| RequeueDeadMessagesRequest::default())).await.map(drop),
        ];
        for answer in answers {
            assert_eq!(refusal(answer), (Code::PermissionDenied, ErrorReason::ServiceIdentityRequired));
        }
    }
    assert_eq!(world.stored().await, before);
}
