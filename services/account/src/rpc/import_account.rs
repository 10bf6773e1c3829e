//! ImportAccount: an operator takes over an account from the former system.

use connectus_proto::account::v1::{ImportAccountRequest, ImportAccountResponse};
use tonic::Request;

use super::{Accounts, Answer, latest_date};
use crate::{domain::import::Import, store};

pub(super) async fn import_account(
    service: &Accounts,
    request: Request<ImportAccountRequest>,
) -> Answer<ImportAccountResponse> {
    let import = Import::new(request.into_inner(), latest_date())?;
    let existed = store::imports::insert(&service.pool, import).await?;
    Ok(ImportAccountResponse { existed }.into())
}
