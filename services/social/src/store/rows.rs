//! A post as a row of its table.

use chrono::{DateTime, Utc};
use connectus_platform::store::StoreError;
use diesel::{Insertable, Queryable, Selectable};
use uuid::Uuid;

use super::schema::posts;
use crate::domain::post::{Content, Counts, Post, Visibility};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = posts)]
pub(super) struct Row {
    id: Uuid,
    account_id: Uuid,
    text: String,
    reply_to_id: Option<Uuid>,
    visibility: String,
    tags: Vec<String>,
    multimedia: serde_json::Value,
    created_at: DateTime<Utc>,
    likes_count: i64,
    comments_count: i64,
    shares_count: i64,
}

/// How the database spells a visibility.
pub(super) fn visibility_name(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "public",
        Visibility::Connections => "connections",
        Visibility::Private => "private",
    }
}

/// How it spells those of the posts that count among what an account has said.
pub(super) fn counted() -> Vec<&'static str> {
    Visibility::ALL.into_iter().filter(|visibility| visibility.counts()).map(visibility_name).collect()
}

impl TryFrom<&Post> for Row {
    type Error = StoreError;

    fn try_from(post: &Post) -> Result<Self, StoreError> {
        let Content { text, reply_to, multimedia, tags, visibility } = post.content.clone();
        Ok(Self {
            id: post.id,
            account_id: post.author,
            text,
            reply_to_id: reply_to,
            visibility: visibility_name(visibility).to_owned(),
            tags,
            multimedia: serde_json::to_value(multimedia).map_err(|error| StoreError::Internal(error.to_string()))?,
            created_at: post.created_at,
            likes_count: post.counts.likes,
            comments_count: post.counts.comments,
            shares_count: post.counts.shares,
        })
    }
}

impl TryFrom<Row> for Post {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let invalid = |what: &str| StoreError::Internal(format!("a post has no valid {what}"));
        let visibility = Visibility::ALL.into_iter().find(|visibility| visibility_name(*visibility) == row.visibility);
        let content = Content {
            text: row.text,
            reply_to: row.reply_to_id,
            multimedia: serde_json::from_value(row.multimedia).map_err(|_| invalid("multimedia"))?,
            tags: row.tags,
            // The table's check rules it out that there is none.
            visibility: visibility.ok_or_else(|| invalid("visibility"))?,
        };
        let counts = Counts { likes: row.likes_count, comments: row.comments_count, shares: row.shares_count };
        Ok(Self { id: row.id, author: row.account_id, content, created_at: row.created_at, counts })
    }
}
