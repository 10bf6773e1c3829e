//! Accounts, and notes about them, as the contract writes them.

use chrono::{Datelike, NaiveDate};
use connectus_platform::time::to_timestamp;
use connectus_proto::{
    account::v1::{self as proto, ConnectionRequestDirection, account},
    common::v1::Date,
};
use uuid::Uuid;

use crate::domain::{
    account::{Account, Gender, Organization, Owner, User},
    connection::{ConnectionRequest, Direction},
    note::Note,
};

impl From<Account> for proto::Account {
    fn from(account: Account) -> Self {
        Self {
            id: account.id.to_string(),
            email: account.email,
            avatar_url: account.avatar_url,
            header_url: account.header_url,
            create_time: Some(to_timestamp(account.created_at)),
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
            Owner::Organization(organization) => Self::Organization(organization.into()),
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

impl From<Organization> for proto::Organization {
    fn from(organization: Organization) -> Self {
        Self {
            preferred_name: organization.preferred_name,
            is_verified: organization.is_verified,
            opportunity_ids: organization.opportunity_ids.iter().map(Uuid::to_string).collect(),
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

impl From<ConnectionRequest> for proto::ConnectionRequest {
    fn from(request: ConnectionRequest) -> Self {
        Self {
            account: Some(request.other.into()),
            message: request.message,
            create_time: Some(to_timestamp(request.created_at)),
            direction: ConnectionRequestDirection::from(request.direction).into(),
        }
    }
}

impl From<Direction> for ConnectionRequestDirection {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Incoming => Self::Incoming,
            Direction::Outgoing => Self::Outgoing,
        }
    }
}

impl From<Note> for proto::Note {
    fn from(note: Note) -> Self {
        Self {
            id: note.id.to_string(),
            text: note.text,
            operator: note.operator,
            create_time: Some(to_timestamp(note.created_at)),
        }
    }
}

/// A day as the contracts write it; months and days fit whatever holds them.
fn to_date(date: NaiveDate) -> Date {
    Date { year: date.year(), month: date.month().cast_signed(), day: date.day().cast_signed() }
}
