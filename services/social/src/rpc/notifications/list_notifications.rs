//! ListNotifications: what the caller was notified of, newest first.

use connectus_platform::{identity, page::Page};
use connectus_proto::social::v1::{ListNotificationsRequest, ListNotificationsResponse};
use tonic::Request;

use super::{Answer, Social};
use crate::store;

pub(super) async fn list_notifications(
    service: &Social,
    request: Request<ListNotificationsRequest>,
) -> Answer<ListNotificationsResponse> {
    let account_id = identity::caller(&request)?.account_id;
    let ListNotificationsRequest { page_size, page_token } = request.into_inner();
    let page = Page::new(page_size, &page_token)?;
    let mut listed = store::notifications::list(&service.pool, account_id, page).await?;
    let next_page_token = page.cut(&mut listed, |notification| notification.id);
    let shown = service.accounts.shown(account_id, listed).await?;
    let notifications = shown.into_iter().map(Into::into).collect();
    Ok(ListNotificationsResponse { notifications, next_page_token }.into())
}
