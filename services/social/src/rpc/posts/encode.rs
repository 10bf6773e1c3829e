//! Posts as the contract writes them.

use connectus_proto::social::v1::{self as proto, MultimediaType, PostContent};
use prost_types::Timestamp;
use uuid::Uuid;

use crate::{
    domain::post::{Content, MediaKind, Multimedia, Post, Visibility},
    store::marks::Marks,
};

/// A post as one who has put these marks sees it.
pub(super) fn post(post: Post, marks: &Marks) -> proto::Post {
    proto::Post {
        is_liked: marks.liked.contains(&post.id),
        is_shared: marks.shared.contains(&post.id),
        id: post.id.to_string(),
        account_id: post.author.to_string(),
        content: Some(content(post.content)),
        create_time: Some(Timestamp { seconds: post.created_at.timestamp(), nanos: 0 }),
        likes_count: post.counts.likes,
        comments_count: post.counts.comments,
        shares_count: post.counts.shares,
        sharer_id: String::new(),
    }
}

/// A post as it stands in a feed, where somebody may have shared it.
pub(super) fn post_in_feed(shown: Post, marks: &Marks, sharer: Option<Uuid>) -> proto::Post {
    let sharer_id = sharer.map(|sharer| sharer.to_string()).unwrap_or_default();
    proto::Post { sharer_id, ..post(shown, marks) }
}

fn content(content: Content) -> PostContent {
    PostContent {
        text: content.text,
        reply_to_id: content.reply_to.map(|post| post.to_string()).unwrap_or_default(),
        multimedia: content.multimedia.into_iter().map(multimedia).collect(),
        tags: content.tags,
        visibility: visibility(content.visibility).into(),
    }
}

fn multimedia(multimedia: Multimedia) -> proto::Multimedia {
    let kind = match multimedia.kind {
        MediaKind::Image => MultimediaType::Image,
        MediaKind::Video => MultimediaType::Video,
        MediaKind::Audio => MultimediaType::Audio,
        MediaKind::Link => MultimediaType::Link,
    };
    proto::Multimedia { r#type: kind.into(), url: multimedia.url, description: multimedia.description }
}

fn visibility(visibility: Visibility) -> proto::Visibility {
    match visibility {
        Visibility::Public => proto::Visibility::Public,
        Visibility::Connections => proto::Visibility::Connections,
        Visibility::Private => proto::Visibility::Private,
    }
}
