//! What accounts say: the rpcs of PostService, one file each.

mod create_post;
mod delete_post;
mod encode;
mod export_data;
mod get_post;
mod like_post;
mod list_comments;
mod list_feed;
mod list_posts;
mod seen;
mod share_post;
mod unlike_post;
mod unshare_post;

use connectus_proto::social::v1::{
    CreatePostRequest, CreatePostResponse, DeletePostRequest, DeletePostResponse, ExportDataRequest, GetPostRequest,
    GetPostResponse, LikePostRequest, LikePostResponse, ListCommentsRequest, ListCommentsResponse, ListFeedRequest,
    ListFeedResponse, ListPostsRequest, ListPostsResponse, SharePostRequest, SharePostResponse, UnlikePostRequest,
    UnlikePostResponse, UnsharePostRequest, UnsharePostResponse, post_service_server::PostService,
};
use tonic::Request;

use super::{Answer, Social};

#[tonic::async_trait]
impl PostService for Social {
    type ExportDataStream = export_data::Records;

    async fn create_post(&self, request: Request<CreatePostRequest>) -> Answer<CreatePostResponse> {
        create_post::create_post(self, request).await
    }

    async fn get_post(&self, request: Request<GetPostRequest>) -> Answer<GetPostResponse> {
        get_post::get_post(self, request).await
    }

    async fn delete_post(&self, request: Request<DeletePostRequest>) -> Answer<DeletePostResponse> {
        delete_post::delete_post(self, request).await
    }

    async fn list_posts(&self, request: Request<ListPostsRequest>) -> Answer<ListPostsResponse> {
        list_posts::list_posts(self, request).await
    }

    async fn list_comments(&self, request: Request<ListCommentsRequest>) -> Answer<ListCommentsResponse> {
        list_comments::list_comments(self, request).await
    }

    async fn list_feed(&self, request: Request<ListFeedRequest>) -> Answer<ListFeedResponse> {
        list_feed::list_feed(self, request).await
    }

    async fn like_post(&self, request: Request<LikePostRequest>) -> Answer<LikePostResponse> {
        like_post::like_post(self, request).await
    }

    async fn unlike_post(&self, request: Request<UnlikePostRequest>) -> Answer<UnlikePostResponse> {
        unlike_post::unlike_post(self, request).await
    }

    async fn share_post(&self, request: Request<SharePostRequest>) -> Answer<SharePostResponse> {
        share_post::share_post(self, request).await
    }

    async fn unshare_post(&self, request: Request<UnsharePostRequest>) -> Answer<UnsharePostResponse> {
        unshare_post::unshare_post(self, request).await
    }

    async fn export_data(&self, request: Request<ExportDataRequest>) -> Answer<Self::ExportDataStream> {
        export_data::export_data(self, request).await
    }
}
