//! What the tests of account share.

use connectus_proto::account::v1::{
    Account, BatchGetAccountsRequest, EraseAccountRequest, ExportDataRequest, GetAccountRequest, GetProfileRequest,
    GetSettingsRequest, ImportAccountRequest, ImportBlocksRequest, Organization, OrganizationProfile, Profile,
    SearchAccountsRequest, SearchAccountsResponse, Settings, UpdateAccountRequest, UpdateProfileRequest,
    UpdateProfileResponse, UpdateSettingsRequest, UpdateSettingsResponse, User, UserProfile, UserSettings, account,
    account_admin_service_client::AccountAdminServiceClient, profile, settings,
};
use connectus_proto::common::v1::Date;
use connectus_testkit::{Person, Suite, eventually};
use futures::TryStreamExt;
use prost_types::{FieldMask, Timestamp};
use serde_json::Value;
use tonic::{Request, Response, Status, transport::Channel};
use uuid::Uuid;

/// Who asks: somebody, or nobody.
pub(crate) type Viewer<'a> = Option<&'a Person>;

/// A request that a viewer makes.
pub(crate) fn seen_by<M>(viewer: Viewer<'_>, message: M) -> Request<M> {
    match viewer {
        Some(person) => person.asks(message),
        None => Request::new(message),
    }
}

/// An account as a viewer sees it.
pub(crate) async fn account(suite: &Suite, viewer: Viewer<'_>, id: &str) -> Result<Account, Status> {
    let request = GetAccountRequest { account_id: id.to_owned() };
    Ok(suite.account().get_account(seen_by(viewer, request)).await?.into_inner().account.expect("the account"))
}

/// A client of what only operators may ask of account.
pub(crate) fn admin(suite: &Suite) -> AccountAdminServiceClient<Channel> {
    AccountAdminServiceClient::new(suite.channel())
}

/// The new values of a person's account.
pub(crate) fn user(user: User) -> Account {
    Account { owner: Some(account::Owner::User(user)), ..Account::default() }
}

/// A new name for an organization's account.
pub(crate) fn named(preferred_name: &str) -> Account {
    let organization = Organization { preferred_name: preferred_name.to_owned(), ..Organization::default() };
    Account { owner: Some(account::Owner::Organization(organization)), ..Account::default() }
}

/// What only a person's account has.
pub(crate) fn user_of(account: &Account) -> &User {
    match &account.owner {
        Some(account::Owner::User(user)) => user,
        owner => panic!("it is a person's: {owner:?}"),
    }
}

/// What only an organization's account has.
pub(crate) fn organization_of(account: &Account) -> &Organization {
    match &account.owner {
        Some(account::Owner::Organization(organization)) => organization,
        owner => panic!("it is an organization's: {owner:?}"),
    }
}

/// Changes the named fields of somebody's account.
pub(crate) async fn update_account(
    suite: &Suite,
    person: &Person,
    new: Account,
    paths: &[&str],
) -> Result<Account, Status> {
    let request = UpdateAccountRequest { account: Some(new), update_mask: Some(mask(paths)) };
    Ok(suite.account().update_account(person.asks(request)).await?.into_inner().account.expect("the account"))
}

/// Removes an account, as auth has it done.
pub(crate) async fn erase(suite: &Suite, id: &str) -> Result<(), Status> {
    let request = EraseAccountRequest { account_id: id.to_owned() };
    suite.account_internal().erase_account(suite.as_service(request)).await.map(drop)
}

/// Everything that account holds about somebody: the kind of each record, and the record.
pub(crate) async fn export(suite: &Suite, person: &Person) -> Vec<(String, Value)> {
    let responses = suite.account().export_data(person.asks(ExportDataRequest {})).await.unwrap().into_inner();
    let responses: Vec<_> = responses.try_collect().await.unwrap();
    let records = responses.into_iter().map(|response| response.record.expect("a record"));
    records.map(|record| (record.kind, serde_json::from_str(&record.json).unwrap())).collect()
}

/// A person's account of the former system, with an id of its own.
pub(crate) fn former_user(first_name: &str) -> ImportAccountRequest {
    let birthday = Some(Date { year: 1990, month: 4, day: 30 });
    let account = Account {
        id: former_id(),
        email: "old@example.org".to_owned(),
        create_time: Some(Timestamp { seconds: 1_500_000_000, nanos: 0 }),
        ..user(User { first_name: first_name.to_owned(), birthday, ..User::default() })
    };
    ImportAccountRequest { account: Some(account), ..ImportAccountRequest::default() }
}

