//! The one state machine of a confirmation.
//!
//! ```text
//!            ask                  decide (approve)
//!   None ──────────▶ Pending ────────────────────▶ Verified
//!                    on site      decide (decline)
//!                    or by mail ─────────────────▶ Declined
//!
//!   any state ── the experience is replaced ──▶ None, or Pending with a new request
//! ```

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::experience::Validator;

/// Whether an experience is confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Validation {
    /// Nobody was asked.
    None,
    /// An organization is to decide on the site.
    PendingOnSite {
        /// The request.
        request: Uuid,
        /// The organization.
        organization: Uuid,
    },
    /// Somebody is to decide through a mailed link.
    PendingByMail {
        /// The request.
        request: Uuid,
        /// The address.
        email: String,
    },
    /// It was confirmed.
    Verified(Decided),
    /// It was declined.
    Declined(Decided),
}

/// Who decided a request, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decided {
    /// The request.
    pub(crate) request: Uuid,
    /// The organization's id, or the address.
    pub(crate) by: String,
    /// The name that the organization had then; empty for an address.
    pub(crate) organization_name: String,
    /// When.
    pub(crate) at: DateTime<Utc>,
}

/// An organization that decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Organization {
    /// Its account.
    pub(crate) id: Uuid,
    /// The name that it has now.
    pub(crate) name: String,
}

/// What a validator says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It happened as written.
    Approve,
    /// It did not.
    Decline,
}

/// A decision that finds no request that waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NothingPending;

impl Validation {
    /// Asks a validator, if there is one, by a new request. Whatever was pending or decided before is withdrawn.
    pub(crate) fn ask(validator: Option<&Validator>, request: Uuid) -> Self {
        match validator {
            None => Self::None,
            Some(Validator::Organization(organization)) => Self::PendingOnSite { request, organization: *organization },
            Some(Validator::Email(email)) => Self::PendingByMail { request, email: email.clone() },
        }
    }

    /// An organization decides the request that waits for it: the one that it has read, if it says which.
    pub(crate) fn decide_on_site(
        &self,
        by: &Organization,
        read: Option<Uuid>,
        decision: Decision,
        at: DateTime<Utc>,
    ) -> Result<Self, NothingPending> {
        match self {
            Self::PendingOnSite { request, organization }
                if *organization == by.id && read.is_none_or(|read| read == *request) =>
            {
                let organization_name = by.name.clone();
                Ok(decision.taken(Decided { request: *request, by: by.id.to_string(), organization_name, at }))
            }
            _ => Err(NothingPending),
        }
    }

    /// Whoever holds the mailed link of a request decides it.
    pub(crate) fn decide_by_mail(
        &self,
        link_of: Uuid,
        decision: Decision,
        at: DateTime<Utc>,
    ) -> Result<Self, NothingPending> {
        match self {
            Self::PendingByMail { request, email } if *request == link_of => {
                let organization_name = String::new();
                Ok(decision.taken(Decided { request: *request, by: email.clone(), organization_name, at }))
            }
            _ => Err(NothingPending),
        }
    }
}

impl Validation {
    /// The organization that has confirmed it on the site, if one has.
    pub(crate) fn confirmed_by(&self, validator: Option<&Validator>) -> Option<Uuid> {
        match (self, validator) {
            (Self::Verified(_), Some(Validator::Organization(organization))) => Some(*organization),
            _ => None,
        }
    }
}

impl Decision {
    fn taken(self, decided: Decided) -> Validation {
        match self {
            Self::Approve => Validation::Verified(decided),
            Self::Decline => Validation::Declined(decided),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Ask(Option<Validator>),
        OnSite(Uuid, Option<Uuid>, Decision),
        ByMail(Uuid, Decision),
    }

    fn id(n: u8) -> Uuid {
        Uuid::from_u128(n.into())
    }

    fn step() -> impl Strategy<Value = Step> {
        let decision = prop_oneof![Just(Decision::Approve), Just(Decision::Decline)];
        let validator = prop_oneof![
            Just(None),
            (0..3_u8).prop_map(|n| Some(Validator::Organization(id(n)))),
            Just(Some(Validator::Email("a@example.org".to_owned()))),
        ];
        prop_oneof![
            validator.prop_map(Step::Ask),
            (0..3_u8, prop::option::of(100..110_u8), decision.clone()).prop_map(|(n, read, decision)| Step::OnSite(
                id(n),
                read.map(id),
                decision
            )),
            (100..110_u8, decision).prop_map(|(n, decision)| Step::ByMail(id(n), decision)),
        ]
    }

    proptest! {
        #[test]
        fn only_the_one_who_is_asked_confirms_and_only_what_they_were_asked(steps in prop::collection::vec(step(), 1..20)) {
            let mut validation = Validation::None;
            for (request, step) in (100..).zip(steps) {
                let at = DateTime::UNIX_EPOCH;
                let (decided, was_asked) = match (step, &validation) {
                    (Step::Ask(validator), _) => {
                        validation = Validation::ask(validator.as_ref(), id(request));
                        continue;
                    }
                    (Step::OnSite(by, read, decision), before) => {
                        let asked = matches!(before, Validation::PendingOnSite { organization, request }
                            if *organization == by && read.unwrap_or(*request) == *request);
                        let by = Organization { id: by, name: "Help".to_owned() };
                        (before.decide_on_site(&by, read, decision, at), asked)
                    }
                    (Step::ByMail(link_of, decision), before) => {
                        let asked = matches!(before, Validation::PendingByMail { request, .. } if *request == link_of);
                        (before.decide_by_mail(link_of, decision, at), asked)
                    }
                };
                prop_assert_eq!(decided.is_ok(), was_asked);
                validation = decided.unwrap_or(validation);
            }
        }
    }
}
