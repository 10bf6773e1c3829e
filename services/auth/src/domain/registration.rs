//! What somebody registers with.

use chrono::NaiveDate;
use connectus_platform::{
    fields::{self, FieldError},
    token::TokenAccountType,
};
use connectus_proto::{
    auth::v1::{OrganizationRegistration, RegisterRequest, UserRegistration, register_request},
    common::v1::Date,
};
use serde::{Deserialize, Serialize};

use super::{Error, password::Password};

/// A registration whose fields are all good.
pub(crate) struct Registration {
    /// The address.
    pub(crate) email: String,
    /// The password.
    pub(crate) password: Password,
    /// Whose account it is.
    pub(crate) owner: Owner,
}

/// Whose account it is, with what it starts with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Owner {
    /// A person.
    User {
        /// First name.
        first_name: String,
        /// Birthday.
        birthday: NaiveDate,
    },
    /// An organization.
    Organization {
        /// The name to show.
        preferred_name: String,
        /// Whether it is a non-profit.
        is_nonprofit: bool,
    },
}

impl Owner {
    /// The type of account that this is.
    pub(crate) fn account_type(&self) -> TokenAccountType {
        match self {
            Self::User { .. } => TokenAccountType::User,
            Self::Organization { .. } => TokenAccountType::Organization,
        }
    }
}

impl Registration {
    /// Checks every field, and names all that are invalid.
    pub(crate) fn new(request: RegisterRequest, today: NaiveDate) -> Result<Self, Error> {
        let owner = request.owner.ok_or(Error::AccountTypeInvalid)?;
        let email = fields::email("email", &request.email);
        let password = Password::choose("password", &request.password);
        let owner = owner_from(owner, today);
        match (email, password, owner) {
            (Ok(email), Ok(password), Ok(owner)) => Ok(Self { email, password, owner }),
            (email, password, owner) => {
                let errors = [email.err(), password.err()].into_iter().flatten();
                Err(Error::InvalidFields(errors.chain(owner.err().into_iter().flatten()).collect()))
            }
        }
    }
}

fn owner_from(owner: register_request::Owner, today: NaiveDate) -> Result<Owner, Vec<FieldError>> {
    match owner {
        register_request::Owner::User(UserRegistration { first_name, birthday }) => {
            let first_name = fields::text("user.first_name", &first_name, 1..=100);
            let birthday = date("user.birthday", birthday, today);
            match (first_name, birthday) {
                (Ok(first_name), Ok(birthday)) => Ok(Owner::User { first_name, birthday }),
                (first_name, birthday) => Err([first_name.err(), birthday.err()].into_iter().flatten().collect()),
            }
        }
        register_request::Owner::Organization(OrganizationRegistration { preferred_name, is_nonprofit }) => {
            let preferred_name = fields::text("organization.preferred_name", &preferred_name, 1..=200);
            Ok(Owner::Organization { preferred_name: preferred_name.map_err(|error| vec![error])?, is_nonprofit })
        }
    }
}

/// A day that is not after `today`.
fn date(field: &str, date: Option<Date>, today: NaiveDate) -> Result<NaiveDate, FieldError> {
    let date = fields::date(field, date)?;
    if date > today {
        return Err(FieldError::new(field, "is in the future"));
    }
    Ok(date)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
    }

    #[test]
    fn every_invalid_field_is_named() {
        let user =
            UserRegistration { first_name: " ".to_owned(), birthday: Some(Date { year: 2025, month: 2, day: 29 }) };
        let owner = Some(register_request::Owner::User(user));
        let request = RegisterRequest { email: "ann".to_owned(), password: "short".to_owned(), owner };
        let Err(Error::InvalidFields(errors)) = Registration::new(request, today()) else { unreachable!() };
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["email", "password", "user.first_name", "user.birthday"]);
    }

    #[test]
    fn nobody_is_born_tomorrow() {
        assert!(date("d", Some(Date { year: 2026, month: 11, day: 24 }), today()).is_ok());
        assert!(date("d", Some(Date { year: 2026, month: 11, day: 25 }), today()).is_err());
    }

    proptest! {
        #[test]
        fn no_date_panics(year: i32, month: i32, day: i32) {
            let _ = date("d", Some(Date { year, month, day }), today());
        }
    }
}