/// An organization's account of the former system, with an id of its own.
pub(crate) fn former_organization(preferred_name: &str) -> ImportAccountRequest {
    let former = former_user("").account.expect("the account");
    let account = Account { owner: named(preferred_name).owner, ..former };
    ImportAccountRequest { account: Some(account), ..ImportAccountRequest::default() }
}

/// Takes over an account. Answers whether it was there already.
pub(crate) async fn import(suite: &Suite, request: ImportAccountRequest) -> Result<bool, Status> {
    Ok(admin(suite).import_account(suite.as_service(request)).await?.into_inner().existed)
}

/// An id of the former system that nothing else has.
pub(crate) fn former_id() -> String {
    Uuid::now_v7().simple().to_string()[8..].to_owned()
}

/// Waits until so many calls wait for a lock.
pub(crate) async fn until_waiting(suite: &Suite, many: i64) {
    let waiting = "SELECT count(*) FROM pg_stat_activity \
        WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0";
    eventually("calls wait for a lock", async || (suite.database.value::<i64>(waiting).await == many).then_some(()))
        .await;
}

/// Everything that is stored of everybody, to tell whether anything changed.
pub(crate) async fn stored(suite: &Suite) -> String {
    suite
        .database
        .value(
            "SELECT concat((SELECT string_agg(a::text, ';' ORDER BY id) FROM account.accounts a), '|', \
                (SELECT string_agg(p::text, ';' ORDER BY account_id) FROM account.profiles p), '|', \
                (SELECT string_agg(b::text, ';' ORDER BY blocker_id, blocked_id) FROM account.blocks b), '|', \
                (SELECT string_agg(c::text, ';' ORDER BY id) FROM account.connections c), '|', \
                (SELECT string_agg(r::text, ';' ORDER BY id) FROM account.connection_requests r), '|', \
                (SELECT string_agg(n::text, ';' ORDER BY id) FROM account.notes n))",
        )
        .await
}

/// In how many rows of the service's tables a text is found.
pub(crate) async fn traces(suite: &Suite, text: &str) -> i64 {
    let mut traces = 0;
    for (table, _) in connectus_testkit::schema::tables(&suite.database, "account").await {
        let count = format!("SELECT count(*) FROM account.{table} t WHERE t::text LIKE '%{text}%'");
        traces += suite.database.value::<i64>(&count).await;
    }
    traces
}

/// Several accounts as a viewer sees them.
pub(crate) async fn accounts(suite: &Suite, viewer: Viewer<'_>, ids: &[&str]) -> Result<Vec<Account>, Status> {
    let account_ids = ids.iter().map(ToString::to_string).collect();
    let request = seen_by(viewer, BatchGetAccountsRequest { account_ids });
    Ok(suite.account().batch_get_accounts(request).await?.into_inner().accounts)
}

/// What a viewer finds.
pub(crate) async fn search(
    suite: &Suite,
    viewer: Viewer<'_>,
    request: SearchAccountsRequest,
) -> Result<SearchAccountsResponse, Status> {
    Ok(suite.account().search_accounts(seen_by(viewer, request)).await?.into_inner())
}

/// A profile as a viewer sees it.
pub(crate) async fn profile(suite: &Suite, viewer: Viewer<'_>, id: &str) -> Result<profile::Owner, Status> {
    let request = GetProfileRequest { account_id: id.to_owned() };
    let profile = suite.account().get_profile(seen_by(viewer, request)).await?.into_inner().profile;
    Ok(profile.and_then(|profile| profile.owner).expect("a profile"))
}

/// A person's profile.
pub(crate) async fn user_profile(suite: &Suite, id: &str) -> UserProfile {
    match profile(suite, None, id).await.unwrap() {
        profile::Owner::User(profile) => profile,
        profile::Owner::Organization(_) => panic!("it is a person's"),
    }
}

/// An organization's profile.
pub(crate) async fn organization_profile(suite: &Suite, id: &str) -> OrganizationProfile {
    match profile(suite, None, id).await.unwrap() {
        profile::Owner::Organization(profile) => profile,
        profile::Owner::User(_) => panic!("it is an organization's"),
    }
}

