//! What requests hold, checked.

use connectus_platform::{
    fields::{self, FieldError},
    identity::{self, Caller},
    ids,
    peer::{Channel, on_behalf},
};
use connectus_proto::{
    common::v1::AccountType,
    experience::v1::{Decision as ProtoDecision, Validator as ProtoValidator, validator},
};
use tonic::{Request, Status};

use super::Experiences;
use crate::{
    accounts,
    domain::{Error, experience::Validator, opportunity::Opportunity, validation::Decision},
    store,
};

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

/// The opportunity that an experience came from, if its id is given.
pub(super) async fn opportunity(service: &Experiences, id: &str) -> Result<Option<Opportunity>, Error> {
    if id.is_empty() {
        return Ok(None);
    }
    let id = ids::parse(id).ok_or(Error::OpportunityNotFound)?;
    store::opportunities::find(&service.pool, id).await?.map(Some).ok_or(Error::OpportunityNotFound)
}

/// Who is to be asked by a person, as the contract writes it.
pub(super) async fn validator(
    service: &Experiences,
    validator: Option<ProtoValidator>,
) -> Result<Option<Validator>, Error> {
    match validator.and_then(|validator| validator.validator) {
        None => Ok(None),
        Some(validator::Validator::OrganizationId(id)) => Ok(Some(by_account(&service.account, &id).await?)),
        Some(validator::Validator::Email(email)) => {
            Ok(Some(Validator::Email(another_address(&service.account, &email).await?)))
        }
    }
}

/// An organization that the caller may see.
async fn by_account(account: &Channel, id: &str) -> Result<Validator, Error> {
    let organization = ids::parse(id).ok_or(Error::OrganizationNotFound)?;
    accounts::require_organization(account, on_behalf(organization.to_string())).await?;
    Ok(Validator::Organization(organization))
}

/// An address other than the caller's own: nobody confirms what they say themselves.
async fn another_address(account: &Channel, email: &str) -> Result<String, Error> {
    const FIELD: &str = "validator.email";
    let email = fields::email(FIELD, email)?;
    let own = accounts::own_email(account, on_behalf(identity::ME.to_owned())).await?;
    if own.to_lowercase() == email.to_lowercase() {
        return Err(FieldError::new(FIELD, "is the caller's own address").into());
    }
    Ok(email)
}
