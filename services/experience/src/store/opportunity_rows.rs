//! Opportunities, shifts and interests as rows of their tables.

use chrono::{DateTime, Utc};
use connectus_platform::store::StoreError;
use connectus_proto::{
    common::v1::{Address, GeoPoint},
    experience::v1::OpportunityDetails,
};
use diesel::{AsChangeset, Identifiable, Insertable, Queryable, Selectable};
use uuid::Uuid;

use super::schema::{interests, opportunities, shifts};
use crate::domain::{
    interest::{Interest, Standing},
    opportunity::Opportunity,
    shift::{Shift, Times},
};

pub(super) const INTERESTED: &str = "interested";
pub(super) const SIGNED_UP: &str = "signed_up";
pub(super) const WAITING: &str = "waiting";

/// An opportunity, without what only finds it.
#[derive(AsChangeset, Identifiable, Insertable, Queryable, Selectable)]
#[diesel(table_name = opportunities, treat_none_as_null = true)]
pub(super) struct Row {
    id: Uuid,
    organization_id: Uuid,
    name: String,
    description: String,
    street: String,
    city: String,
    province: String,
    country: String,
    postal_code: String,
    apt_number: String,
    longitude: Option<f64>,
    latitude: Option<f64>,
    is_signups_enabled: bool,
    number_of_people_needed: i32,
    tags: Vec<String>,
    method_of_contact: String,
    created_at: DateTime<Utc>,
}

impl From<&Opportunity> for Row {
    fn from(opportunity: &Opportunity) -> Self {
        let details = opportunity.details.clone();
        let address = details.address.unwrap_or_default();
        Self {
            id: opportunity.id,
            organization_id: opportunity.organization_id,
            name: details.name,
            description: details.description,
            street: address.street,
            city: address.city,
            province: address.province,
            country: address.country,
            postal_code: address.postal_code,
            apt_number: address.apt_number,
            longitude: address.point.map(|point| point.longitude),
            latitude: address.point.map(|point| point.latitude),
            is_signups_enabled: details.is_signups_enabled,
            number_of_people_needed: details.number_of_people_needed,
            tags: details.tags,
            method_of_contact: details.method_of_contact,
            created_at: opportunity.created_at,
        }
    }
}

impl From<Row> for Opportunity {
    fn from(row: Row) -> Self {
        let point = row.longitude.zip(row.latitude).map(|(longitude, latitude)| GeoPoint { longitude, latitude });
        let address = Address {
            street: row.street,
            city: row.city,
            province: row.province,
            country: row.country,
            postal_code: row.postal_code,
            apt_number: row.apt_number,
            point,
        };
        let details = OpportunityDetails {
            name: row.name,
            description: row.description,
            address: Some(address),
            is_signups_enabled: row.is_signups_enabled,
            number_of_people_needed: row.number_of_people_needed,
            tags: row.tags,
            method_of_contact: row.method_of_contact,
        };
        Self { id: row.id, organization_id: row.organization_id, details, created_at: row.created_at }
    }
}

/// A shift.
#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = shifts)]
pub(super) struct ShiftRow {
    id: Uuid,
    opportunity_id: Uuid,
    begins_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

impl ShiftRow {
    pub(super) fn new(opportunity_id: Uuid, Shift { id, times: Times { begins_at, ends_at } }: Shift) -> Self {
        Self { id, opportunity_id, begins_at, ends_at }
    }
}

impl From<ShiftRow> for Shift {
    fn from(ShiftRow { id, begins_at, ends_at, .. }: ShiftRow) -> Self {
        Self { id, times: Times { begins_at, ends_at } }
    }
}

/// Somebody's interest.
#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = interests)]
pub(super) struct InterestRow {
    id: Uuid,
    opportunity_id: Uuid,
    shift_id: Option<Uuid>,
    user_id: Uuid,
    state: String,
    created_at: DateTime<Utc>,
}

impl InterestRow {
    pub(super) fn new(opportunity_id: Uuid, interest: &Interest) -> Self {
        let Interest { id, user_id, shift_id, standing, created_at } = *interest;
        Self { id, opportunity_id, shift_id, user_id, state: state(standing).to_owned(), created_at }
    }
}

impl TryFrom<InterestRow> for Interest {
    type Error = StoreError;

    fn try_from(row: InterestRow) -> Result<Self, StoreError> {
        let InterestRow { id, shift_id, user_id, state, created_at, .. } = row;
        Ok(Self { id, user_id, shift_id, standing: standing(&state)?, created_at })
    }
}

fn state(standing: Standing) -> &'static str {
    match standing {
        Standing::Interested => INTERESTED,
        Standing::SignedUp => SIGNED_UP,
        Standing::Waiting => WAITING,
    }
}

/// Where somebody stands by the state that is stored.
pub(super) fn standing(state: &str) -> Result<Standing, StoreError> {
    match state {
        INTERESTED => Ok(Standing::Interested),
        SIGNED_UP => Ok(Standing::SignedUp),
        WAITING => Ok(Standing::Waiting),
        // The table's checks rule this out.
        _ => Err(StoreError::Internal("a row has no valid state".to_owned())),
    }
}
