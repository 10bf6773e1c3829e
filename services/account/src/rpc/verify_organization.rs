//! VerifyOrganization: an operator has checked who an organization is, or no longer vouches for it.

use chrono::Utc;
use connectus_platform::fields;
use connectus_proto::account::v1::{VerifyOrganizationRequest, VerifyOrganizationResponse};
use tonic::Request;
use uuid::Uuid;

use super::{Accounts, Answer};
use crate::{
    domain::note::{self, Note},
    store,
};

pub(super) async fn verify_organization(
    service: &Accounts,
    request: Request<VerifyOrganizationRequest>,
) -> Answer<VerifyOrganizationResponse> {
    let VerifyOrganizationRequest { account_id, is_verified, operator } = request.into_inner();
    let note = Note {
        id: Uuid::now_v7(),
        operator: note::operator(&operator)?,
        account_id: fields::id("account_id", &account_id)?,
        text: note::on_verification(is_verified).to_owned(),
        created_at: Utc::now(),
    };
    store::accounts::verify(&service.pool, is_verified, &note).await?;
    Ok(VerifyOrganizationResponse {}.into())
}
