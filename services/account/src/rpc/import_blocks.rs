//! ImportBlocks: an operator takes over whom an account had blocked in the former system.

use connectus_platform::fields;
use connectus_proto::account::v1::{ImportBlocksRequest, ImportBlocksResponse};
use tonic::{Request, Status};
use uuid::Uuid;

use super::{Accounts, Answer};
use crate::{domain::settings::MAX_BLOCKED, store};

const FIELD: &str = "blocked_account_ids";

pub(super) async fn import_blocks(
    service: &Accounts,
    request: Request<ImportBlocksRequest>,
) -> Answer<ImportBlocksResponse> {
    let ImportBlocksRequest { account_id, blocked_account_ids } = request.into_inner();
    let id = fields::id("account_id", &account_id)?;
    store::blocks::import(&service.pool, id, &decode(&blocked_account_ids)?).await?;
    service.outbox.wake();
    Ok(ImportBlocksResponse {}.into())
}

fn decode(ids: &[String]) -> Result<Vec<Uuid>, Status> {
    fields::list(FIELD, ids.len(), MAX_BLOCKED)?;
    Ok(ids.iter().map(|id| fields::id(FIELD, id)).collect::<Result<_, _>>()?)
}
