//! GetSharedIdentity: what a person shares with the communities of an organization.

use connectus_platform::fields;
use connectus_proto::account::v1::{GetSharedIdentityRequest, GetSharedIdentityResponse};
use tonic::Request;

use super::{Accounts, Answer};
use crate::store;

pub(super) async fn get_shared_identity(
    service: &Accounts,
    request: Request<GetSharedIdentityRequest>,
) -> Answer<GetSharedIdentityResponse> {
    let GetSharedIdentityRequest { account_id, organization_id } = request.into_inner();
    let id = fields::id("account_id", &account_id)?;
    let organization = fields::id("organization_id", &organization_id)?;
    Ok(store::volunteers::shared_identity(&service.pool, id, organization).await?.into())
}
