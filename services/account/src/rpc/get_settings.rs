//! GetSettings: the caller's settings.

use connectus_platform::identity;
use connectus_proto::account::v1::{GetSettingsRequest, GetSettingsResponse};
use tonic::Request;

use super::{Accounts, Answer};
use crate::store;

pub(super) async fn get_settings(
    service: &Accounts,
    request: Request<GetSettingsRequest>,
) -> Answer<GetSettingsResponse> {
    let caller = identity::caller(&request)?;
    let settings = store::settings::find(&service.pool, caller.account_id).await?;
    Ok(GetSettingsResponse { settings: Some(settings) }.into())
}
