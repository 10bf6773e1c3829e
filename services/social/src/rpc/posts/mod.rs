//! What accounts say: the rpcs of PostService, one file each.

use connectus_proto::social::v1::{
    CreatePostRequest, CreatePostResponse, DeletePostRequest, DeletePostResponse, ExportDataRequest,
    ExportDataResponse, GetPostRequest, GetPostResponse, LikePostRequest, LikePostResponse, ListCommentsRequest,
    ListCommentsResponse, ListFeedRequest, ListFeedResponse, ListPostsRequest, ListPostsResponse, SharePostRequest,
    SharePostResponse, UnlikePostRequest, UnlikePostResponse, UnsharePostRequest, UnsharePostResponse,
    post_service_server::PostService,
};
use futures::stream::BoxStream;
use tonic::{Request, Status};

use super::{Answer, Social};

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
