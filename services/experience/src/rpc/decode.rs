//! What requests hold, checked.

use connectus_platform::{
    fields::{self, FieldError},
    identity::{self, Caller},
    peer::{Channel, on_behalf},
};
use connectus_proto::{
    common::v1::AccountType,
    experience::v1::{Decision as ProtoDecision, Validator as ProtoValidator, validator},
};
use tonic::{Request, Status};

use super::accounts;
use crate::domain::{Error, experience::Validator, validation::Decision};

/// The alias of the caller's own id.
pub(super) const ME: &str = "me";

/// The caller, who must be a person.
pub(super) fn user<T>(request: &Request<T>) -> Result<Caller, Status> {
    let caller = identity::caller(request)?;
    if caller.account_type != AccountType::User {
        return Err(Error::UserAccountRequired.into());
    }
    Ok(caller)
}

/// The caller, which must be an organization.
pub(super) fn organization<T>(request: &Request<T>) -> Result<Caller, Status> {
    let caller = identity::caller(request)?;
    if caller.account_type != AccountType::Organization {
        return Err(Error::OrganizationAccountRequired.into());
    }
    Ok(caller)
}

/// What is decided.
pub(super) fn decision(decision: i32) -> Result<Decision, Error> {
    match ProtoDecision::try_from(decision) {
        Ok(ProtoDecision::Approve) => Ok(Decision::Approve),
        Ok(ProtoDecision::Decline) => Ok(Decision::Decline),
        Ok(ProtoDecision::Unspecified) | Err(_) => Err(FieldError::new("decision", "is required").into()),
    }
}

/// Who is to be asked, as the contract writes it.
pub(super) async fn validator(
    account: &Channel,
    validator: Option<ProtoValidator>,
) -> Result<Option<Validator>, Error> {
    match validator.and_then(|validator| validator.validator) {
        None => Ok(None),
        Some(validator::Validator::OrganizationId(id)) => Ok(Some(by_account(account, &id).await?)),
        Some(validator::Validator::Email(email)) => Ok(Some(by_mail(account, "validator.email", &email).await?)),
    }
}

/// An organization that the caller may see.
pub(super) async fn by_account(account: &Channel, id: &str) -> Result<Validator, Error> {
    let organization = id.parse().map_err(|_| Error::OrganizationNotFound)?;
    accounts::require_organization(account, on_behalf(id.to_owned())).await?;
    Ok(Validator::Organization(organization))
}

/// An address other than the caller's own: nobody confirms what they say themselves.
pub(super) async fn by_mail(account: &Channel, field: &str, email: &str) -> Result<Validator, Error> {
    let email = fields::email(field, email)?;
    let own = accounts::own_email(account, on_behalf(ME.to_owned())).await?;
    if mailbox(&own) == mailbox(&email) {
        return Err(FieldError::new(field, "is the caller's own address").into());
    }
    Ok(Validator::Email(email))
}

/// What tells mailboxes apart: an address means the same in any case, and with quotes around its local part (RFC 5321, section
/// 4.1.2).
fn mailbox(email: &str) -> String {
    email.replace(['"', '\\'], "").to_lowercase()
}
