//! What is to be done after a commit.

use connectus_platform::notices::Notice;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What is to be done.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Message {
    /// Ask an address to confirm an experience, if that request still waits.
    ApprovalMail {
        /// The experience.
        experience_id: Uuid,
        /// The request.
        request_id: Uuid,
    },
    /// Notify accounts.
    Notify {
        /// Of what.
        notices: Vec<Notice>,
    },
    /// Tell the community service that what an organization has confirmed of a person has changed.
    RefreshVolunteer {
        /// The organization.
        organization_id: Uuid,
        /// The person.
        user_id: Uuid,
    },
    /// Tell the account service which opportunities an organization has.
    TellOpportunities {
        /// The organization.
        organization_id: Uuid,
    },
}
