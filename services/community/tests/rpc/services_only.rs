//! What only the suite's own services may ask, operators' subcommands among them.

use connectus_platform::identity::ServiceIdentity;
use connectus_proto::{
    common::v1::ErrorReason,
    community::v1::{
        CreateCommunityForRequest, EraseAccountRequest, GetCommunityStructureRequest, ImportUsersRequest,
        IssueTokenRequest, ListDeadMessagesRequest, RefreshVolunteerRequest, RequeueDeadMessagesRequest,
        community_admin_service_client::CommunityAdminServiceClient,
    },
};
use connectus_testkit::refusal;
use tonic::{Code, Request};

use crate::support::{World, user, with_email};

type Caller<'a> = &'a dyn Fn(Request<()>) -> Request<()>;

#[tokio::test]
async fn nobody_else_may() {
    let world = World::new().await;
    let stranger = ServiceIdentity::random();
    let callers: [Caller<'_>; 4] =
        [&|request| request, &|_| world.owner.asks(()), &|_| world.asks(()), &|request| stranger.sign(request)];
    let before = world.stored().await;
    let mut internal = world.suite.community_internal();
    let mut admin = CommunityAdminServiceClient::new(world.suite.channel());
    for by in callers {
        let like = || by(Request::new(()));
        let erase = EraseAccountRequest { account_id: world.owner.id.clone() };
        let (organization_id, community_id) = (world.owner.id.clone(), world.community.clone());
        let (name, source, users) = ("x".to_owned(), "x".to_owned(), vec![user("ann", with_email("ann@example.org"))]);
        let create = CreateCommunityForRequest { organization_id, name: name.clone() };
        let issue = IssueTokenRequest { community_id: community_id.clone(), name };
        let read = GetCommunityStructureRequest { community_id: community_id.clone() };
        let import = ImportUsersRequest { community_id, source, users };
        let refresh = RefreshVolunteerRequest { account_id: world.owner.id.clone(), organization_id: String::new() };
        let answers = [
            internal.erase_account(like().map(|()| erase)).await.map(drop),
            internal.refresh_volunteer(like().map(|()| refresh)).await.map(drop),
            admin.list_dead_messages(like().map(|()| ListDeadMessagesRequest::default())).await.map(drop),
            admin.requeue_dead_messages(like().map(|()| RequeueDeadMessagesRequest::default())).await.map(drop),
            admin.create_community_for(like().map(|()| create)).await.map(drop),
            admin.issue_token(like().map(|()| issue)).await.map(drop),
            admin.get_community_structure(like().map(|()| read)).await.map(drop),
            admin.import_users(like().map(|()| import)).await.map(drop),
        ];
        for answer in answers {
            assert_eq!(refusal(answer), (Code::PermissionDenied, ErrorReason::ServiceIdentityRequired));
        }
    }
    assert_eq!(world.stored().await, before);
}
