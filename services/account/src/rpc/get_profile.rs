//! GetProfile: what an account tells about itself.

use connectus_proto::account::v1::{GetProfileRequest, GetProfileResponse};
use tonic::Request;

use super::{Accounts, Answer, subject};
use crate::{domain::Error, store};

pub(super) async fn get_profile(service: &Accounts, request: Request<GetProfileRequest>) -> Answer<GetProfileResponse> {
    let (id, viewer) = subject(&request, &request.get_ref().account_id)?;
    let profile = store::profiles::find(&service.pool, id, viewer).await?;
    Ok(GetProfileResponse { profile: Some(profile.ok_or(Error::AccountNotFound)?) }.into())
}
