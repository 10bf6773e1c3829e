//! SetOpportunities: the experience service tells which opportunities an organization has.

use connectus_platform::fields;
use connectus_proto::account::v1::{SetOpportunitiesRequest, SetOpportunitiesResponse};
use tonic::Request;

use super::{Accounts, Answer};
use crate::{domain::Error, store};

/// How many an organization has.
const MOST: usize = 200;

pub(super) async fn set_opportunities(
    service: &Accounts,
    request: Request<SetOpportunitiesRequest>,
) -> Answer<SetOpportunitiesResponse> {
    let SetOpportunitiesRequest { account_id, opportunity_ids, version } = request.into_inner();
    let id = fields::id("account_id", &account_id)?;
    fields::list("opportunity_ids", opportunity_ids.len(), MOST)?;
    let ids: Result<Vec<_>, _> = opportunity_ids.iter().map(|id| fields::id("opportunity_ids", id)).collect();
    if store::numbers::set_opportunities(&service.pool, id, &ids?, version).await? {
        Ok(SetOpportunitiesResponse {}.into())
    } else {
        Err(Error::AccountNotYetKnown.into())
    }
}
