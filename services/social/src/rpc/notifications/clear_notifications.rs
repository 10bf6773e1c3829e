//! ClearNotifications: the caller takes all of their notifications away.

use connectus_platform::identity;
use connectus_proto::social::v1::{ClearNotificationsRequest, ClearNotificationsResponse};
use tonic::Request;

use super::{Answer, Social};
use crate::store;

pub(super) async fn clear_notifications(
    service: &Social,
    request: Request<ClearNotificationsRequest>,
) -> Answer<ClearNotificationsResponse> {
    let account_id = identity::caller(&request)?.account_id;
    store::notifications::clear(&service.pool, account_id).await?;
    Ok(ClearNotificationsResponse {}.into())
}
