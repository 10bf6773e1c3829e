//! The rpcs of the social service, one file each.

mod error;

use connectus_platform::{outbox::Outbox, store::Pool};
use connectus_proto::social::v1::{
    ClearNotificationsRequest, ClearNotificationsResponse, CreatePostRequest, CreatePostResponse, DeletePostRequest,
    DeletePostResponse, DismissNotificationRequest, DismissNotificationResponse, EraseAccountRequest,
    EraseAccountResponse, ExportDataRequest, ExportDataResponse, GetPostRequest, GetPostResponse, LikePostRequest,
    LikePostResponse, ListCommentsRequest, ListCommentsResponse, ListDeadMessagesRequest, ListDeadMessagesResponse,
    ListFeedRequest, ListFeedResponse, ListNotificationsRequest, ListNotificationsResponse, ListPostsRequest,
    ListPostsResponse, NotifyRequest, NotifyResponse, RequeueDeadMessagesRequest, RequeueDeadMessagesResponse,
    SharePostRequest, SharePostResponse, StreamNotificationsRequest, StreamNotificationsResponse, UnlikePostRequest,
    UnlikePostResponse, UnsharePostRequest, UnsharePostResponse, UnsubscribeRequest, UnsubscribeResponse,
    notification_service_server::NotificationService, post_service_server::PostService,
    social_admin_service_server::SocialAdminService, social_internal_service_server::SocialInternalService,
};
use futures::stream::BoxStream;
use tonic::{Request, Response, Status};

use crate::{accounts::Accounts, delivery::Delivery};

/// What the rpcs work with.
#[derive(Clone)]
pub(crate) struct Social {
    /// The database.
    pub(crate) pool: Pool,
    /// The account service.
    pub(crate) accounts: Accounts,
    /// What follows a commit.
    pub(crate) outbox: Outbox<Delivery>,
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl PostService for Social {
    type ExportDataStream = BoxStream<'static, Result<ExportDataResponse, Status>>;

    async fn create_post(&self, _request: Request<CreatePostRequest>) -> Answer<CreatePostResponse> {
        Err(Status::unimplemented("not yet"))
    }

    async fn get_post(&self, _request: Request<GetPostRequest>) -> Answer<GetPostResponse> {
        Err(Status::unimplemented("not yet"))
    }

    async fn delete_post(&self, _request: Request<DeletePostRequest>) -> Answer<DeletePostResponse> {
        Err(Status::unimplemented("not yet"))
    }

    async fn list_posts(&self, _request: Request<ListPostsRequest>) -> Answer<ListPostsResponse> {
        Err(Status::unimplemented("not yet"))
    }

    async fn list_comments(&self, _request: Request<ListCommentsRequest>) -> Answer<ListCommentsResponse> {
        Err(Status::unimplemented("not yet"))
    }

    async fn list_feed(&self, _request: Request<ListFeedRequest>) -> Answer<ListFeedResponse> {
        Err(Status::unimplemented("not yet"))
    }

    async fn like_post(&self, _request: Request<LikePostRequest>) -> Answer<LikePostResponse> {
        Err(Status::unimplemented("not yet"))
    }

    async fn unlike_post(&self, _request: Request<UnlikePostRequest>) -> Answer<UnlikePostResponse> {
        Err(Status::unimplemented("not yet"))
    }

    async fn share_post(&self, _request: Request<SharePostRequest>) -> Answer<SharePostResponse> {
        Err(Status::unimplemented("not yet"))
    }

    async fn unshare_post(&self, _request: Request<UnsharePostRequest>) -> Answer<UnsharePostResponse> {
        Err(Status::unimplemented("not yet"))
    }

    async fn export_data(&self, _request: Request<ExportDataRequest>) -> Answer<Self::ExportDataStream> {
        Err(Status::unimplemented("not yet"))
    }
}

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

#[tonic::async_trait]
impl SocialInternalService for Social {
    async fn notify(&self, _request: Request<NotifyRequest>) -> Answer<NotifyResponse> {
        Err(Status::unimplemented("not yet"))
    }

    async fn erase_account(&self, _request: Request<EraseAccountRequest>) -> Answer<EraseAccountResponse> {
        Err(Status::unimplemented("not yet"))
    }
}

#[tonic::async_trait]
impl SocialAdminService for Social {
    async fn list_dead_messages(&self, _request: Request<ListDeadMessagesRequest>) -> Answer<ListDeadMessagesResponse> {
        Err(Status::unimplemented("not yet"))
    }

    async fn requeue_dead_messages(
        &self,
        _request: Request<RequeueDeadMessagesRequest>,
    ) -> Answer<RequeueDeadMessagesResponse> {
        Err(Status::unimplemented("not yet"))
    }
}
