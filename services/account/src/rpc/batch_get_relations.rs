//! BatchGetRelations: how accounts stand to one who looks at them.

use connectus_platform::fields;
use connectus_proto::account::v1::{BatchGetRelationsRequest, BatchGetRelationsResponse};
use tonic::Request;

use super::{Accounts, Answer};
use crate::store;

/// How many accounts may be asked about.
const MOST: usize = 500;

pub(super) async fn batch_get_relations(
    service: &Accounts,
    request: Request<BatchGetRelationsRequest>,
) -> Answer<BatchGetRelationsResponse> {
    let BatchGetRelationsRequest { viewer_id, account_ids } = request.into_inner();
    fields::list("account_ids", account_ids.len(), MOST)?;
    let viewer = (!viewer_id.is_empty()).then(|| fields::id("viewer_id", &viewer_id)).transpose()?;
    let ids: Result<Vec<_>, _> = account_ids.iter().map(|id| fields::id("account_ids", id)).collect();
    let relations = store::relations::find(&service.pool, viewer, &ids?).await?;
    Ok(BatchGetRelationsResponse { relations }.into())
}
