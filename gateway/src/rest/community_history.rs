//! What a community's members did, who of them turned out to be one, and who is forgotten.

use axum::{
    extract::State,
    response::Response,
    routing::{get, post},
};
use connectus_platform::peer::on_behalf;
use connectus_proto::{
    common::v1::ErrorReason,
    community::v1::{
        self as proto, ContentFormat, ListActivitiesRequest, ListAnonymizationsRequest, ListMergesRequest,
        UndoMergeRequest,
    },
};
use http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Params,
    communities::NOT_FOUND,
    done,
    opportunities::ORGANIZATIONS_ONLY,
    page::{self, Page},
    query::Query,
    types::unix_seconds,
};
use crate::{
    failure::Failure,
    route::{Answer, Auth, BAD_QUERY, Cause, INTERNAL, Origin, Route, error, parameter, schema_of},
    upstream::Gateway,
};

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/v1/communities/{id}/activities",
        summary: "What a community's members did, as it was learnt of, newest first.",
        details: "",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[
            parameter("member", "string", "Only those of the member of this id."),
            parameter("type", "string", "Only those of the type of this id."),
        ],
        rpcs: &["connectus.community.v1.ManagementService/ListActivities"],
        body: None,
        answer: Answer::List(schema_of::<Activity>),
        errors: &[NOT_FOUND, INTERNAL, ORGANIZATIONS_ONLY, BAD_QUERY],
        handler: || get(list_activities),
    },
    Route {
        method: Method::GET,
        path: "/v1/communities/{id}/merges",
        summary: "Which of a community's members were found to be one, newest first.",
        details: "",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.community.v1.ManagementService/ListMerges"],
        body: None,
        answer: Answer::List(schema_of::<Merge>),
        errors: &[NOT_FOUND, INTERNAL, ORGANIZATIONS_ONLY, BAD_QUERY],
        handler: || get(list_merges),
    },
    Route {
        method: Method::POST,
        path: "/v1/communities/{id}/merges/{merge}/undo",
        summary: "Makes two members again of those that were found to be one. A repeat changes nothing.",
        details: "Each has what it had, and what its sources have said since. The two are not merged again.",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.community.v1.ManagementService/UndoMerge"],
        body: None,
        answer: Answer::Done,
        errors: &[
            NOT_FOUND,
            INTERNAL,
            ORGANIZATIONS_ONLY,
            error(4003, 404, "Merge not found.", &[Cause::Reason(ErrorReason::MergeNotFound)]),
            BAD_QUERY,
        ],
        handler: || post(undo_merge),
    },
    Route {
        method: Method::GET,
        path: "/v1/communities/{id}/anonymizations",
        summary: "Whom a community is to forget, and when it did, newest first.",
        details: "",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.community.v1.ManagementService/ListAnonymizations"],
        body: None,
        answer: Answer::List(schema_of::<Anonymization>),
        errors: &[NOT_FOUND, INTERNAL, ORGANIZATIONS_ONLY, BAD_QUERY],
        handler: || get(list_anonymizations),
    },
];

/// What a member did.
#[derive(Serialize, ToSchema)]
#[schema(as = CommunityActivity)]
struct Activity {
    id: String,
    /// The id of the source that told of it.
    source: i64,
    /// The source's own id of it.
    source_activity: String,
    /// The id of its type.
    r#type: String,
    /// The id of the member who did it.
    member: String,
    /// Empty if it has none.
    title: String,
    /// What it says; null if it says nothing.
    content: Option<Content>,
    /// The same as HTML that harms nobody.
    content_html: String,
    /// When it was done, in Unix seconds.
    occurred_at: i64,
    /// Empty if it has none.
    url: String,
    /// In alphabetical order.
    tags: Vec<String>,
    /// The activity that it belongs to; null if to none.
    parent: Option<Parent>,
    /// The part of the source that it is from; empty if that is not known.
    sub_source: String,
    /// What its organization has confirmed of it; `null` where it does not come from ConnectUS.
    confirmed_work: Option<ConfirmedWork>,
}

/// What an organization has confirmed of an activity.
#[derive(Serialize, ToSchema)]
struct ConfirmedWork {
    hours: i32,
    /// As the person says it.
    begin: String,
    /// As the person says it.
    end: String,
}

/// What an activity says, as it was given.
#[derive(Serialize, ToSchema)]
#[schema(as = ActivityContent)]
struct Content {
    /// `text` or `markdown`.
    format: &'static str,
    value: String,
}

/// Which activity of the same source another one belongs to.
#[derive(Serialize, ToSchema)]
#[schema(as = ParentActivity)]
struct Parent {
    /// Its id in the source.
    source_activity: String,
    /// The id of its type.
    r#type: String,
}

