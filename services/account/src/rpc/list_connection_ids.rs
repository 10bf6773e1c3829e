//! ListConnectionIds: whom an account is connected with.

use connectus_platform::fields;
use connectus_proto::account::v1::{ListConnectionIdsRequest, ListConnectionIdsResponse};
use tonic::Request;
use uuid::Uuid;

use super::{Accounts, Answer};
use crate::store;

pub(super) async fn list_connection_ids(
    service: &Accounts,
    request: Request<ListConnectionIdsRequest>,
) -> Answer<ListConnectionIdsResponse> {
    let id = fields::id("account_id", &request.get_ref().account_id)?;
    let connected = store::relations::connected(&service.pool, id).await?;
    Ok(ListConnectionIdsResponse { account_ids: connected.iter().map(Uuid::to_string).collect() }.into())
}
