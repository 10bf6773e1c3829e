//! BatchGetAccounts: several accounts in one round trip.

use connectus_platform::{
    fields::{self, FieldError},
    identity,
};
use connectus_proto::account::v1::{BatchGetAccountsRequest, BatchGetAccountsResponse};
use tonic::{Request, Status};
use uuid::Uuid;

use super::{Accounts, Answer};
use crate::{domain::Error, store::looks::Look};

const FIELD: &str = "account_ids";

/// How many accounts may be asked for.
const MOST: usize = 100;

pub(super) async fn batch_get_accounts(
    service: &Accounts,
    request: Request<BatchGetAccountsRequest>,
) -> Answer<BatchGetAccountsResponse> {
    let viewer = identity::viewer(&request).map(|viewer| viewer.account_id);
    let looks: Vec<Look> = decode(&request)?.into_iter().map(|account| Look { account, viewer }).collect();
    let accounts = service.looks.get_all(&looks).await?;
    Ok(BatchGetAccountsResponse { accounts: accounts.into_iter().map(Into::into).collect() }.into())
}

fn decode(request: &Request<BatchGetAccountsRequest>) -> Result<Vec<Uuid>, Status> {
    let ids = &request.get_ref().account_ids;
    if ids.is_empty() {
        return Err(Error::from(FieldError::new(FIELD, "is required")).into());
    }
    fields::list(FIELD, ids.len(), MOST)?;
    ids.iter().map(|id| decode_one(request, id)).collect()
}

fn decode_one(request: &Request<BatchGetAccountsRequest>, id: &str) -> Result<Uuid, Status> {
    if id == identity::ME {
        return Ok(identity::caller(request)?.account_id);
    }
    Ok(fields::id(FIELD, id)?)
}
