//! Posts, and the lists that they are in.

use axum::{
    Json,
    extract::State,
    response::Response,
    routing::{delete, get, post},
};
use connectus_platform::peer::on_behalf;
use connectus_proto::{
    common::v1::ErrorReason,
    social::v1::{
        self as proto, CreatePostRequest, DeletePostRequest, GetPostRequest, ListCommentsRequest, ListFeedRequest,
        ListPostsRequest, MultimediaType, PostContent,
    },
};
use http::Method;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Params, done, not_me,
    page::{self, Page},
    types::unix_seconds,
};
use crate::{
    body::Body,
    failure::Failure,
    route::{
        ACCOUNT_NOT_FOUND, Answer, Auth, BAD_QUERY, Cause, ErrorCode, INTERNAL, Origin, Route, THROTTLED, error,
        schema_of,
    },
    upstream::Gateway,
};

/// The error about a post that is not there.
pub(super) const POST_NOT_FOUND: ErrorCode =
    error(4000, 404, "Post not found.", &[Cause::Reason(ErrorReason::PostNotFound)])
        .when("There is no such post, or it is not for the caller to see.");

const SHORT_PAGES: &str = "A page may have fewer than were asked for, and not be the last.";

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::POST,
        path: "/v1/posts",
        summary: "The caller says something, of their own accord or in reply to a post.",
        details: "",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.social.v1.PostService/CreatePost"],
        body: Some(schema_of::<NewPost>),
        answer: Answer::Json(schema_of::<Created>),
        errors: &[
            error(4000, 404, "Post not found.", &[Cause::Reason(ErrorReason::PostNotFound)])
                .when("There is no post like the one that it replies to, or it is not for the caller to see."),
            INTERNAL,
            BAD_QUERY,
            THROTTLED,
        ],
        handler: || post(create),
    },
    Route {
        method: Method::GET,
        path: "/v1/posts/{id}",
        summary: "A post.",
        details: "",
        origin: Origin::Added,
        auth: Auth::None,
        query: &[],
        rpcs: &["connectus.social.v1.PostService/GetPost"],
        body: None,
        answer: Answer::Json(schema_of::<Post>),
        errors: &[POST_NOT_FOUND, INTERNAL],
        handler: || get(read),
    },
    Route {
        method: Method::DELETE,
        path: "/v1/posts/{id}",
        summary: "Deletes a post of the caller, with its likes and shares. Replies to it stay.",
        details: "",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.social.v1.PostService/DeletePost"],
        body: None,
        answer: Answer::Done,
        errors: &[POST_NOT_FOUND, INTERNAL],
        handler: || delete(remove),
    },
    Route {
        method: Method::GET,
        path: "/v1/posts/{id}/comments",
        summary: "The replies to a post, newest first.",
        details: SHORT_PAGES,
        origin: Origin::Added,
        auth: Auth::None,
        query: &[],
        rpcs: &["connectus.social.v1.PostService/ListComments"],
        body: None,
        answer: Answer::List(schema_of::<Post>),
        errors: &[POST_NOT_FOUND, INTERNAL, BAD_QUERY],
        handler: || get(list_comments),
    },
    Route {
        method: Method::GET,
        path: "/v1/accounts/{id}/posts",
        summary: "An account's posts, replies included, newest first.",
        details: "",
        origin: Origin::Documented,
        auth: Auth::None,
        query: &[],
        rpcs: &["connectus.social.v1.PostService/ListPosts"],
        body: None,
        answer: Answer::List(schema_of::<Post>),
        errors: &[ACCOUNT_NOT_FOUND, INTERNAL, BAD_QUERY],
        handler: || get(list),
    },
    Route {
        method: Method::GET,
        path: "/v1/feed",
        summary: "What the caller and the caller's connections have posted, but for replies, and shared, newest first.",
        details: "A post is there once: where the first of them posted or shared it. A page may have fewer than were \
            asked for, and not be the last.",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.social.v1.PostService/ListFeed"],
        body: None,
        answer: Answer::List(schema_of::<Post>),
        errors: &[INTERNAL, BAD_QUERY],
        handler: || get(feed),
    },
];

/// Something that an account says.
#[derive(Serialize, ToSchema)]
struct Post {
    id: String,
    /// The account's id.
    account: String,
    content: String,
    /// When, in Unix seconds.
    created_at: i64,
    /// The post that it replies to, which may be gone by now; empty when it is no reply.
    reply_to: String,
    multimedia: Vec<Multimedia>,
    tags: Vec<String>,
    /// How many accounts like it.
    likes: i64,
    /// How many replies it has.
    comments: i64,
    /// How many accounts have shared it.
    shares: i64,
    visibility: Visibility,
    /// Whether the caller likes it.
    is_liked: bool,
    /// Whether the caller has shared it.
    is_shared: bool,
    /// In a feed, the id of the connection that has shared it; empty where it is there for its author.
    shared_by: String,
}

/// A picture, a film, a sound, or something else to look at.
#[derive(Deserialize, Serialize, ToSchema)]
struct Multimedia {
    r#type: MediaKind,
    /// An https URL of up to 2000 characters.
    url: String,
    /// The same in words, up to 1000 characters.
    #[serde(default)]
    description: String,
}

/// What kind of thing is to be looked at.
#[derive(Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum MediaKind {
    Image,
    Video,
    Audio,
    Link,
}

/// Who may see a post: everybody, its author's connections, or its author alone.
#[derive(Clone, Copy, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Visibility {
    #[default]
    Public,
    Connections,
    Private,
}

