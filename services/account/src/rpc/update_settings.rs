//! UpdateSettings: the caller changes their settings.

use connectus_platform::{fields::FieldError, identity};
use connectus_proto::account::v1::{Settings, UpdateSettingsRequest, UpdateSettingsResponse, settings::Owner};
use tonic::Request;
use uuid::Uuid;

use super::{Accounts, Answer};
use crate::{domain::settings, store};

pub(super) async fn update_settings(
    service: &Accounts,
    request: Request<UpdateSettingsRequest>,
) -> Answer<UpdateSettingsResponse> {
    let id = identity::caller(&request)?.account_id;
    let UpdateSettingsRequest { settings, update_mask } = request.into_inner();
    let (new, mask) = (settings.unwrap_or_default(), update_mask.unwrap_or_default().paths);
    let change = |settings: &mut Settings| apply(id, settings, &new, &mask);
    let settings = store::settings::update(&service.pool, id, change).await?;
    service.outbox.wake();
    Ok(UpdateSettingsResponse { settings: Some(settings) }.into())
}

fn apply(id: Uuid, settings: &mut Settings, new: &Settings, mask: &[String]) -> Result<(), FieldError> {
    match (&mut settings.owner, &new.owner) {
        (Some(Owner::User(user)), Some(Owner::User(new))) => settings::update_user(id, user, new, mask),
        (Some(Owner::Organization(organization)), Some(Owner::Organization(new))) => {
            settings::update_organization(organization, *new, mask)
        }
        _ => Err(FieldError::new("settings", "is not of the caller's type of account")),
    }
}
