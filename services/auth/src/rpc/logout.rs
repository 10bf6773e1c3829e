//! Logout: the token that the call is made with is good no more.

use connectus_platform::{context, identity};
use connectus_proto::auth::v1::{LogoutRequest, LogoutResponse};
use tonic::Request;

use super::{Answer, Auth};
use crate::store;

pub(super) async fn logout(auth: &Auth, request: Request<LogoutRequest>) -> Answer<LogoutResponse> {
    let caller = identity::caller(&request)?;
    store::access::log_out(&auth.pool, &caller, context::client()).await?;
    Ok(LogoutResponse {}.into())
}
