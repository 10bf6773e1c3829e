//! What people did, and which types of that there are.

use axum::{
    extract::State,
    response::Response,
    routing::{get, post},
};
use chrono::DateTime;
use connectus_platform::{peer::on_behalf, status};
use connectus_proto::{
    common::v1::ErrorReason,
    community::v1::{
        ActivityContent, AddActivityRequest, ContentFormat, ListActivityTypesRequest, ParentActivity, SourceActivity,
        UpsertActivityRequest,
    },
};
use http::{Method, StatusCode};
use prost_types::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    answer::{self, Outcome, Refusal, done, good, report},
    identities::identities,
    json::{Json, comma_separated},
    operation::{Answer, Operation},
    tags::TagAssignment,
    users::{ApiUser, source_id},
};
use crate::{rest::Params, route::schema_of, upstream::Gateway};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        method: Method::POST,
        path: "/source/{destinationSourceId}/activity",
        id: "addUpdateActivityToSource",
        summary: "Adds what a source knows of an activity, or changes it.",
        details: "An activity is known by its id and its type. The one that it belongs to may come later. When it is answered it is \
            kept, and worked on soon, after what the source said before.",
        tag: "Activities",
        is_deprecated: false,
        path_parameter: Some("integer"),
        query: &[],
        body: Some(schema_of::<ApiActivity>),
        answer: Answer::Accepted,
        failures: &[400, 404, 413],
        rpc: "UpsertActivity",
        handler: || post(upsert),
    },
    Operation {
        method: Method::GET,
        path: "/activityTypes",
        id: "getActivityTypes",
        summary: "Lists the community's activity types.",
        details: "",
        tag: "Activities",
        is_deprecated: false,
        path_parameter: None,
        query: &[],
        body: None,
        answer: Answer::List(schema_of::<ActivityType>),
        failures: &[],
        rpc: "ListActivityTypes",
        handler: || get(types),
    },
    Operation {
        method: Method::POST,
        path: "/activities",
        id: "createUserInputActivity",
        summary: "Adds an activity to members who are there already.",
        details: "Sources say the same with `/source/{destinationSourceId}/activity`.",
        tag: "Activities",
        is_deprecated: true,
        path_parameter: None,
        query: &[],
        body: Some(schema_of::<NewActivity>),
        answer: Answer::Done,
        failures: &[400, 413],
        rpc: "AddActivity",
        handler: || post(add),
    },
];

/// What somebody did, as a source knows it.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ApiActivity {
    /// The source's own id of it.
    #[schema(min_length = 1, max_length = 500)]
    id: String,
    /// One of the community's types.
    #[schema(min_length = 1, max_length = 100)]
    activity_type: String,
    user: ApiUser,
    activity_title: Option<Title>,
    content: Option<Content>,
    /// When it was done; now, where it is not given.
    #[schema(value_type = Option<String>, format = DateTime)]
    timestamp: Option<String>,
    /// An http or https URL.
    #[schema(max_length = 2000)]
    url: Option<String>,
    #[serde(default)]
    #[schema(max_items = 50)]
    tags: Vec<TagAssignment>,
    parent_activity: Option<Parent>,
    sub_source: Option<SubSource>,
}

/// A title, which is text.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Title {
    Text {
        #[schema(max_length = 500)]
        value: String,
    },
}

/// A content, as text or in Markdown.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Content {
    Text {
        #[schema(max_length = 50000)]
        value: String,
    },
    Markdown {
        #[schema(max_length = 50000)]
        value: String,
    },
}

/// The activity that another one belongs to.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Parent {
    #[schema(min_length = 1, max_length = 500)]
    id: String,
    #[schema(min_length = 1, max_length = 100)]
    activity_type: String,
}

/// The part of a source that something is from.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
enum SubSource {
    Name {
        #[schema(max_length = 200, example = "slack-channel-1")]
        name: String,
    },
}

impl From<Content> for ActivityContent {
    fn from(content: Content) -> Self {
        let (format, value) = match content {
            Content::Text { value } => (ContentFormat::Text, value),
            Content::Markdown { value } => (ContentFormat::Markdown, value),
        };
        Self { format: format.into(), value }
    }
}

