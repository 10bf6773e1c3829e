//! Changes of an account.

use chrono::NaiveDate;
use connectus_platform::fields::{self, FieldError};
use connectus_proto::{account::v1 as proto, common::v1::Date};

use super::{
    account::{Account, Gender, Owner},
    each_path, unknown_path,
};

/// What of a person's account can be changed.
pub(crate) const USER_PATHS: [&str; 7] = [
    "avatar_url",
    "header_url",
    "user.first_name",
    "user.middle_name",
    "user.last_name",
    "user.birthday",
    "user.gender",
];
/// What of an organization's account can be changed.
pub(crate) const ORGANIZATION_PATHS: [&str; 3] = ["avatar_url", "header_url", "organization.preferred_name"];

/// The longest URL of a picture, in characters.
const MAX_URL: usize = 2000;

/// Sets the fields of an account that the mask names. Nobody is born after `today`.
pub(crate) fn update(
    account: &mut Account,
    new: &proto::Account,
    mask: &[String],
    today: NaiveDate,
) -> Result<(), FieldError> {
    let (user, organization) = owners(new);
    each_path(mask, |path| {
        let field = format!("account.{path}");
        let text = |value: &str, least, most| fields::text(&field, value, least..=most);
        let picture = |value: &str| fields::https_url(&field, value, 0..=MAX_URL);
        match (path, &mut account.owner) {
            ("avatar_url", _) => account.avatar_url = picture(&new.avatar_url)?,
            ("header_url", _) => account.header_url = picture(&new.header_url)?,
            ("user.first_name", Owner::User(owner)) => owner.first_name = text(&user.first_name, 1, 100)?,
            ("user.middle_name", Owner::User(owner)) => owner.middle_name = text(&user.middle_name, 0, 100)?,
            ("user.last_name", Owner::User(owner)) => owner.last_name = text(&user.last_name, 0, 100)?,
            ("user.birthday", Owner::User(owner)) => owner.birthday = Some(birthday(&field, user.birthday, today)?),
            ("user.gender", Owner::User(owner)) => owner.gender = gender(&field, user.gender)?,
            ("organization.preferred_name", Owner::Organization(owner)) => {
                let name = text(&organization.preferred_name, 1, 200)?;
                // Who it is was checked under the name that it had.
                owner.is_verified &= name == owner.preferred_name;
                owner.preferred_name = name;
            }
            (path, _) if USER_PATHS.contains(&path) || ORGANIZATION_PATHS.contains(&path) => {
                return Err(FieldError::new(field, "is not of the account's type"));
            }
            (path, _) => return Err(unknown_path(path)),
        }
        Ok(())
    })
}

/// The new values for either type of account; what is not given is empty.
fn owners(new: &proto::Account) -> (proto::User, proto::Organization) {
    match new.owner.clone() {
        Some(proto::account::Owner::User(user)) => (user, proto::Organization::default()),
        Some(proto::account::Owner::Organization(organization)) => (proto::User::default(), organization),
        None => Default::default(),
    }
}

fn birthday(field: &str, date: Option<Date>, today: NaiveDate) -> Result<NaiveDate, FieldError> {
    let date = fields::date(field, date)?;
    if date > today {
        return Err(FieldError::new(field, "is in the future"));
    }
    Ok(date)
}

fn gender(field: &str, gender: i32) -> Result<Gender, FieldError> {
    match proto::Gender::try_from(gender) {
        Ok(proto::Gender::Unspecified) => Ok(Gender::Unsaid),
        Ok(proto::Gender::Male) => Ok(Gender::Male),
        Ok(proto::Gender::Female) => Ok(Gender::Female),
        Ok(proto::Gender::Other) => Ok(Gender::Other),
        Err(_) => Err(FieldError::new(field, "is not a gender")),
    }
}
