//! An account that is taken over from the former system.

use chrono::NaiveDate;
use connectus_platform::{
    fields::{self, FieldError},
    ids,
};
use connectus_proto::account::v1::{
    self as proto, ImportAccountRequest, OrganizationProfile, OrganizationSettings, Profile, Settings, UserProfile,
    UserSettings,
};
use uuid::Uuid;

use super::{
    account::{Account, Gender, Organization, Owner, User},
    profile, time,
    update::{self, update},
};

/// An account to be taken over, with its profile and its settings but for whom it has blocked.
pub(crate) struct Import {
    /// The account.
    pub(crate) account: Account,
    /// Its profile.
    pub(crate) profile: Profile,
    /// Its settings.
    pub(crate) settings: Settings,
}

impl Import {
    /// Checks what the former system had.
    pub(crate) fn new(request: ImportAccountRequest, today: NaiveDate) -> Result<Self, FieldError> {
        let account = account(&request.account.unwrap_or_default(), today)?;
        let profile = profile(account.id, &account.owner, request.profile.unwrap_or_default())?;
        let settings = settings(&account.owner, request.settings.unwrap_or_default())?;
        Ok(Self { account, profile, settings })
    }
}

fn account(former: &proto::Account, today: NaiveDate) -> Result<Account, FieldError> {
    let id = ids::former(&former.id);
    let (owner, paths) = blank_owner(former)?;
    let mut account = Account {
        id: id.ok_or_else(|| FieldError::new("account.id", "is not an id of the former system"))?,
        email: fields::email("account.email", &former.email)?,
        avatar_url: String::new(),
        header_url: String::new(),
        created_at: time("account.create_time", former.create_time)?,
        posts_count: count("account.posts_count", former.posts_count)?,
        liked_count: count("account.liked_count", former.liked_count)?,
        shared_count: count("account.shared_count", former.shared_count)?,
        owner,
    };
    update(&mut account, former, &to_mask(paths), today)?;
    if let (Owner::Organization(Organization { is_verified, .. }), Some(proto::account::Owner::Organization(former))) =
        (&mut account.owner, &former.owner)
    {
        *is_verified = former.is_verified;
    }
    Ok(account)
}

/// An owner of the account's type who has nothing yet, and the paths of what there is to set.
fn blank_owner(former: &proto::Account) -> Result<(Owner, &'static [&'static str]), FieldError> {
    match former.owner {
        Some(proto::account::Owner::User(_)) => {
            let user = User {
                first_name: String::new(),
                middle_name: String::new(),
                last_name: String::new(),
                birthday: None,
                gender: Gender::Unsaid,
                is_full_name_visible: true,
            };
            Ok((Owner::User(user), &update::USER_PATHS))
        }
        Some(proto::account::Owner::Organization(_)) => {
            let organization =
                Organization { preferred_name: String::new(), is_verified: false, opportunity_ids: Vec::new() };
            Ok((Owner::Organization(organization), &update::ORGANIZATION_PATHS))
        }
        None => Err(FieldError::new("account.owner", "is required")),
    }
}

fn profile(id: Uuid, owner: &Owner, former: Profile) -> Result<Profile, FieldError> {
    let owner = match (owner, former.owner) {
        (Owner::User(_), None) => proto::profile::Owner::User(UserProfile::default()),
        (Owner::User(_), Some(proto::profile::Owner::User(former))) => {
            let mut user = UserProfile::default();
            profile::update_user(&mut user, &former, &to_mask(&profile::USER_PATHS))?;
            proto::profile::Owner::User(user)
        }
        (Owner::Organization(_), None) => proto::profile::Owner::Organization(OrganizationProfile::default()),
        (Owner::Organization(_), Some(proto::profile::Owner::Organization(former))) => {
            let mut organization = OrganizationProfile::default();
            let mask = to_mask(&profile::ORGANIZATION_PATHS);
            profile::update_organization(id, &mut organization, &former, &mask)?;
            proto::profile::Owner::Organization(organization)
        }
        _ => return Err(FieldError::new("profile", "is not of the account's type")),
    };
    Ok(Profile { owner: Some(owner) })
}

fn settings(owner: &Owner, former: Settings) -> Result<Settings, FieldError> {
    let owner = match (owner, former.owner) {
        (Owner::User(_), None) => proto::settings::Owner::User(UserSettings {
            allow_messages_from_unknown: true,
            email_notifications: false,
            is_full_name_visible: true,
            blocked_account_ids: Vec::new(),
            share_with_communities: true,
        }),
        (Owner::Organization(_), None) => proto::settings::Owner::Organization(OrganizationSettings {
            allow_messages_from_unknown: true,
            email_notifications: true,
            is_nonprofit: false,
        }),
        // The former system had no communities.
        (Owner::User(_), Some(proto::settings::Owner::User(former))) => {
            proto::settings::Owner::User(UserSettings { share_with_communities: true, ..former })
        }
        (Owner::Organization(_), Some(former @ proto::settings::Owner::Organization(_))) => former,
        _ => return Err(FieldError::new("settings", "is not of the account's type")),
    };
    Ok(Settings { owner: Some(owner) })
}

fn count(field: &str, count: i64) -> Result<i64, FieldError> {
    if count < 0 { Err(FieldError::new(field, "is less than nothing")) } else { Ok(count) }
}

fn to_mask(paths: &[&str]) -> Vec<String> {
    paths.iter().map(ToString::to_string).collect()
}
