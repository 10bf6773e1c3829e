//! RequestConnection: the caller asks an account to connect.

use connectus_proto::account::v1::{RequestConnectionRequest, RequestConnectionResponse};
use tonic::Request;

use super::{Accounts, Answer, pair};
use crate::{
    domain::{
        Error,
        connection::{self, Asked},
    },
    store,
};

pub(super) async fn request_connection(
    service: &Accounts,
    request: Request<RequestConnectionRequest>,
) -> Answer<RequestConnectionResponse> {
    let (caller, other) = pair(&request, &request.get_ref().account_id)?;
    let message = connection::message(&request.get_ref().message)?;
    if caller == other {
        return Err(Error::OwnAccount.into());
    }
    let asked = store::connections::request(&service.pool, caller, other, &message).await?;
    service.outbox.wake();
    Ok(RequestConnectionResponse { is_connected: asked == Asked::Connected }.into())
}
