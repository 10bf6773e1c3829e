//! ListNotes: what operators have noted about an account, newest first.

use connectus_platform::{fields, page::Page};
use connectus_proto::account::v1::{ListNotesRequest, ListNotesResponse};
use tonic::Request;

use super::{Accounts, Answer};
use crate::store;

pub(super) async fn list_notes(service: &Accounts, request: Request<ListNotesRequest>) -> Answer<ListNotesResponse> {
    let ListNotesRequest { account_id, page_size, page_token } = request.into_inner();
    let page = Page::new(page_size, &page_token)?;
    let id = fields::id("account_id", &account_id)?;
    let mut notes = store::notes::list(&service.pool, id, page).await?;
    let next_page_token = page.cut(&mut notes, |note| note.id);
    Ok(ListNotesResponse { notes: notes.into_iter().map(Into::into).collect(), next_page_token }.into())
}
