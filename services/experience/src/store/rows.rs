//! An experience as a row of its table.

use chrono::{DateTime, Utc};
use connectus_platform::store::StoreError;
use connectus_proto::{
    common::v1::{Address, GeoPoint},
    experience::v1::ExperienceDetails,
};
use diesel::{AsChangeset, Identifiable, Insertable, Queryable, Selectable};
use uuid::Uuid;

use super::schema::experiences;
use crate::domain::{
    experience::{Experience, Validator},
    validation::{Decided, Validation},
};

pub(super) const NONE: &str = "none";
pub(super) const PENDING_ON_SITE: &str = "pending_on_site";
pub(super) const PENDING_BY_MAIL: &str = "pending_by_mail";
pub(super) const VERIFIED: &str = "verified";
pub(super) const DECLINED: &str = "declined";

#[derive(AsChangeset, Identifiable, Insertable, Queryable, Selectable)]
#[diesel(table_name = experiences, treat_none_as_null = true)]
pub(super) struct Row {
    id: Uuid,
    user_id: Uuid,
    name: String,
    description: String,
    opportunity_id: String,
    street: String,
    city: String,
    province: String,
    country: String,
    postal_code: String,
    apt_number: String,
    longitude: Option<f64>,
    latitude: Option<f64>,
    begins: String,
    ends: String,
    hours: i32,
    created_at: DateTime<Utc>,
    organization_id: Option<Uuid>,
    organization_email: Option<String>,
    #[diesel(embed)]
    validation: ValidationColumns,
}

/// The columns that say where a request stands.
#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = experiences, treat_none_as_null = true)]
pub(super) struct ValidationColumns {
    validation_state: String,
    request_id: Option<Uuid>,
    decided_by: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    organization_name: String,
}

impl From<&Validation> for ValidationColumns {
    fn from(validation: &Validation) -> Self {
        let (state, request, decided) = match validation {
            Validation::None => (NONE, None, None),
            Validation::PendingOnSite { request, .. } => (PENDING_ON_SITE, Some(*request), None),
            Validation::PendingByMail { request, .. } => (PENDING_BY_MAIL, Some(*request), None),
            Validation::Verified(decided) => (VERIFIED, Some(decided.request), Some(decided)),
            Validation::Declined(decided) => (DECLINED, Some(decided.request), Some(decided)),
        };
        Self {
            validation_state: state.to_owned(),
            request_id: request,
            decided_by: decided.map(|decided| decided.by.clone()),
            decided_at: decided.map(|decided| decided.at),
            organization_name: decided.map(|decided| decided.organization_name.clone()).unwrap_or_default(),
        }
    }
}

impl ValidationColumns {
    fn into_validation(self, validator: Option<&Validator>) -> Option<Validation> {
        let decided = || {
            let (by, organization_name) = (self.decided_by.clone()?, self.organization_name.clone());
            Some(Decided { request: self.request_id?, by, organization_name, at: self.decided_at? })
        };
        match (self.validation_state.as_str(), validator) {
            (NONE, _) => Some(Validation::None),
            (PENDING_ON_SITE, Some(Validator::Organization(organization))) => {
                Some(Validation::PendingOnSite { request: self.request_id?, organization: *organization })
            }
            (PENDING_BY_MAIL, Some(Validator::Email(email))) => {
                Some(Validation::PendingByMail { request: self.request_id?, email: email.clone() })
            }
            (VERIFIED, _) => decided().map(Validation::Verified),
            (DECLINED, _) => decided().map(Validation::Declined),
            _ => None,
        }
    }
}

impl From<&Experience> for Row {
    fn from(experience: &Experience) -> Self {
        let ExperienceDetails { name, description, opportunity_id, location, begin, end, hours } =
            experience.details.clone();
        let Address { street, city, province, country, postal_code, apt_number, point } = location.unwrap_or_default();
        let (organization_id, organization_email) = match &experience.validator {
            Some(Validator::Organization(id)) => (Some(*id), None),
            Some(Validator::Email(email)) => (None, Some(email.clone())),
            None => (None, None),
        };
        Self {
            id: experience.id,
            user_id: experience.user_id,
            name,
            description,
            opportunity_id,
            street,
            city,
            province,
            country,
            postal_code,
            apt_number,
            longitude: point.map(|point| point.longitude),
            latitude: point.map(|point| point.latitude),
            begins: begin,
            ends: end,
            hours,
            created_at: experience.created_at,
            organization_id,
            organization_email,
            validation: ValidationColumns::from(&experience.validation),
        }
    }
}

impl TryFrom<Row> for Experience {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let organization = row.organization_id.map(Validator::Organization);
        let validator = organization.or(row.organization_email.map(Validator::Email));
        let validation = row.validation.into_validation(validator.as_ref());
        // The table's checks rule this out.
        let validation = validation.ok_or_else(|| StoreError::Internal("a row has no valid state".to_owned()))?;
        let point = row.longitude.zip(row.latitude).map(|(longitude, latitude)| GeoPoint { longitude, latitude });
        let location = Address {
            street: row.street,
            city: row.city,
            province: row.province,
            country: row.country,
            postal_code: row.postal_code,
            apt_number: row.apt_number,
            point,
        };
        let details = ExperienceDetails {
            name: row.name,
            description: row.description,
            opportunity_id: row.opportunity_id,
            location: Some(location),
            begin: row.begins,
            end: row.ends,
            hours: row.hours,
        };
        Ok(Self { id: row.id, user_id: row.user_id, details, validator, validation, created_at: row.created_at })
    }
}
