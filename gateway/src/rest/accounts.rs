//! Accounts.

use axum::{Json, extract::State, routing::get};
use connectus_platform::{
    context,
    identity::ME,
    ids,
    peer::{Channel, on_behalf},
    service::Links,
    together::Together,
};
use connectus_proto::{
    account::v1::{
        self as proto, BatchGetAccountsRequest, Gender, GetAccountRequest, account::Owner,
        account_service_client::AccountServiceClient,
    },
    common::v1::ErrorReason,
};
use http::Method;
use serde::Serialize;
use tonic::Status;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Params, not_me, pictures,
    types::{unix_seconds, write_date},
};
use crate::{
    failure::Failure,
    route::{ACCOUNT_NOT_FOUND, Answer, Auth, INTERNAL, Origin, Route, schema_of},
    upstream::Gateway,
};

const GET_ACCOUNT: &str = "connectus.account.v1.AccountService/GetAccount";
const BATCH_GET_ACCOUNTS: &str = "connectus.account.v1.AccountService/BatchGetAccounts";

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/v1/account",
        summary: "The caller's account.",
        details: "",
        origin: Origin::Documented,
        auth: Auth::Token,
        query: &[],
        rpcs: &[GET_ACCOUNT],
        body: None,
        answer: Answer::Json(schema_of::<Account>),
        errors: &[ACCOUNT_NOT_FOUND, INTERNAL],
        handler: || get(get_own_account),
    },
    Route {
        method: Method::GET,
        path: "/v1/accounts/{id}",
        summary: "An account, as the caller may see it.",
        details: "A person's address is for that person and their connections only, and so is the rest of the name \
            unless the settings show it.",
        origin: Origin::Documented,
        auth: Auth::None,
        query: &[],
        rpcs: &[GET_ACCOUNT, BATCH_GET_ACCOUNTS],
        body: None,
        answer: Answer::Json(schema_of::<Account>),
        errors: &[ACCOUNT_NOT_FOUND, INTERNAL],
        handler: || get(get_account),
    },
];

/// An account.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Account {
    /// A person's.
    User(User),
    /// An organization's.
    Organization(Organization),
}

/// What every account has.
#[derive(Serialize, ToSchema)]
pub(super) struct AccountFields {
    /// The account's id.
    id: String,
    /// E-mail address; empty when the caller may not see it.
    email: String,
    /// URL of the picture; one that is made of the id where the account has chosen none.
    avatar: String,
    /// URL of the header picture; likewise.
    header: String,
    /// When it was registered, in Unix seconds.
    created_at: String,
    /// `User` or `Organization`.
    r#type: &'static str,
    /// How many posts it has made.
    posts_count: String,
    /// How many likes its posts have.
    liked_count: String,
    /// How often its posts were shared.
    shared_count: String,
}

/// A person's account.
#[derive(Serialize, ToSchema)]
pub(super) struct User {
    #[serde(flatten)]
    account: AccountFields,
    /// First name.
    first_name: String,
    /// Middle name, or empty.
    middle_name: String,
    /// Last name, or empty.
    last_name: String,
    /// Birthday, `MM/DD/YYYY`.
    birthday: String,
    /// `Male`, `Female`, `Other`, or empty.
    gender: &'static str,
}

/// An organization's account.
#[derive(Serialize, ToSchema)]
pub(super) struct Organization {
    #[serde(flatten)]
    account: AccountFields,
    /// The name to show.
    preferred_name: String,
    /// Whether an operator has checked who it is.
    is_verified: bool,
    /// The ids of its opportunities.
    opportunities: Vec<String>,
}

impl Account {
    pub(super) fn new(mut account: proto::Account, links: &Links) -> Self {
        match account.owner.take() {
            Some(Owner::Organization(organization)) => Self::Organization(Organization {
                account: AccountFields::new(account, "Organization", links),
                preferred_name: organization.preferred_name,
                is_verified: organization.is_verified,
                opportunities: organization.opportunity_ids,
            }),
            Some(Owner::User(user)) => Self::user(account, user, links),
            None => Self::user(account, proto::User::default(), links),
        }
    }

    fn user(account: proto::Account, user: proto::User, links: &Links) -> Self {
        Self::User(User {
            account: AccountFields::new(account, "User", links),
            gender: gender(user.gender()),
            first_name: user.first_name,
            middle_name: user.middle_name,
            last_name: user.last_name,
            birthday: write_date(user.birthday),
        })
    }
}

impl AccountFields {
    fn new(account: proto::Account, r#type: &'static str, links: &Links) -> Self {
        let chosen = |url: String| Some(url).filter(|url| !url.is_empty());
        Self {
            avatar: chosen(account.avatar_url).unwrap_or_else(|| pictures::avatar_url(links, &account.id)),
            header: chosen(account.header_url).unwrap_or_else(|| pictures::header_url(links, &account.id)),
            id: account.id,
            email: account.email,
            created_at: unix_seconds(account.create_time).to_string(),
            r#type,
            posts_count: account.posts_count.to_string(),
            liked_count: account.liked_count.to_string(),
            shared_count: account.shared_count.to_string(),
        }
    }
}

fn gender(gender: Gender) -> &'static str {
    match gender {
        Gender::Unspecified => "",
        Gender::Male => "Male",
        Gender::Female => "Female",
        Gender::Other => "Other",
    }
}

async fn get_own_account(State(gateway): State<Gateway>) -> Result<Json<Account>, Failure> {
    answer(gateway, ME.to_owned()).await
}

async fn get_account(State(gateway): State<Gateway>, Params(id): Params<String>) -> Result<Json<Account>, Failure> {
    let of_nobody = ids::parse(&id).filter(|_| context::is_of_nobody());
    let Some(id) = of_nobody else { return answer(gateway, not_me(id)).await };
    // What nobody in particular asks for is the same for all, who ask together.
    let account = context::in_time(gateway.public_accounts.get(id)).await?;
    let account = account.ok_or(Failure::Reason(ErrorReason::AccountNotFound))?;
    Ok(Json(Account::new(account, &gateway.links)))
}

async fn answer(gateway: Gateway, account_id: String) -> Result<Json<Account>, Failure> {
    let account = fetch(gateway.clone(), account_id).await?;
    Ok(Json(Account::new(account, &gateway.links)))
}

/// Accounts as anybody may see them, by their ids.
pub(crate) type PublicAccounts = Together<Uuid, proto::Account, Status>;

/// Asks for accounts together.
pub(crate) fn public_accounts(client: AccountServiceClient<Channel>) -> PublicAccounts {
    Together::new(move |ids: Vec<Uuid>| {
        let mut client = client.clone();
        async move {
            let account_ids = ids.iter().map(Uuid::to_string).collect();
            let found = client.batch_get_accounts(BatchGetAccountsRequest { account_ids }).await?.into_inner();
            let found = found.accounts.into_iter().filter_map(|account| Some((ids::parse(&account.id)?, account)));
            Ok(found.collect())
        }
    })
}

/// An account as the account service has it.
pub(super) async fn fetch(gateway: Gateway, account_id: String) -> Result<proto::Account, Failure> {
    let response = gateway.account().get_account(on_behalf(GetAccountRequest { account_id })).await?.into_inner();
    Ok(response.account.unwrap_or_default())
}