/// What is said in a new post.
#[derive(Deserialize, ToSchema)]
struct NewPost {
    /// Up to 5000 characters; required where there is no multimedia.
    #[serde(default)]
    #[schema(max_length = 5000)]
    content: String,
    /// The post that it replies to; empty for none.
    #[serde(default)]
    reply_to: String,
    /// Up to 10.
    #[serde(default)]
    #[schema(max_items = 10)]
    multimedia: Vec<Multimedia>,
    /// Up to 20, each of 1 to 50 characters.
    #[serde(default)]
    #[schema(max_items = 20)]
    tags: Vec<String>,
    #[serde(default)]
    visibility: Visibility,
}

/// The answer to a new post.
#[derive(Serialize, ToSchema)]
#[schema(as = CreatedPost)]
struct Created {
    /// `200 - OK`.
    message: &'static str,
    /// The post's id.
    id: String,
}

impl From<proto::Post> for Post {
    fn from(post: proto::Post) -> Self {
        let content = post.content.unwrap_or_default();
        Self {
            visibility: content.visibility().into(),
            id: post.id,
            account: post.account_id,
            content: content.text,
            created_at: unix_seconds(post.create_time),
            reply_to: content.reply_to_id,
            multimedia: content.multimedia.into_iter().map(Multimedia::from).collect(),
            tags: content.tags,
            likes: post.likes_count,
            comments: post.comments_count,
            shares: post.shares_count,
            is_liked: post.is_liked,
            is_shared: post.is_shared,
            shared_by: post.sharer_id,
        }
    }
}

impl From<NewPost> for PostContent {
    fn from(post: NewPost) -> Self {
        Self {
            text: post.content,
            reply_to_id: post.reply_to,
            multimedia: post.multimedia.into_iter().map(proto::Multimedia::from).collect(),
            tags: post.tags,
            visibility: proto::Visibility::from(post.visibility).into(),
        }
    }
}

impl From<proto::Multimedia> for Multimedia {
    fn from(multimedia: proto::Multimedia) -> Self {
        let r#type = match multimedia.r#type() {
            MultimediaType::Image => MediaKind::Image,
            MultimediaType::Video => MediaKind::Video,
            MultimediaType::Audio => MediaKind::Audio,
            MultimediaType::Link | MultimediaType::Unspecified => MediaKind::Link,
        };
        Self { r#type, url: multimedia.url, description: multimedia.description }
    }
}

impl From<Multimedia> for proto::Multimedia {
    fn from(multimedia: Multimedia) -> Self {
        let r#type = match multimedia.r#type {
            MediaKind::Image => MultimediaType::Image,
            MediaKind::Video => MultimediaType::Video,
            MediaKind::Audio => MultimediaType::Audio,
            MediaKind::Link => MultimediaType::Link,
        };
        Self { r#type: r#type.into(), url: multimedia.url, description: multimedia.description }
    }
}

impl From<proto::Visibility> for Visibility {
    fn from(visibility: proto::Visibility) -> Self {
        match visibility {
            proto::Visibility::Public | proto::Visibility::Unspecified => Self::Public,
            proto::Visibility::Connections => Self::Connections,
            proto::Visibility::Private => Self::Private,
        }
    }
}

impl From<Visibility> for proto::Visibility {
    fn from(visibility: Visibility) -> Self {
        match visibility {
            Visibility::Public => Self::Public,
            Visibility::Connections => Self::Connections,
            Visibility::Private => Self::Private,
        }
    }
}

async fn create(State(gateway): State<Gateway>, Body(post): Body<NewPost>) -> Result<Json<Created>, Failure> {
    let request = CreatePostRequest { content: Some(post.into()) };
    let response = gateway.posts().create_post(on_behalf(request)).await?.into_inner();
    Ok(Json(Created { message: "200 - OK", id: response.post.unwrap_or_default().id }))
}

async fn read(State(gateway): State<Gateway>, Params(post_id): Params<String>) -> Result<Json<Post>, Failure> {
    let response = gateway.posts().get_post(on_behalf(GetPostRequest { post_id })).await?.into_inner();
    Ok(Json(response.post.unwrap_or_default().into()))
}

async fn remove(State(gateway): State<Gateway>, Params(post_id): Params<String>) -> Result<Response, Failure> {
    gateway.posts().delete_post(on_behalf(DeletePostRequest { post_id })).await?;
    Ok(done())
}

async fn list_comments(
    State(gateway): State<Gateway>,
    Params(post_id): Params<String>,
    page: Page,
) -> Result<Response, Failure> {
    let request = ListCommentsRequest { post_id, page_size: page.size, page_token: page.token };
    let response = gateway.posts().list_comments(on_behalf(request)).await?.into_inner();
    Ok(answer(response.posts, &response.next_page_token))
}

async fn list(State(gateway): State<Gateway>, Params(id): Params<String>, page: Page) -> Result<Response, Failure> {
    let request = ListPostsRequest { account_id: not_me(id), page_size: page.size, page_token: page.token };
    let response = gateway.posts().list_posts(on_behalf(request)).await?.into_inner();
    Ok(answer(response.posts, &response.next_page_token))
}

async fn feed(State(gateway): State<Gateway>, page: Page) -> Result<Response, Failure> {
    let request = ListFeedRequest { page_size: page.size, page_token: page.token };
    let response = gateway.posts().list_feed(on_behalf(request)).await?.into_inner();
    Ok(answer(response.posts, &response.next_page_token))
}

fn answer(posts: Vec<proto::Post>, next: &str) -> Response {
    let posts: Vec<Post> = posts.into_iter().map(Post::from).collect();
    page::answer(&posts, next)
}
