//! What may be said in a post.

use connectus_platform::fields::{self, FieldError};
use connectus_proto::social::v1::{
    Multimedia as ProtoMultimedia, MultimediaType, PostContent, Visibility as ProtoVisibility,
};
use uuid::Uuid;

use super::{
    Error,
    post::{Content, MediaKind, Multimedia, Visibility},
};

const MAX_TEXT: usize = 5000;
const MAX_MULTIMEDIA: usize = 10;
const MAX_URL: usize = 2000;
const MAX_DESCRIPTION: usize = 1000;
const MAX_TAGS: usize = 20;
const MAX_TAG: usize = 50;

/// Checks what is to be said, and names everything that is wrong with it. Whether there is a post to reply to is looked up
/// where posts are stored.
pub(crate) fn checked(content: Option<PostContent>) -> Result<Content, Error> {
    let content = content.unwrap_or_default();
    let mut errors = Vec::new();
    // Who has nothing to show has something to say.
    let least = usize::from(content.multimedia.is_empty());
    let checked = Content {
        text: noted(fields::text("content.text", &content.text, least..=MAX_TEXT), &mut errors),
        reply_to: noted(reply_to(&content.reply_to_id), &mut errors),
        multimedia: noted(multimedia(&content.multimedia), &mut errors),
        tags: noted(tags(&content.tags), &mut errors),
        visibility: noted(visibility(content.visibility), &mut errors),
    };
    if errors.is_empty() { Ok(checked) } else { Err(Error::InvalidFields(errors)) }
}

/// A field, or none and a note of what is wrong with it.
fn noted<T: Default>(field: Result<T, FieldError>, errors: &mut Vec<FieldError>) -> T {
    field.unwrap_or_else(|error| {
        errors.push(error);
        T::default()
    })
}

fn reply_to(id: &str) -> Result<Option<Uuid>, FieldError> {
    if id.is_empty() { Ok(None) } else { fields::id("content.reply_to_id", id).map(Some) }
}

fn multimedia(multimedia: &[ProtoMultimedia]) -> Result<Vec<Multimedia>, FieldError> {
    fields::list("content.multimedia", multimedia.len(), MAX_MULTIMEDIA)?;
    multimedia.iter().map(one_to_look_at).collect()
}

fn one_to_look_at(media: &ProtoMultimedia) -> Result<Multimedia, FieldError> {
    Ok(Multimedia {
        kind: media_kind(media.r#type)?,
        url: fields::https_url("content.multimedia.url", &media.url, 1..=MAX_URL)?,
        description: fields::text("content.multimedia.description", &media.description, 0..=MAX_DESCRIPTION)?,
    })
}

fn media_kind(kind: i32) -> Result<MediaKind, FieldError> {
    match MultimediaType::try_from(kind) {
        Ok(MultimediaType::Image) => Ok(MediaKind::Image),
        Ok(MultimediaType::Video) => Ok(MediaKind::Video),
        Ok(MultimediaType::Audio) => Ok(MediaKind::Audio),
        Ok(MultimediaType::Link) => Ok(MediaKind::Link),
        Ok(MultimediaType::Unspecified) | Err(_) => Err(FieldError::new("content.multimedia.type", "is required")),
    }
}

/// Tags, each once, in their order.
fn tags(tags: &[String]) -> Result<Vec<String>, FieldError> {
    const FIELD: &str = "content.tags";
    fields::list(FIELD, tags.len(), MAX_TAGS)?;
    let mut unique = Vec::new();
    for tag in tags {
        let tag = fields::text(FIELD, tag, 1..=MAX_TAG)?;
        if !unique.contains(&tag) {
            unique.push(tag);
        }
    }
    Ok(unique)
}

fn visibility(visibility: i32) -> Result<Visibility, FieldError> {
    match ProtoVisibility::try_from(visibility) {
        Ok(ProtoVisibility::Unspecified | ProtoVisibility::Public) => Ok(Visibility::Public),
        Ok(ProtoVisibility::Connections) => Ok(Visibility::Connections),
        Ok(ProtoVisibility::Private) => Ok(Visibility::Private),
        Err(_) => Err(FieldError::new("content.visibility", "is none that there is")),
    }
}
