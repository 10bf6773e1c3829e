//! The search for accounts.

use axum::{extract::State, response::Response, routing::get};
use connectus_platform::peer::on_behalf;
use connectus_proto::{account::v1::SearchAccountsRequest, common::v1::AccountType};
use http::Method;

use super::{
    accounts::Account,
    page::{self, Page},
    query::Query,
};
use crate::{
    failure::Failure,
    route::{Answer, Auth, BAD_QUERY, INTERNAL, Origin, Route, parameter, schema_of},
    upstream::Gateway,
};

pub(super) const ROUTES: &[Route] = &[Route {
    method: Method::GET,
    path: "/v1/search",
    summary: "Finds accounts by name, by interests, and organizations by place, best matches first, as the caller may see them.",
    details: "At least one of `q`, `interests` and `near` must be given; what is given must all match. Names that a person \
        hides do not find them. Without `q`, the nearest come first, or those that share most of the interests.",
    origin: Origin::Documented,
    auth: Auth::None,
    query: &[
        parameter(
            "q",
            "string",
            "Up to 8 words of a name, in up to 100 characters: whole, or the beginning of one, in any order and case, with or \
            without accents. With at least one word of three letters, names with a typo in a word are found too.",
        ),
        parameter("type", "string", "`user` or `organization`; without it, both."),
        parameter(
            "interests",
            "string",
            "Up to 10 interests, each of 1 to 100 characters, separated by commas, of which an account has at least one.",
        ),
        parameter(
            "near",
            "string",
            "Where an organization's address is: longitude and latitude in degrees, as in `-79.38,43.65`.",
        ),
        parameter(
            "radius_km",
            "number",
            "How far from `near` at most, in kilometres: more than 0 and up to 500; without it, 25.",
        ),
    ],
    rpcs: &["connectus.account.v1.AccountService/SearchAccounts"],
    body: None,
    answer: Answer::List(schema_of::<Account>),
    errors: &[INTERNAL, BAD_QUERY],
    handler: || get(search),
}];

async fn search(State(gateway): State<Gateway>, query: Query, page: Page) -> Result<Response, Failure> {
    let request = SearchAccountsRequest {
        query: query.text("q")?,
        account_type: account_type(query.one("type")?)?.into(),
        interests: query.list("interests")?,
        area: query.area()?,
        page_size: page.size,
        page_token: page.token,
    };
    let response = gateway.account().search_accounts(on_behalf(request)).await?.into_inner();
    let accounts = response.accounts.into_iter().map(|account| Account::new(account, &gateway.links));
    Ok(page::answer(&accounts.collect::<Vec<_>>(), &response.next_page_token))
}

fn account_type(name: Option<&str>) -> Result<AccountType, Failure> {
    match name {
        None => Ok(AccountType::Unspecified),
        Some("user") => Ok(AccountType::User),
        Some("organization") => Ok(AccountType::Organization),
        Some(_) => Err(Failure::invalid("type")),
    }
}
