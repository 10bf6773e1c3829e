//! GetMailedValidation: what a mailed link is about. It changes nothing.

use connectus_proto::experience::v1::{GetMailedValidationRequest, GetMailedValidationResponse};
use tonic::Request;

use super::{Answer, Experiences};
use crate::{
    accounts,
    domain::{Error, experience::Experience, validation::Validation},
    store,
};

pub(super) async fn get_mailed_validation(
    service: &Experiences,
    request: Request<GetMailedValidationRequest>,
) -> Answer<GetMailedValidationResponse> {
    let experience = find(service, &request.get_ref().token).await?;
    // Asked as nobody: whoever holds the link is a stranger to the person.
    let user_name = accounts::user_name(&service.account, Request::new(experience.user_id.to_string())).await?;
    Ok(GetMailedValidationResponse { details: Some(experience.details), user_name }.into())
}

async fn find(service: &Experiences, token: &str) -> Result<Experience, Error> {
    let link = store::links::find(&service.pool, token).await?.ok_or(Error::LinkInvalid)?;
    let experience = store::experiences::find(&service.pool, link.experience_id).await?.ok_or(Error::LinkInvalid)?;
    match &experience.validation {
        Validation::PendingByMail { request, .. } if *request == link.request_id => Ok(experience),
        _ => Err(Error::LinkInvalid),
    }
}
