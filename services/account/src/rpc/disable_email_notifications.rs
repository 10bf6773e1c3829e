//! DisableEmailNotifications: somebody unsubscribes from mails about notifications.

use connectus_platform::fields;
use connectus_proto::account::v1::{DisableEmailNotificationsRequest, DisableEmailNotificationsResponse};
use tonic::Request;

use super::{Accounts, Answer};
use crate::store;

pub(super) async fn disable_email_notifications(
    service: &Accounts,
    request: Request<DisableEmailNotificationsRequest>,
) -> Answer<DisableEmailNotificationsResponse> {
    let id = fields::id("account_id", &request.get_ref().account_id)?;
    store::contacts::disable_email_notifications(&service.pool, id).await?;
    Ok(DisableEmailNotificationsResponse {}.into())
}
