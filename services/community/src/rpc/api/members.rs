//! Members: who they are, what is noted of them, and that they are forgotten.

use std::future::ready;

use connectus_platform::fields::{self, FieldError};
use connectus_proto::community::v1::{
    AddMemberNoteRequest, AddMemberNoteResponse, AddMemberTagsRequest, AddMemberTagsResponse, AnonymizeMemberRequest,
    AnonymizeMemberResponse, FindMembersRequest, FindMembersResponse, PutMemberRequest, PutMemberResponse,
};
use tonic::Request;
use uuid::Uuid;

use super::admitted::{answer, claims};
use crate::{
    domain::{
        Error,
        handle::{self, Handle, Kind},
        item::{Item, ItemKind},
        profile,
        statements::{Said, Statements},
        structure, tag,
        user::User,
    },
    rpc::{Answer, Communities},
    store::{self, members::Record},
};

/// FindMembers: the members who have an e-mail address or a handle, in one round trip with the admission.
pub(super) async fn find_members(
    service: &Communities,
    request: Request<FindMembersRequest>,
) -> Answer<FindMembersResponse> {
    let (claims, message) = claims(service, request)?;
    let (admitted, found) = match Handle::asked_for(message.identity.as_ref()) {
        Ok(handle) => {
            let (admitted, members) =
                store::admission::admit_and_find(&service.pool, &claims, service.budget, &handle).await?;
            (admitted, if members.is_empty() { Err(Error::MemberNotFound) } else { Ok(members) })
        }
        Err(error) => (store::admission::admit(&service.pool, &claims, service.budget).await?, Err(Error::from(error))),
    };
    let response = found.map(|members| FindMembersResponse { members });
    answer(service, &claims, admitted, |_| ready(response)).await
}

/// AnonymizeMember: asks that the members with an e-mail address be forgotten.
pub(super) async fn anonymize_member(
    service: &Communities,
    community_id: Uuid,
    request: AnonymizeMemberRequest,
) -> Result<AnonymizeMemberResponse, Error> {
    let handle = Handle::of(Kind::Email, &handle::shown("email", Kind::Email, &request.email)?);
    store::anonymizations::request(&service.pool, community_id, &handle, service.anonymize_after).await?;
    Ok(AnonymizeMemberResponse {})
}

/// PutMember: makes a member, or adds to what is known of one.
pub(super) async fn put_member(
    service: &Communities,
    community_id: Uuid,
    request: PutMemberRequest,
) -> Result<PutMemberResponse, Error> {
    let source = structure::name("source", &request.source)?;
    let said = profile::said("profile", &request.profile.unwrap_or_default(), None).map_err(Error::InvalidFields)?;
    let handle =
        first_handle(&said).ok_or_else(|| FieldError::new("profile", "needs an e-mail address or a handle"))?;
    let segment = Some(request.segment_id).filter(|id| *id != 0);
    if let Some(segment_id) = segment {
        store::segments::check(&service.pool, community_id, segment_id).await?;
    }
    let source_id = store::structure::source_named(&service.pool, community_id, &source).await?;
    let id = format!("{}:{}", handle.kind.name(), handle.value);
    let user = User { id, source_id: None, said, tags: Vec::new(), taken_back: Vec::new() };
    at_once(service, community_id, &Item { source_id, said: ItemKind::User(user) }).await?;
    if let Some(segment_id) = segment {
        store::segments::add(&service.pool, community_id, segment_id, &[handle], None).await?;
    }
    Ok(PutMemberResponse {})
}

/// What somebody is known by, of what is said of them.
fn first_handle(said: &Said) -> Option<Handle> {
    let mut statements = Statements::default();
    statements.note(said, 0);
    Handle::all(&statements).into_iter().next()
}

/// Says something of a member who is there already, and works on it before it answers.
pub(super) async fn say_of(
    service: &Communities,
    community_id: Uuid,
    handle: &Handle,
    item: impl FnOnce(Record) -> Item + Send,
) -> Result<(), Error> {
    let position = store::queue::accept_of(&service.pool, community_id, handle, item).await?;
    store::ingestion::work_until(&service.pool, community_id, position).await
}

/// Takes an item in, and works on it before it answers.
async fn at_once(service: &Communities, community_id: Uuid, item: &Item) -> Result<(), Error> {
    let position = store::queue::accept(&service.pool, community_id, item).await?;
    store::ingestion::work_until(&service.pool, community_id, position).await
}

/// AddMemberNote: adds a note to a member.
pub(super) async fn add_member_note(
    service: &Communities,
    community_id: Uuid,
    request: AddMemberNoteRequest,
) -> Result<AddMemberNoteResponse, Error> {
    let handle = Handle::asked_for(request.identity.as_ref())?;
    let note = fields::text("note", &request.note, 1..=10_000)?;
    store::notes::add_to_member(&service.pool, community_id, &handle, &note).await?;
    Ok(AddMemberNoteResponse {})
}

/// AddMemberTags: puts tags on a member.
pub(super) async fn add_member_tags(
    service: &Communities,
    community_id: Uuid,
    request: AddMemberTagsRequest,
) -> Result<AddMemberTagsResponse, Error> {
    let handle = Handle::asked_for(request.identity.as_ref())?;
    let tags = tag::named("tags", &request.tags)?;
    if tags.is_empty() {
        return Err(FieldError::new("tags", "is required").into());
    }
    store::tags::check(&service.pool, community_id, &[("tags", &tags, "member")]).await?;
    store::notes::tag_member(&service.pool, community_id, &handle, &tags).await?;
    Ok(AddMemberTagsResponse {})
}
