//! What only the suite's own services may ask, operators' subcommands among them.

use connectus_platform::identity::ServiceIdentity;
use connectus_proto::{
    account::v1::{
        AddNoteRequest, EraseAccountRequest, GetSharedIdentityRequest, ImportBlocksRequest, ListDeadMessagesRequest,
        ListNotesRequest, RequeueDeadMessagesRequest, SetEmailRequest, VerifyOrganizationRequest,
    },
    common::v1::ErrorReason,
};
use connectus_testkit::{Person, Suite, refusal};
use tonic::{Code, Request, Status};

use crate::support::{admin, former_user, stored};

/// Calls every rpc that is for services, by requests that are made so.
async fn answers(
    suite: &Suite,
    person: &Person,
    by: &dyn Fn(Request<()>) -> Request<()>,
) -> [(&'static str, Result<(), Status>); 10] {
    let account_id = person.id.clone();
    let operator = "Eve".to_owned();
    let email = SetEmailRequest { account_id: account_id.clone(), email: "eve@example.org".to_owned(), version: 9 };
    let erase = EraseAccountRequest { account_id: account_id.clone() };
    let verify =
        VerifyOrganizationRequest { account_id: account_id.clone(), is_verified: true, operator: operator.clone() };
    let note = AddNoteRequest { account_id: account_id.clone(), text: "x".to_owned(), operator };
    let notes = ListNotesRequest { account_id: account_id.clone(), ..ListNotesRequest::default() };
    let shared = GetSharedIdentityRequest { account_id: account_id.clone(), organization_id: account_id.clone() };
    let blocks = ImportBlocksRequest { account_id, blocked_account_ids: Vec::new() };
    let (dead, requeue) = (ListDeadMessagesRequest::default(), RequeueDeadMessagesRequest::default());
    let (mut internal, mut admin) = (suite.account_internal(), admin(suite));
    [
        ("SetEmail", internal.set_email(like(by, email)).await.map(drop)),
        ("EraseAccount", internal.erase_account(like(by, erase)).await.map(drop)),
        ("GetSharedIdentity", internal.get_shared_identity(like(by, shared)).await.map(drop)),
        ("VerifyOrganization", admin.verify_organization(like(by, verify)).await.map(drop)),
        ("AddNote", admin.add_note(like(by, note)).await.map(drop)),
        ("ListNotes", admin.list_notes(like(by, notes)).await.map(drop)),
        ("ListDeadMessages", admin.list_dead_messages(like(by, dead)).await.map(drop)),
        ("RequeueDeadMessages", admin.requeue_dead_messages(like(by, requeue)).await.map(drop)),
        ("ImportAccount", admin.import_account(like(by, former_user("Eve"))).await.map(drop)),
        ("ImportBlocks", admin.import_blocks(like(by, blocks)).await.map(drop)),
    ]
}

fn like<M>(by: &dyn Fn(Request<()>) -> Request<()>, message: M) -> Request<M> {
    by(Request::new(())).map(|()| message)
}

#[tokio::test]
async fn nobody_else_may() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let before = stored(&suite).await;
    let stranger = ServiceIdentity::random();
    let nobody = |request| request;
    let owner = |_| help.asks(());
    let forged = |request| stranger.sign(request);
    let callers: [&dyn Fn(Request<()>) -> Request<()>; 3] = [&nobody, &owner, &forged];
    for by in callers {
        for (rpc, answer) in answers(&suite, &help, by).await {
            assert_eq!(refusal(answer), (Code::PermissionDenied, ErrorReason::ServiceIdentityRequired), "{rpc}");
        }
    }
    assert_eq!(stored(&suite).await, before);
}