impl ApiActivity {
    fn into_message(self) -> Result<SourceActivity, Refusal> {
        let parent = self.parent_activity;
        Ok(SourceActivity {
            id: self.id,
            activity_type: self.activity_type,
            user: Some(self.user.into_message()),
            title: self.activity_title.map(|Title::Text { value }| value).unwrap_or_default(),
            content: self.content.map(ActivityContent::from),
            occur_time: self.timestamp.as_deref().map(|text| moment("timestamp", text)).transpose()?,
            url: self.url.unwrap_or_default(),
            tags: self.tags.into_iter().map(TagAssignment::into_message).collect(),
            parent: parent.map(|Parent { id, activity_type }| ParentActivity { id, activity_type }),
            sub_source: self.sub_source.map(|SubSource::Name { name }| name).unwrap_or_default(),
        })
    }
}

/// Reads a moment (RFC 3339).
fn moment(field: &str, text: &str) -> Result<Timestamp, Refusal> {
    let moment = DateTime::parse_from_rfc3339(text.trim());
    let moment = moment.map_err(|_| Refusal::field(field, "is not a moment as in RFC 3339"))?;
    Ok(Timestamp { seconds: moment.timestamp(), nanos: moment.timestamp_subsec_nanos().min(999_999_999).cast_signed() })
}

/// A type of activity.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ActivityType {
    id: String,
    display_name: String,
}

/// An activity of members who are there already.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewActivity {
    /// The name of the source that says it.
    #[schema(min_length = 1, max_length = 100)]
    source: String,
    /// By what the members are known: `email`, `twitter`, `github`, `linkedin` or `discord`.
    #[schema(example = "email")]
    social_type: String,
    /// One, or several with commas between them.
    #[schema(example = "email@domail.com")]
    value: String,
    /// One of the community's types.
    activity_type: String,
    #[schema(min_length = 1, max_length = 50000)]
    activity_body: String,
    /// When it was done; now, where it is not given.
    #[schema(value_type = Option<String>, format = DateTime)]
    occurred_at: Option<String>,
    /// Names with commas between them.
    #[serde(default)]
    #[schema(example = "Tag1, Tag2")]
    tags: String,
}

async fn upsert(
    State(gateway): State<Gateway>,
    Params(source): Params<String>,
    Json(activity): Json<ApiActivity>,
) -> Response {
    answer::answer(gateway.clone(), accept(gateway, &source, activity).await).await
}

async fn accept(gateway: Gateway, source: &str, activity: ApiActivity) -> Outcome {
    let request = UpsertActivityRequest { source_id: source_id(source)?, activity: Some(activity.into_message()?) };
    let response = gateway.community().upsert_activity(on_behalf(request)).await?;
    Ok(report(StatusCode::ACCEPTED, response.metadata(), "ok"))
}

async fn types(State(gateway): State<Gateway>) -> Response {
    answer::answer(gateway.clone(), list_types(gateway).await).await
}

async fn list_types(gateway: Gateway) -> Outcome {
    let response = gateway.community().list_activity_types(on_behalf(ListActivityTypesRequest {})).await?;
    let (metadata, types, _) = response.into_parts();
    let types = types.activity_types.into_iter();
    let types: Vec<ActivityType> =
        types.map(|kind| ActivityType { id: kind.id, display_name: kind.display_name }).collect();
    Ok(good(StatusCode::OK, &metadata, types))
}

async fn add(State(gateway): State<Gateway>, Json(new): Json<NewActivity>) -> Response {
    answer::answer(gateway.clone(), add_activity(gateway, new).await).await
}

async fn add_activity(gateway: Gateway, new: NewActivity) -> Outcome {
    let request = AddActivityRequest {
        source: new.source,
        identities: identities(&new.social_type, &new.value)?,
        activity_type: new.activity_type,
        body: new.activity_body,
        occur_time: new.occurred_at.as_deref().map(|text| moment("occurredAt", text)).transpose()?,
        tags: comma_separated(&new.tags).map(str::to_owned).collect(),
    };
    match gateway.community().add_activity(on_behalf(request)).await {
        Ok(response) => Ok(done(response.metadata())),
        // The structure of the API has no 404 here.
        Err(failed) if status::reason(&failed) == Some(ErrorReason::MemberNotFound) => {
            Err(Refusal::field("value", "is no member"))
        }
        Err(failed) => Err(failed.into()),
    }
}
