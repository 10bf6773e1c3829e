//! DismissNotification: the caller takes one of their notifications away.

use connectus_platform::{identity, ids};
use connectus_proto::social::v1::{DismissNotificationRequest, DismissNotificationResponse};
use tonic::Request;

use super::{Answer, Social};
use crate::{domain::Error, store};

pub(super) async fn dismiss_notification(
    service: &Social,
    request: Request<DismissNotificationRequest>,
) -> Answer<DismissNotificationResponse> {
    let account_id = identity::caller(&request)?.account_id;
    let id = ids::parse(&request.get_ref().notification_id).ok_or(Error::NotificationNotFound)?;
    store::notifications::dismiss(&service.pool, account_id, id).await?;
    Ok(DismissNotificationResponse {}.into())
}
