//! The account of somebody who registered.

use chrono::{DateTime, NaiveDate, Utc};
use connectus_platform::fields::{self, FieldError};
use connectus_proto::account::v1::{CreateAccountRequest, create_account_request};
use uuid::Uuid;

use super::time;

/// An account to be made.
pub(crate) struct Registration {
    /// Its id.
    pub(crate) id: Uuid,
    /// Its address.
    pub(crate) email: String,
    /// When it was registered.
    pub(crate) created_at: DateTime<Utc>,
    /// Whose it is.
    pub(crate) owner: RegisteredOwner,
}

/// Whose account it is, with what it starts with.
pub(crate) enum RegisteredOwner {
    /// A person's.
    User {
        /// First name.
        first_name: String,
        /// Birthday.
        birthday: NaiveDate,
    },
    /// An organization's.
    Organization {
        /// The name to show.
        preferred_name: String,
        /// Whether it is a non-profit.
        is_nonprofit: bool,
    },
}

impl Registration {
    /// Checks what auth sent.
    pub(crate) fn new(request: CreateAccountRequest) -> Result<Self, FieldError> {
        let owner = request.owner.ok_or_else(|| FieldError::new("owner", "is required"))?;
        Ok(Self {
            id: fields::id("account_id", &request.account_id)?,
            email: fields::email("email", &request.email)?,
            created_at: time("create_time", request.create_time)?,
            owner: owner_from(owner)?,
        })
    }
}

fn owner_from(owner: create_account_request::Owner) -> Result<RegisteredOwner, FieldError> {
    Ok(match owner {
        create_account_request::Owner::User(user) => RegisteredOwner::User {
            first_name: fields::text("user.first_name", &user.first_name, 1..=100)?,
            birthday: fields::date("user.birthday", user.birthday)?,
        },
        create_account_request::Owner::Organization(organization) => RegisteredOwner::Organization {
            preferred_name: fields::text("organization.preferred_name", &organization.preferred_name, 1..=200)?,
            is_nonprofit: organization.is_nonprofit,
        },
    })
}
