//! AddNote: an operator leaves a note about an account.

use chrono::Utc;
use connectus_platform::fields;
use connectus_proto::account::v1::{AddNoteRequest, AddNoteResponse};
use tonic::Request;
use uuid::Uuid;

use super::{Accounts, Answer};
use crate::{
    domain::note::{self, Note},
    store,
};

pub(super) async fn add_note(service: &Accounts, request: Request<AddNoteRequest>) -> Answer<AddNoteResponse> {
    let AddNoteRequest { account_id, text, operator } = request.into_inner();
    let note = Note {
        id: Uuid::now_v7(),
        text: note::text(&text)?,
        operator: note::operator(&operator)?,
        account_id: fields::id("account_id", &account_id)?,
        created_at: Utc::now(),
    };
    store::notes::insert(&service.pool, &note).await?;
    Ok(AddNoteResponse {}.into())
}
