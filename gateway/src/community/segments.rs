//! Segments.

use axum::{
    extract::State,
    response::Response,
    routing::{get, post},
};
use connectus_platform::peer::on_behalf;
use connectus_proto::community::v1::{
    AddSegmentNoteRequest, AddToSegmentRequest, ListSegmentStatusesRequest, ListSegmentsRequest, Segment, SegmentStatus,
};
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    answer::{self, Outcome, Refusal, done, good},
    identities::identities,
    json::Json,
    operation::{Answer, Operation},
};
use crate::{rest::Params, route::schema_of, upstream::Gateway};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        method: Method::GET,
        path: "/segments",
        id: "getSegments",
        summary: "Lists the community's segments.",
        details: "",
        tag: "Segments",
        is_deprecated: false,
        path_parameter: None,
        query: &[],
        body: None,
        answer: Answer::List(schema_of::<Named>),
        failures: &[],
        rpc: "ListSegments",
        handler: || get(list),
    },
    Operation {
        method: Method::GET,
        path: "/segments/{id}/status",
        id: "getSegmentStatuses",
        summary: "Lists the statuses of a segment.",
        details: "",
        tag: "Segments",
        is_deprecated: false,
        path_parameter: Some("integer"),
        query: &[],
        body: None,
        answer: Answer::List(schema_of::<Named>),
        failures: &[400, 404],
        rpc: "ListSegmentStatuses",
        handler: || get(statuses),
    },
    Operation {
        method: Method::POST,
        path: "/segments/{id}",
        id: "addContactsToSegment",
        summary: "Puts members into a segment, or changes where they stand in it: all of them, or none.",
        details: "",
        tag: "Segments",
        is_deprecated: false,
        path_parameter: Some("integer"),
        query: &[],
        body: Some(schema_of::<NewContacts>),
        answer: Answer::Done,
        failures: &[400, 404, 413],
        rpc: "AddToSegment",
        handler: || post(add),
    },
    Operation {
        method: Method::POST,
        path: "/segments/note",
        id: "addNoteToSegment",
        summary: "Adds a note to a segment.",
        details: "",
        tag: "Segments",
        is_deprecated: false,
        path_parameter: None,
        query: &[],
        body: Some(schema_of::<NewSegmentNote>),
        answer: Answer::Done,
        failures: &[400, 404, 413],
        rpc: "AddSegmentNote",
        handler: || post(note),
    },
];

/// A segment, or a status in one.
#[derive(Serialize, ToSchema)]
pub(super) struct Named {
    id: i64,
    name: String,
}

impl From<Segment> for Named {
    fn from(Segment { id, name }: Segment) -> Self {
        Self { id, name }
    }
}

impl From<SegmentStatus> for Named {
    fn from(SegmentStatus { id, name }: SegmentStatus) -> Self {
        Self { id, name }
    }
}

/// Who is put into a segment.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewContacts {
    /// By what the members are known: `email`, `twitter`, `github`, `linkedin` or `discord`.
    #[schema(example = "email")]
    social_type: String,
    /// One, or several with commas between them.
    #[schema(example = "email@domail.com, email2@domain.org")]
    value: String,
    /// Where they stand in it.
    status_id: Option<i64>,
}

/// A note about a segment.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewSegmentNote {
    segment_id: i64,
    #[schema(min_length = 1, max_length = 10000)]
    note: String,
}

/// The id of a segment from a path.
fn segment_id(id: &str) -> Result<i64, Refusal> {
    id.parse().map_err(|_| Refusal::field("id", "is not a whole number"))
}

async fn list(State(gateway): State<Gateway>) -> Response {
    answer::answer(gateway.clone(), find(gateway).await).await
}

async fn find(gateway: Gateway) -> Outcome {
    let response = gateway.community().list_segments(on_behalf(ListSegmentsRequest {})).await?;
    let (metadata, found, _) = response.into_parts();
    let segments: Vec<Named> = found.segments.into_iter().map(Named::from).collect();
    Ok(good(StatusCode::OK, &metadata, segments))
}

async fn statuses(State(gateway): State<Gateway>, Params(id): Params<String>) -> Response {
    answer::answer(gateway.clone(), find_statuses(gateway, &id).await).await
}

async fn find_statuses(gateway: Gateway, id: &str) -> Outcome {
    let request = ListSegmentStatusesRequest { segment_id: segment_id(id)? };
    let response = gateway.community().list_segment_statuses(on_behalf(request)).await?;
    let (metadata, found, _) = response.into_parts();
    let statuses: Vec<Named> = found.statuses.into_iter().map(Named::from).collect();
    Ok(good(StatusCode::OK, &metadata, statuses))
}

async fn add(State(gateway): State<Gateway>, Params(id): Params<String>, Json(new): Json<NewContacts>) -> Response {
    answer::answer(gateway.clone(), put(gateway, &id, new).await).await
}

async fn put(gateway: Gateway, id: &str, new: NewContacts) -> Outcome {
    let request = AddToSegmentRequest {
        segment_id: segment_id(id)?,
        identities: identities(&new.social_type, &new.value)?,
        status_id: new.status_id.unwrap_or_default(),
    };
    Ok(done(gateway.community().add_to_segment(on_behalf(request)).await?.metadata()))
}

async fn note(State(gateway): State<Gateway>, Json(new): Json<NewSegmentNote>) -> Response {
    let request = AddSegmentNoteRequest { segment_id: new.segment_id, note: new.note };
    let outcome = gateway.community().add_segment_note(on_behalf(request)).await;
    answer::answer(gateway, outcome.map(|response| done(response.metadata())).map_err(Refusal::from)).await
}
