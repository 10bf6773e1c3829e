//! LogoutEverywhere: no token of the account is good any more.

use connectus_platform::{context, identity};
use connectus_proto::auth::v1::{LogoutEverywhereRequest, LogoutEverywhereResponse};
use tonic::Request;

use super::{Answer, Auth};
use crate::store;

pub(super) async fn logout_everywhere(
    auth: &Auth,
    request: Request<LogoutEverywhereRequest>,
) -> Answer<LogoutEverywhereResponse> {
    let caller = identity::caller(&request)?;
    store::access::log_out_everywhere(&auth.pool, caller.account_id, context::client()).await?;
    Ok(LogoutEverywhereResponse {}.into())
}
