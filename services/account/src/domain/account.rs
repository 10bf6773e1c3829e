//! An account, and what others may see of it.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    /// Its id.
    pub(crate) id: Uuid,
    /// Its e-mail address; empty when the viewer may not see it.
    pub(crate) email: String,
    /// URL of its picture, or empty.
    pub(crate) avatar_url: String,
    /// URL of its header picture, or empty.
    pub(crate) header_url: String,
    /// When it was registered.
    pub(crate) created_at: DateTime<Utc>,
    /// How many posts it has made.
    pub(crate) posts_count: i64,
    /// How many likes its posts have.
    pub(crate) liked_count: i64,
    /// How often its posts were shared.
    pub(crate) shared_count: i64,
    /// Whose it is.
    pub(crate) owner: Owner,
}

/// Whose account it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// A person's.
    User(User),
    /// An organization's.
    Organization(Organization),
}

/// What only an organization's account has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Organization {
    /// The name to show.
    pub(crate) preferred_name: String,
    /// Whether an operator has checked who it is.
    pub(crate) is_verified: bool,
    /// Its opportunities, newest first.
    pub(crate) opportunity_ids: Vec<Uuid>,
}

/// What only a person's account has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct User {
    /// First name.
    pub(crate) first_name: String,
    /// Middle name, or empty.
    pub(crate) middle_name: String,
    /// Last name, or empty.
    pub(crate) last_name: String,
    /// Birthday.
    pub(crate) birthday: Option<NaiveDate>,
    /// Gender.
    pub(crate) gender: Gender,
    /// Whether everybody sees the middle and the last name.
    pub(crate) is_full_name_visible: bool,
}

/// A person's gender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gender {
    /// Not said.
    Unsaid,
    /// Male.
    Male,
    /// Female.
    Female,
    /// Neither.
    Other,
}

impl Account {
    /// The account as `viewer` may see it, who is connected with it or not; nobody stands for everybody. That an account hides
    /// from those it has blocked is decided where it is read, so that it costs no second look.
    pub(crate) fn seen_by(mut self, viewer: Option<Uuid>, is_connected: bool) -> Self {
        if is_connected || viewer == Some(self.id) {
            return self;
        }
        if let Owner::User(user) = &mut self.owner {
            self.email.clear();
            if !user.is_full_name_visible {
                user.middle_name.clear();
                user.last_name.clear();
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn user(is_full_name_visible: bool) -> Account {
        let owner = Owner::User(User {
            first_name: "Ann".to_owned(),
            middle_name: "May".to_owned(),
            last_name: "Lee".to_owned(),
            birthday: None,
            gender: Gender::Unsaid,
            is_full_name_visible,
        });
        account(owner)
    }

    fn account(owner: Owner) -> Account {
        Account {
            id: Uuid::from_u128(1),
            email: "a@example.org".to_owned(),
            avatar_url: String::new(),
            header_url: String::new(),
            created_at: DateTime::UNIX_EPOCH,
            posts_count: 0,
            liked_count: 0,
            shared_count: 0,
            owner,
        }
    }

    #[test]
    fn an_organization_hides_nothing() {
        let organization = account(Owner::Organization(Organization {
            preferred_name: "Help".to_owned(),
            is_verified: false,
            opportunity_ids: vec![Uuid::from_u128(7)],
        }));
        assert_eq!(organization.clone().seen_by(None, false), organization);
    }

    proptest! {
        #[test]
        fn only_oneself_and_connections_see_what_is_private(
            visible: bool,
            viewer in prop::option::of(1..4_u128),
            is_connected: bool,
        ) {
            let viewer = viewer.map(Uuid::from_u128);
            let account = user(visible);
            let seen = account.clone().seen_by(viewer, is_connected);
            if is_connected || viewer == Some(account.id) {
                prop_assert_eq!(seen, account);
            } else {
                prop_assert_eq!(&seen.email, "");
                let Owner::User(seen) = seen.owner else { unreachable!() };
                prop_assert_eq!(&seen.first_name, "Ann");
                prop_assert_eq!(&seen.middle_name, if visible { "May" } else { "" });
                prop_assert_eq!(&seen.last_name, if visible { "Lee" } else { "" });
            }
        }
    }
}
