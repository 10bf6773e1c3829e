//! DeleteExperience: a person deletes one of theirs, and with it what was pending.

use connectus_platform::ids;
use connectus_proto::experience::v1::{DeleteExperienceRequest, DeleteExperienceResponse};
use tonic::Request;

use super::{Answer, Experiences, decode};
use crate::{domain::Error, store};

pub(super) async fn delete_experience(
    service: &Experiences,
    request: Request<DeleteExperienceRequest>,
) -> Answer<DeleteExperienceResponse> {
    let user = decode::user(&request)?;
    let id = ids::parse(&request.get_ref().experience_id).ok_or(Error::ExperienceNotFound)?;
    store::experiences::delete(&service.pool, user.account_id, id).await?;
    service.outbox.wake();
    Ok(DeleteExperienceResponse {}.into())
}
