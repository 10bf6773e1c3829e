//! What accounts are notified of: the rpcs of NotificationService, one file each.

mod clear_notifications;
mod dismiss_notification;
mod encode;
mod list_notifications;
mod stream_notifications;
mod unsubscribe;

use connectus_proto::social::v1::{
    ClearNotificationsRequest, ClearNotificationsResponse, DismissNotificationRequest, DismissNotificationResponse,
    ListNotificationsRequest, ListNotificationsResponse, StreamNotificationsRequest, UnsubscribeRequest,
    UnsubscribeResponse, notification_service_server::NotificationService,
};
use tonic::Request;

use super::{Answer, Social};

#[tonic::async_trait]
impl NotificationService for Social {
    type StreamNotificationsStream = stream_notifications::Notifications;

    async fn list_notifications(
        &self,
        request: Request<ListNotificationsRequest>,
    ) -> Answer<ListNotificationsResponse> {
        list_notifications::list_notifications(self, request).await
    }

    async fn dismiss_notification(
        &self,
        request: Request<DismissNotificationRequest>,
    ) -> Answer<DismissNotificationResponse> {
        dismiss_notification::dismiss_notification(self, request).await
    }

    async fn clear_notifications(
        &self,
        request: Request<ClearNotificationsRequest>,
    ) -> Answer<ClearNotificationsResponse> {
        clear_notifications::clear_notifications(self, request).await
    }

    async fn unsubscribe(&self, request: Request<UnsubscribeRequest>) -> Answer<UnsubscribeResponse> {
        unsubscribe::unsubscribe(self, request).await
    }

    async fn stream_notifications(
        &self,
        request: Request<StreamNotificationsRequest>,
    ) -> Answer<Self::StreamNotificationsStream> {
        stream_notifications::stream_notifications(self, request).await
    }
}
