//! What only the suite's own services may ask, operators' subcommands among them.

use connectus_platform::identity::ServiceIdentity;
use connectus_proto::{
    common::v1::ErrorReason,
    experience::v1::{
        EraseAccountRequest, ImportExperiencesRequest, ListConfirmedAccountsRequest, ListConfirmedExperiencesRequest,
        ListDeadMessagesRequest, RequeueDeadMessagesRequest,
    },
};
use connectus_testkit::{Person, Suite, refusal};
use tonic::{Code, Request, Status};

use crate::support::{admin, create, former, former_id, stored};

type Caller<'a> = &'a dyn Fn(Request<()>) -> Request<()>;

/// Calls every rpc that is for services, by requests that are made so.
async fn answers(suite: &Suite, person: &Person, by: Caller<'_>) -> [(&'static str, Result<(), Status>); 6] {
    let erase = EraseAccountRequest { account_id: person.id.clone() };
    let organization_id = person.id.clone();
    let accounts = ListConfirmedAccountsRequest { organization_id, ..ListConfirmedAccountsRequest::default() };
    let (organization_id, account_id) = (person.id.clone(), person.id.clone());
    let confirmed =
        ListConfirmedExperiencesRequest { organization_id, account_id, ..ListConfirmedExperiencesRequest::default() };
    let import = ImportExperiencesRequest { user_id: former_id(), experiences: vec![former("x", None)] };
    let (list, requeue) = (ListDeadMessagesRequest::default(), RequeueDeadMessagesRequest::default());
    let (mut internal, mut admin) = (suite.experience_internal(), admin(suite));
    [
        ("EraseAccount", internal.erase_account(like(by, erase)).await.map(drop)),
        ("ListConfirmedExperiences", internal.list_confirmed_experiences(like(by, confirmed)).await.map(drop)),
        ("ListConfirmedAccounts", internal.list_confirmed_accounts(like(by, accounts)).await.map(drop)),
        ("ListDeadMessages", admin.list_dead_messages(like(by, list)).await.map(drop)),
        ("RequeueDeadMessages", admin.requeue_dead_messages(like(by, requeue)).await.map(drop)),
        ("ImportExperiences", admin.import_experiences(like(by, import)).await.map(drop)),
    ]
}

fn like<M>(by: Caller<'_>, message: M) -> Request<M> {
    by(Request::new(())).map(|()| message)
}

#[tokio::test]
async fn nobody_else_may() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    create(&suite, &ann, "Soup kitchen", None).await.unwrap();
    let before = stored(&suite).await;
    let stranger = ServiceIdentity::random();
    let callers: [Caller<'_>; 3] = [&|request| request, &|_| ann.asks(()), &|request| stranger.sign(request)];
    for by in callers {
        for (rpc, answer) in answers(&suite, &ann, by).await {
            assert_eq!(refusal(answer), (Code::PermissionDenied, ErrorReason::ServiceIdentityRequired), "{rpc}");
        }
    }
    assert_eq!(stored(&suite).await, before);
}