/// Changes the named fields of somebody's profile.
pub(crate) async fn update_profile(
    suite: &Suite,
    person: &Person,
    new: profile::Owner,
    paths: &[&str],
) -> Result<Response<UpdateProfileResponse>, Status> {
    let request = UpdateProfileRequest { profile: Some(Profile { owner: Some(new) }), update_mask: Some(mask(paths)) };
    suite.account().update_profile(person.asks(request)).await
}

/// Changes the named fields of a person's profile.
pub(crate) async fn update_user(
    suite: &Suite,
    person: &Person,
    new: UserProfile,
    paths: &[&str],
) -> Result<Response<UpdateProfileResponse>, Status> {
    update_profile(suite, person, profile::Owner::User(new), paths).await
}

/// Changes the named fields of an organization's profile.
pub(crate) async fn update_organization(
    suite: &Suite,
    organization: &Person,
    new: OrganizationProfile,
    paths: &[&str],
) -> Result<Response<UpdateProfileResponse>, Status> {
    update_profile(suite, organization, profile::Owner::Organization(new), paths).await
}

/// Somebody's settings.
pub(crate) async fn settings(suite: &Suite, person: &Person) -> settings::Owner {
    let settings = suite.account().get_settings(person.asks(GetSettingsRequest {})).await.unwrap().into_inner();
    settings.settings.and_then(|settings| settings.owner).expect("settings")
}

/// A person's settings.
pub(crate) async fn user_settings(suite: &Suite, person: &Person) -> UserSettings {
    match settings(suite, person).await {
        settings::Owner::User(settings) => settings,
        settings::Owner::Organization(_) => panic!("they are a person's"),
    }
}

/// Changes the named settings of somebody.
pub(crate) async fn update_settings(
    suite: &Suite,
    person: &Person,
    new: settings::Owner,
    paths: &[&str],
) -> Result<Response<UpdateSettingsResponse>, Status> {
    let request =
        UpdateSettingsRequest { settings: Some(Settings { owner: Some(new) }), update_mask: Some(mask(paths)) };
    suite.account().update_settings(person.asks(request)).await
}

/// A person blocks these accounts, and no others.
pub(crate) async fn block(
    suite: &Suite,
    person: &Person,
    ids: &[&str],
) -> Result<Response<UpdateSettingsResponse>, Status> {
    let blocked_account_ids = ids.iter().map(ToString::to_string).collect();
    let new = settings::Owner::User(UserSettings { blocked_account_ids, ..UserSettings::default() });
    update_settings(suite, person, new, &["blocked_account_ids"]).await
}

/// An operator takes over whom somebody has blocked, beside those whom they have blocked by now.
pub(crate) async fn import_blocks(suite: &Suite, id: &str, blocked: &[&str]) -> Result<(), Status> {
    let blocked_account_ids = blocked.iter().map(ToString::to_string).collect();
    let request = ImportBlocksRequest { account_id: id.to_owned(), blocked_account_ids };
    admin(suite).import_blocks(suite.as_service(request)).await.map(drop)
}

pub(crate) fn mask(paths: &[&str]) -> FieldMask {
    FieldMask { paths: paths.iter().map(ToString::to_string).collect() }
}

/// An id that no account has.
pub(crate) fn unknown_id() -> String {
    Uuid::now_v7().to_string()
}

/// The ids of so many accounts more, of a type, which nobody registered.
pub(crate) async fn crowd(suite: &Suite, account_type: &str, size: usize) -> Vec<String> {
    let ids: Vec<String> = (0..size).map(|_| unknown_id()).collect();
    let rows: Vec<String> = ids
        .iter()
        .map(|id| match account_type {
            "user" => format!("('{id}', 'user', 'crowd', now(), false, 'Joe', '1990-04-30', '')"),
            _ => format!("('{id}', 'organization', 'crowd', now(), true, '', NULL, 'Help')"),
        })
        .collect();
    let columns = "id, account_type, email, created_at, email_notifications, first_name, birthday, preferred_name";
    let insert = format!("INSERT INTO account.accounts ({columns}) VALUES {}", rows.join(", "));
    suite.database.execute(&insert).await;
    ids
}

/// Ids as they are passed on.
pub(crate) fn borrowed(ids: &[String]) -> Vec<&str> {
    ids.iter().map(String::as_str).collect()
}
