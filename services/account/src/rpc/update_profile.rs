//! UpdateProfile: the caller changes fields of their profile.

use connectus_platform::{fields::FieldError, identity};
use connectus_proto::account::v1::{Profile, UpdateProfileRequest, UpdateProfileResponse, profile::Owner};
use tonic::Request;
use uuid::Uuid;

use super::{Accounts, Answer};
use crate::{domain::profile, store};

pub(super) async fn update_profile(
    service: &Accounts,
    request: Request<UpdateProfileRequest>,
) -> Answer<UpdateProfileResponse> {
    let id = identity::caller(&request)?.account_id;
    let UpdateProfileRequest { profile, update_mask } = request.into_inner();
    let (new, mask) = (profile.unwrap_or_default(), update_mask.unwrap_or_default().paths);
    let change = |profile: &mut Profile| apply(id, profile, &new, &mask);
    let profile = store::profiles::update(&service.pool, id, change).await?;
    Ok(UpdateProfileResponse { profile: Some(profile) }.into())
}

fn apply(id: Uuid, profile: &mut Profile, new: &Profile, mask: &[String]) -> Result<(), FieldError> {
    match (&mut profile.owner, &new.owner) {
        (Some(Owner::User(user)), Some(Owner::User(new))) => profile::update_user(user, new, mask),
        (Some(Owner::Organization(organization)), Some(Owner::Organization(new))) => {
            profile::update_organization(id, organization, new, mask)
        }
        _ => Err(FieldError::new("profile", "is not of the caller's type of account")),
    }
}
