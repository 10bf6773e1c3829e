//! Experiences as the contract writes them.

use connectus_platform::time::to_timestamp;
use connectus_proto::experience::v1::{self as proto, ValidationState, validator};

use crate::domain::{
    experience::{Experience, Validator},
    validation::Validation,
};

impl From<Experience> for proto::Experience {
    fn from(experience: Experience) -> Self {
        let (state, decided_at) = match &experience.validation {
            Validation::None => (ValidationState::NotRequested, None),
            Validation::PendingOnSite { .. } => (ValidationState::PendingOnSite, None),
            Validation::PendingByMail { .. } => (ValidationState::PendingByMail, None),
            Validation::Verified(decided) => (ValidationState::Verified, Some(decided.at)),
            Validation::Declined(decided) => (ValidationState::Declined, Some(decided.at)),
        };
        let organization_name = match &experience.validation {
            Validation::Verified(decided) | Validation::Declined(decided) => decided.organization_name.clone(),
            Validation::None | Validation::PendingOnSite { .. } | Validation::PendingByMail { .. } => String::new(),
        };
        let validation = proto::Validation {
            state: state.into(),
            validator: experience.validator.map(proto::Validator::from),
            decide_time: decided_at.map(to_timestamp),
            organization_name,
        };
        Self {
            id: experience.id.to_string(),
            user_id: experience.user_id.to_string(),
            details: Some(experience.details),
            validation: Some(validation),
            create_time: Some(to_timestamp(experience.created_at)),
        }
    }
}

impl From<Validator> for proto::Validator {
    fn from(validator: Validator) -> Self {
        let validator = match validator {
            Validator::Organization(id) => validator::Validator::OrganizationId(id.to_string()),
            Validator::Email(email) => validator::Validator::Email(email),
        };
        Self { validator: Some(validator) }
    }
}
