//! What the tests of account share.

use connectus_proto::account::v1::{
    Account, BatchGetAccountsRequest, GetAccountRequest, GetProfileRequest, GetSettingsRequest, OrganizationProfile,
    Profile, Settings, UpdateProfileRequest, UpdateProfileResponse, UpdateSettingsRequest, UpdateSettingsResponse,
    UserProfile, UserSettings, profile, settings,
};
use connectus_testkit::{Person, Suite};
use prost_types::FieldMask;
use tonic::{Request, Response, Status};
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

/// Several accounts as a viewer sees them.
pub(crate) async fn accounts(suite: &Suite, viewer: Viewer<'_>, ids: &[&str]) -> Result<Vec<Account>, Status> {
    let account_ids = ids.iter().map(ToString::to_string).collect();
    let request = seen_by(viewer, BatchGetAccountsRequest { account_ids });
    Ok(suite.account().batch_get_accounts(request).await?.into_inner().accounts)
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
