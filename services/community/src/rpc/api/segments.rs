//! Segments.

use connectus_platform::fields::{self, FieldError};
use connectus_proto::community::v1::{
    AddSegmentNoteRequest, AddSegmentNoteResponse, AddToSegmentRequest, AddToSegmentResponse,
    ListSegmentStatusesRequest, ListSegmentStatusesResponse, ListSegmentsRequest, ListSegmentsResponse,
};
use uuid::Uuid;

use crate::{
    domain::{Error, handle::Handle},
    rpc::Communities,
    store,
};

/// How many members are put into a segment at once.
const MOST_ADDED: usize = 100;

/// ListSegments: the community's segments.
pub(super) async fn list_segments(
    service: &Communities,
    community_id: Uuid,
    _: ListSegmentsRequest,
) -> Result<ListSegmentsResponse, Error> {
    Ok(ListSegmentsResponse { segments: store::segments::list(&service.pool, community_id).await? })
}

/// ListSegmentStatuses: the statuses of a segment.
pub(super) async fn list_segment_statuses(
    service: &Communities,
    community_id: Uuid,
    request: ListSegmentStatusesRequest,
) -> Result<ListSegmentStatusesResponse, Error> {
    let statuses = store::segments::statuses(&service.pool, community_id, request.segment_id).await?;
    Ok(ListSegmentStatusesResponse { statuses })
}

/// AddToSegment: puts members into a segment.
pub(super) async fn add_to_segment(
    service: &Communities,
    community_id: Uuid,
    request: AddToSegmentRequest,
) -> Result<AddToSegmentResponse, Error> {
    fields::list("identities", request.identities.len(), MOST_ADDED)?;
    let handles: Result<Vec<Handle>, FieldError> =
        request.identities.iter().map(|identity| Handle::asked_for(Some(identity))).collect();
    let handles = handles?;
    if handles.is_empty() {
        return Err(FieldError::new("identities", "is required").into());
    }
    let status_id = Some(request.status_id).filter(|id| *id != 0);
    store::segments::add(&service.pool, community_id, request.segment_id, &handles, status_id).await?;
    Ok(AddToSegmentResponse {})
}

/// AddSegmentNote: adds a note to a segment.
pub(super) async fn add_segment_note(
    service: &Communities,
    community_id: Uuid,
    request: AddSegmentNoteRequest,
) -> Result<AddSegmentNoteResponse, Error> {
    let note = fields::text("note", &request.note, 1..=10_000)?;
    store::notes::add_to_segment(&service.pool, community_id, request.segment_id, &note).await?;
    Ok(AddSegmentNoteResponse {})
}
