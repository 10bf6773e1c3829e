//! DeleteAccount: the end of an account, here and in every service.

use connectus_platform::{context, identity};
use connectus_proto::auth::v1::{DeleteAccountRequest, DeleteAccountResponse};
use tonic::Request;

use super::{Answer, Auth, guard};
use crate::store;

pub(super) async fn delete_account(
    auth: &Auth,
    request: Request<DeleteAccountRequest>,
) -> Answer<DeleteAccountResponse> {
    let caller = identity::caller(&request)?;
    let account = guard::confirm_password(auth, &caller, &request.get_ref().password).await?;
    store::deletion::delete_account(&auth.pool, &account, context::client()).await?;
    auth.outbox.wake();
    Ok(DeleteAccountResponse {}.into())
}
