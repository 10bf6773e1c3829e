//! DeleteExperience: a person deletes one of theirs, and with it what was pending.

use connectus_proto::experience::v1::{DeleteExperienceRequest, DeleteExperienceResponse};
use tonic::Request;

use super::{Answer, Experiences, decode};
use crate::{domain::Error, store};

pub(super) async fn delete_experience(
    service: &Experiences,
    request: Request<DeleteExperienceRequest>,
) -> Answer<DeleteExperienceResponse> {
    let user = decode::user(&request)?;
    let id = request.get_ref().experience_id.parse().map_err(|_| Error::ExperienceNotFound)?;
    if !store::experiences::delete(&service.pool, user.account_id, id).await? {
        return Err(Error::ExperienceNotFound.into());
    }
    Ok(DeleteExperienceResponse {}.into())
}
