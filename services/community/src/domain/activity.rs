//! What somebody did, as a source tells it.

use chrono::{DateTime, TimeDelta, Utc};
use connectus_platform::fields::{self, FieldError};
use connectus_proto::community::v1::{ActivityContent, ContentFormat, CustomField, ParentActivity, SourceActivity};
use prost_types::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    structure, tag,
    tag::TagRef,
    url,
    user::{User, kept, source_id},
};

/// The longest content, in characters.
const LONGEST: usize = 50_000;
/// How far ahead of ours the clock of a source may be.
pub(super) const AHEAD: TimeDelta = TimeDelta::days(1);

/// What somebody did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Activity {
    /// The source's own id of it.
    pub(crate) id: String,
    /// Its type.
    pub(crate) activity_type: String,
    /// Who did it.
    pub(crate) user: User,
    /// Its title, or empty.
    pub(crate) title: String,
    /// What it says, as it was given, or empty.
    pub(crate) content: String,
    /// Whether the content is Markdown.
    pub(crate) is_markdown: bool,
    /// When it was done; absent where the source does not say, which means when it was first told.
    pub(crate) occurred_at: Option<DateTime<Utc>>,
    /// A URL of it, or empty.
    pub(crate) url: String,
    /// Tags that it gets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<TagRef>,
    /// The activity that it belongs to.
    pub(crate) parent: Option<Parent>,
    /// The part of the source that it is from, or empty.
    pub(crate) sub_source: String,
    /// What is confirmed of it. It never comes from a queue: only the suite itself says that.
    #[serde(skip)]
    pub(crate) work: Option<Work>,
}

/// What an organization has confirmed of an activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Work {
    /// How many hours it took.
    pub(crate) hours: i32,
    /// When it began, as the person says it.
    pub(crate) begin: String,
    /// When it ended, as the person says it.
    pub(crate) end: String,
}

/// Which activity of the same source another one belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Parent {
    /// Its id in the source.
    pub(crate) id: String,
    /// Its type.
    pub(crate) activity_type: String,
}

impl Activity {
    /// Reads what a source says, of a community that has these custom fields.
    pub(crate) fn new(
        path: &str,
        activity: &SourceActivity,
        known: &[CustomField],
        now: DateTime<Utc>,
    ) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let at = |name: &str| format!("{path}.{name}");
        let one = |error: FieldError| vec![error];
        let id = kept(source_id(&at("id"), &activity.id).map_err(one), &mut errors);
        let activity_type = structure::activity_type(&at("activity_type"), &activity.activity_type);
        let activity_type = kept(activity_type.map_err(one), &mut errors);
        let title = kept(fields::text(&at("title"), &activity.title, 0..=500).map_err(one), &mut errors);
        let content = activity.content.clone().unwrap_or_default();
        let is_markdown = content.format() == ContentFormat::Markdown;
        let content = kept(text(&at("content.value"), &content).map_err(one), &mut errors);
        let occurred_at = kept(moment(&at("occur_time"), activity.occur_time, now).map_err(one), &mut errors);
        let url = kept(url::web(&at("url"), &activity.url).map_err(one), &mut errors);
        let tags = kept(tag::assigned(&at("tags"), &activity.tags).map_err(one), &mut errors);
        let parent = kept(parent(&at("parent"), activity.parent.as_ref()).map_err(one), &mut errors);
        let sub_source = kept(fields::text(&at("sub_source"), &activity.sub_source, 0..=200).map_err(one), &mut errors);
        match User::new(&at("user"), &activity.user.clone().unwrap_or_default(), known) {
            Ok(user) if errors.is_empty() => Ok(Self {
                id,
                activity_type,
                user,
                title,
                content,
                is_markdown,
                occurred_at,
                url,
                tags,
                parent,
                sub_source,
                work: None,
            }),
            Ok(_) => Err(errors),
            Err(of_user) => {
                errors.extend(of_user);
                Err(errors)
            }
        }
    }
}

/// Reads a content. It is kept as it was given, white space and all.
fn text(field: &str, content: &ActivityContent) -> Result<String, FieldError> {
    fields::text(field, &content.value, 0..=LONGEST)?;
    Ok(content.value.clone())
}

/// Reads when something was done.
pub(crate) fn moment(
    field: &str,
    time: Option<Timestamp>,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, FieldError> {
    let Some(time) = time else { return Ok(None) };
    let moment = u32::try_from(time.nanos).ok().and_then(|nanos| DateTime::from_timestamp(time.seconds, nanos));
    let moment = moment.ok_or_else(|| FieldError::new(field, "is not a moment"))?;
    if moment < DateTime::UNIX_EPOCH || moment > now + AHEAD {
        return Err(FieldError::new(field, "must be from 1970 on, and not in the future"));
    }
    Ok(Some(moment))
}

fn parent(path: &str, parent: Option<&ParentActivity>) -> Result<Option<Parent>, FieldError> {
    let Some(parent) = parent else { return Ok(None) };
    let id = source_id(&format!("{path}.id"), &parent.id)?;
    let activity_type = structure::activity_type(&format!("{path}.activity_type"), &parent.activity_type)?;
    Ok(Some(Parent { id, activity_type }))
}