impl From<proto::Activity> for Activity {
    fn from(activity: proto::Activity) -> Self {
        Self {
            id: activity.id,
            source: activity.source_id,
            source_activity: activity.source_activity_id,
            r#type: activity.activity_type,
            member: activity.member_id,
            title: activity.title,
            content: activity.content.map(Content::from),
            content_html: activity.content_html,
            occurred_at: unix_seconds(activity.occur_time),
            url: activity.url,
            tags: activity.tags,
            parent: activity.parent.map(Parent::from),
            sub_source: activity.sub_source,
            confirmed_work: activity.confirmed_work.map(|work| ConfirmedWork {
                hours: work.hours,
                begin: work.begin,
                end: work.end,
            }),
        }
    }
}

impl From<proto::ActivityContent> for Content {
    fn from(content: proto::ActivityContent) -> Self {
        let format = match content.format() {
            ContentFormat::Unspecified | ContentFormat::Text => "text",
            ContentFormat::Markdown => "markdown",
        };
        Self { format, value: content.value }
    }
}

impl From<proto::ParentActivity> for Parent {
    fn from(parent: proto::ParentActivity) -> Self {
        Self { source_activity: parent.id, r#type: parent.activity_type }
    }
}

/// That two members were found to be one.
#[derive(Serialize, ToSchema)]
struct Merge {
    id: String,
    /// The id of the member that stayed.
    member: String,
    /// The id of the member that became part of it.
    merged_member: String,
    /// What they had in common: `email`, `twitter`, `github`, `linkedin` or `discord`.
    matched_by: String,
    /// When it was found, in Unix seconds.
    created_at: i64,
    /// When it was undone, in Unix seconds; 0 if it was not.
    undone_at: i64,
}

impl From<proto::Merge> for Merge {
    fn from(merge: proto::Merge) -> Self {
        Self {
            id: merge.id,
            member: merge.member_id,
            merged_member: merge.merged_member_id,
            matched_by: merge.matched_by,
            created_at: unix_seconds(merge.create_time),
            undone_at: unix_seconds(merge.undo_time),
        }
    }
}

/// That a member is to be forgotten, or was.
#[derive(Serialize, ToSchema)]
struct Anonymization {
    id: String,
    /// The member's id; empty once it is done, since nobody is to know then who it was.
    member: String,
    /// When it was asked for, in Unix seconds.
    created_at: i64,
    /// When it is due, in Unix seconds.
    due_at: i64,
    /// When it was done, in Unix seconds; 0 while it is not.
    finished_at: i64,
    /// How many activities lost their words with it; 0 until it is done.
    activities_count: i64,
}

impl From<proto::Anonymization> for Anonymization {
    fn from(anonymization: proto::Anonymization) -> Self {
        Self {
            id: anonymization.id,
            member: anonymization.member_id,
            created_at: unix_seconds(anonymization.create_time),
            due_at: unix_seconds(anonymization.due_time),
            finished_at: unix_seconds(anonymization.finish_time),
            activities_count: anonymization.activities_count,
        }
    }
}

async fn list_activities(
    State(gateway): State<Gateway>,
    Params(community_id): Params<String>,
    query: Query,
    page: Page,
) -> Result<Response, Failure> {
    let request = ListActivitiesRequest {
        community_id,
        page_size: page.size,
        page_token: page.token,
        member_id: query.text("member")?,
        activity_type: query.text("type")?,
    };
    let response = gateway.communities().list_activities(on_behalf(request)).await?.into_inner();
    let activities: Vec<Activity> = response.activities.into_iter().map(Activity::from).collect();
    Ok(page::answer(&activities, &response.next_page_token))
}

async fn list_merges(
    State(gateway): State<Gateway>,
    Params(community_id): Params<String>,
    page: Page,
) -> Result<Response, Failure> {
    let request = ListMergesRequest { community_id, page_size: page.size, page_token: page.token };
    let response = gateway.communities().list_merges(on_behalf(request)).await?.into_inner();
    let merges: Vec<Merge> = response.merges.into_iter().map(Merge::from).collect();
    Ok(page::answer(&merges, &response.next_page_token))
}

async fn undo_merge(
    State(gateway): State<Gateway>,
    Params((community_id, merge_id)): Params<(String, String)>,
) -> Result<Response, Failure> {
    gateway.communities().undo_merge(on_behalf(UndoMergeRequest { community_id, merge_id })).await?;
    Ok(done())
}

async fn list_anonymizations(
    State(gateway): State<Gateway>,
    Params(community_id): Params<String>,
    page: Page,
) -> Result<Response, Failure> {
    let request = ListAnonymizationsRequest { community_id, page_size: page.size, page_token: page.token };
    let response = gateway.communities().list_anonymizations(on_behalf(request)).await?.into_inner();
    let list: Vec<Anonymization> = response.anonymizations.into_iter().map(Anonymization::from).collect();
    Ok(page::answer(&list, &response.next_page_token))
}
