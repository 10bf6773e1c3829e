//! What people did, and which types of that there are.

use std::collections::HashSet;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use connectus_platform::fields::{self, FieldError};
use connectus_proto::community::v1::{
    AddActivityRequest, AddActivityResponse, ListActivityTypesRequest, ListActivityTypesResponse,
    UpsertActivityRequest, UpsertActivityResponse,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{members::say_of, users::known_fields};
use crate::{
    domain::{
        Error,
        activity::{self, Activity},
        handle::Handle,
        item::{Item, ItemKind},
        statements, structure, tag,
        tag::TagRef,
        user::User,
    },
    rpc::Communities,
    store::{self, members::Record},
};

/// For how many people one activity is added.
const MOST_PEOPLE: usize = 100;

/// UpsertActivity: takes what a source says about an activity.
pub(super) async fn upsert_activity(
    service: &Communities,
    community_id: Uuid,
    request: UpsertActivityRequest,
) -> Result<UpsertActivityResponse, Error> {
    let said = request.activity.unwrap_or_default();
    let known = known_fields(service, community_id, &said.user.clone().unwrap_or_default()).await?;
    let activity = Activity::new("activity", &said, &known, Utc::now()).map_err(Error::InvalidFields)?;
    let tags: [(&str, &[TagRef], &str); 2] =
        [("activity.tags", &activity.tags, "activity"), ("activity.user.tags", &activity.user.tags, "member")];
    store::tags::check(&service.pool, community_id, &tags).await?;
    let item = Item { source_id: request.source_id, said: ItemKind::Activity(Box::new(activity)) };
    store::queue::accept(&service.pool, community_id, &item).await?;
    service.wake.wake();
    Ok(UpsertActivityResponse {})
}

/// AddActivity: adds an activity of members who are there already.
pub(super) async fn add_activity(
    service: &Communities,
    community_id: Uuid,
    request: AddActivityRequest,
) -> Result<AddActivityResponse, Error> {
    let now = Utc::now();
    let source = structure::name("source", &request.source)?;
    let activity_type = structure::activity_type("activity_type", &request.activity_type)?;
    let content = fields::text("body", &request.body, 1..=50_000)?;
    let occurred_at = activity::moment("occur_time", request.occur_time, now)?;
    let tags = tag::named("tags", &request.tags)?;
    fields::list("identities", request.identities.len(), MOST_PEOPLE)?;
    let handles: Result<Vec<Handle>, FieldError> =
        request.identities.iter().map(|identity| Handle::asked_for(Some(identity))).collect();
    let handles = handles?;
    if handles.is_empty() {
        return Err(FieldError::new("identities", "is required").into());
    }
    store::tags::check(&service.pool, community_id, &[("tags", &tags, "activity")]).await?;
    store::structure::require_activity_type(&service.pool, community_id, &activity_type).await?;
    let mut seen = HashSet::new();
    let mut of_members = Vec::new();
    for handle in handles {
        if seen.insert(store::members::find_record(&service.pool, community_id, &handle).await?.id) {
            of_members.push(handle);
        }
    }
    let source_id = store::structure::source_named(&service.pool, community_id, &source).await?;
    let said = Said { activity_type, content, occurred_at, tags };
    for handle in &of_members {
        say_of(service, community_id, handle, |record| said.item(source_id, record)).await?;
    }
    Ok(AddActivityResponse {})
}

/// What is said of an activity that is added.
struct Said {
    activity_type: String,
    content: String,
    occurred_at: Option<DateTime<Utc>>,
    tags: Vec<TagRef>,
}

impl Said {
    /// The item for one member. One that says when it was done has the same id each time, so that a repeat changes nothing.
    fn item(&self, source_id: i64, record: Record) -> Item {
        let id = self.occurred_at.map_or_else(
            || Uuid::now_v7().to_string(),
            |occurred_at| {
                let text = format!("{}\0{}\0{occurred_at}\0{}", record.id, self.activity_type, self.content);
                BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(text))
            },
        );
        let user = User {
            id: record.external_id,
            source_id: Some(record.source_id),
            said: statements::Said::new(),
            tags: Vec::new(),
            taken_back: Vec::new(),
        };
        let activity = Activity {
            id,
            activity_type: self.activity_type.clone(),
            user,
            title: String::new(),
            content: self.content.clone(),
            is_markdown: false,
            occurred_at: self.occurred_at,
            url: String::new(),
            tags: self.tags.clone(),
            parent: None,
            sub_source: String::new(),
            work: None,
        };
        Item { source_id, said: ItemKind::Activity(Box::new(activity)) }
    }
}

/// ListActivityTypes: the community's activity types.
pub(super) async fn list_activity_types(
    service: &Communities,
    community_id: Uuid,
    _: ListActivityTypesRequest,
) -> Result<ListActivityTypesResponse, Error> {
    let activity_types = store::structure::activity_types(&service.pool, community_id).await?;
    Ok(ListActivityTypesResponse { activity_types })
}
