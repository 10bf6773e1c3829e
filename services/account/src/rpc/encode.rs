//! Accounts as the contract writes them.

use chrono::{Datelike, NaiveDate};
use connectus_proto::{
    account::v1::{self as proto, account},
    common::v1::Date,
};
use prost_types::Timestamp;

use crate::domain::account::{Account, Gender, Owner, User};

impl From<Account> for proto::Account {
    fn from(account: Account) -> Self {
        Self {
            id: account.id.to_string(),
            email: account.email,
            avatar_url: account.avatar_url,
            header_url: account.header_url,
            create_time: Some(Timestamp { seconds: account.created_at.timestamp(), nanos: 0 }),
            posts_count: account.posts_count,
            liked_count: account.liked_count,
            shared_count: account.shared_count,
            owner: Some(account.owner.into()),
        }
    }
}

impl From<Owner> for account::Owner {
    fn from(owner: Owner) -> Self {
        match owner {
            Owner::User(user) => Self::User(user.into()),
            Owner::Organization { preferred_name, is_verified } => {
                Self::Organization(proto::Organization { preferred_name, is_verified, opportunity_ids: Vec::new() })
            }
        }
    }
}

impl From<User> for proto::User {
    fn from(user: User) -> Self {
        Self {
            first_name: user.first_name,
            middle_name: user.middle_name,
            last_name: user.last_name,
            birthday: user.birthday.map(to_date),
            gender: proto::Gender::from(user.gender).into(),
        }
    }
}

impl From<Gender> for proto::Gender {
    fn from(gender: Gender) -> Self {
        match gender {
            Gender::Unsaid => Self::Unspecified,
            Gender::Male => Self::Male,
            Gender::Female => Self::Female,
            Gender::Other => Self::Other,
        }
    }
}

/// A day as the contracts write it; months and days fit whatever holds them.
fn to_date(date: NaiveDate) -> Date {
    Date { year: date.year(), month: date.month().cast_signed(), day: date.day().cast_signed() }
}
