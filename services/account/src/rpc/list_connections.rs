//! ListConnections: whom an account is connected with, as the caller may see them.

use connectus_platform::page::Page;
use connectus_proto::account::v1::{ListConnectionsRequest, ListConnectionsResponse};
use tonic::Request;

use super::{Accounts, Answer, subject};
use crate::store;

pub(super) async fn list_connections(
    service: &Accounts,
    request: Request<ListConnectionsRequest>,
) -> Answer<ListConnectionsResponse> {
    let (id, viewer) = subject(&request, &request.get_ref().account_id)?;
    let ListConnectionsRequest { page_size, page_token, .. } = request.into_inner();
    let page = Page::new(page_size, &page_token)?;
    let mut listed = store::connection_lists::connections(&service.pool, id, viewer, page).await?;
    let next_page_token = page.cut(&mut listed, |(connection, _)| *connection);
    let accounts = listed.into_iter().map(|(_, account)| account.into()).collect();
    Ok(ListConnectionsResponse { accounts, next_page_token }.into())
}
