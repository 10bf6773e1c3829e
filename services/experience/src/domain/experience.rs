//! An experience.

use chrono::{DateTime, Utc};
use connectus_proto::experience::v1::ExperienceDetails;
use uuid::Uuid;

use super::validation::Validation;

/// Something a person did.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Experience {
    /// Its id, a UUIDv7.
    pub(crate) id: Uuid,
    /// The person's account.
    pub(crate) user_id: Uuid,
    /// What the person says about it.
    pub(crate) details: ExperienceDetails,
    /// Who is asked to confirm it, if anybody is.
    pub(crate) validator: Option<Validator>,
    /// Whether it is confirmed.
    pub(crate) validation: Validation,
    /// When it was written down.
    pub(crate) created_at: DateTime<Utc>,
}

/// Who is asked to confirm an experience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Validator {
    /// An organization's account, on the site.
    Organization(Uuid),
    /// An address, by a mailed link.
    Email(String),
}
