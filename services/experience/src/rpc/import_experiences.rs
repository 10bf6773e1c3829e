//! ImportExperiences: an operator takes over a person's experiences from the former system.

use connectus_proto::experience::v1::{ImportExperiencesRequest, ImportExperiencesResponse};
use tonic::Request;
use uuid::Uuid;

use super::{Answer, Experiences};
use crate::{domain::import, store};

pub(super) async fn import_experiences(
    service: &Experiences,
    request: Request<ImportExperiencesRequest>,
) -> Answer<ImportExperiencesResponse> {
    let experiences = import::experiences(request.into_inner(), Uuid::now_v7)?;
    let new = store::imports::insert(&service.pool, &experiences).await?;
    service.outbox.wake();
    let existed = experiences.len().saturating_sub(new);
    Ok(ImportExperiencesResponse { existed_count: i32::try_from(existed).unwrap_or(i32::MAX) }.into())
}
