//! SearchAccounts: accounts by name, interests and place, best first.

use std::collections::HashMap;

use connectus_platform::identity;
use connectus_proto::account::v1::{SearchAccountsRequest, SearchAccountsResponse};
use tonic::Request;
use uuid::Uuid;

use super::{Accounts, Answer};
use crate::{
    domain::{account::Account, search::Search},
    store,
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
    let ids: Vec<Uuid> = found.iter().map(|position| position.id).collect();
    // Who blocks the viewer, or leaves, in between is left out of the page.
    let accounts = store::accounts::find_all(&service.pool, &ids, viewer).await?;
    let mut accounts: HashMap<Uuid, Account> = accounts.into_iter().map(|account| (account.id, account)).collect();
    let accounts = ids.iter().filter_map(|id| accounts.remove(id)).map(Into::into);
    Ok(SearchAccountsResponse { accounts: accounts.collect(), next_page_token }.into())
}
