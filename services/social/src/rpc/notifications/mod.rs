//! What accounts are notified of: the rpcs of NotificationService, one file each.

use connectus_proto::social::v1::{
    ClearNotificationsRequest, ClearNotificationsResponse, DismissNotificationRequest, DismissNotificationResponse,
    ListNotificationsRequest, ListNotificationsResponse, StreamNotificationsRequest, StreamNotificationsResponse,
    UnsubscribeRequest, UnsubscribeResponse, notification_service_server::NotificationService,
};
use futures::stream::BoxStream;
use tonic::{Request, Status};

use super::{Answer, Social};

#[tonic::async_trait]
impl NotificationService for Social {
    type StreamNotificationsStream = BoxStream<'static, Result<StreamNotificationsResponse, Status>>;

    async fn list_notifications(
        &self,
        _request: Request<ListNotificationsRequest>,
    ) -> Answer<ListNotificationsResponse> {
        Err(Status::unimplemented("not yet"))
    }

    async fn dismiss_notification(
        &self,
        _request: Request<DismissNotificationRequest>,
    ) -> Answer<DismissNotificationResponse> {
        Err(Status::unimplemented("not yet"))
    }

    async fn clear_notifications(
        &self,
        _request: Request<ClearNotificationsRequest>,
    ) -> Answer<ClearNotificationsResponse> {
        Err(Status::unimplemented("not yet"))
    }

    async fn unsubscribe(&self, _request: Request<UnsubscribeRequest>) -> Answer<UnsubscribeResponse> {
        Err(Status::unimplemented("not yet"))
    }

    async fn stream_notifications(
        &self,
        _request: Request<StreamNotificationsRequest>,
    ) -> Answer<Self::StreamNotificationsStream> {
        Err(Status::unimplemented("not yet"))
    }
}
