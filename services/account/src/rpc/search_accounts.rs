//! SearchAccounts: accounts by name, interests and place, best first.

use connectus_platform::identity;
use connectus_proto::account::v1::{SearchAccountsRequest, SearchAccountsResponse};
use tonic::Request;

use super::{Accounts, Answer};
use crate::{
    domain::search::Search,
    store::{self, looks::Look},
};

pub(super) async fn search_accounts(
    service: &Accounts,
    request: Request<SearchAccountsRequest>,
) -> Answer<SearchAccountsResponse> {
    let viewer = identity::viewer(&request).map(|viewer| viewer.account_id);
    let request = request.get_ref();
    let search = Search::new(request)?;
    let page = search.page(request.page_size, &request.page_token)?;
    let mut found = store::search::find(&service.pool, &search, &page, viewer).await?;
    let next_page_token = page.cut(&mut found, Clone::clone);
    let looks: Vec<Look> = found.iter().map(|position| Look { account: position.id, viewer }).collect();
    // Who blocks the viewer, or leaves, in between is left out of the page.
    let accounts = service.looks.get_all(&looks).await?.into_iter().map(Into::into);
    Ok(SearchAccountsResponse { accounts: accounts.collect(), next_page_token }.into())
}
