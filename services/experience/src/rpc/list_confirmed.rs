//! ListConfirmedExperiences and ListConfirmedAccounts: what an organization has confirmed on the site, and of whom.

use connectus_platform::{fields, fields::FieldError, time::to_exact_timestamp};
use connectus_proto::experience::v1::{
    ConfirmedExperience, ListConfirmedAccountsRequest, ListConfirmedAccountsResponse, ListConfirmedExperiencesRequest,
    ListConfirmedExperiencesResponse,
};
use tonic::Request;
use uuid::Uuid;

use super::{Answer, Experiences};
use crate::store::{self, confirmations::Confirmed};

pub(super) async fn list_confirmed_experiences(
    service: &Experiences,
    request: Request<ListConfirmedExperiencesRequest>,
) -> Answer<ListConfirmedExperiencesResponse> {
    let ListConfirmedExperiencesRequest { organization_id, account_id, after_experience_id } = request.into_inner();
    let organization = fields::id("organization_id", &organization_id)?;
    let user = fields::id("account_id", &account_id)?;
    let after = after("after_experience_id", &after_experience_id)?;
    let confirmed = store::confirmations::list(&service.pool, organization, user, after).await?;
    let experiences = confirmed.into_iter().map(ConfirmedExperience::from).collect();
    Ok(ListConfirmedExperiencesResponse { experiences }.into())
}

pub(super) async fn list_confirmed_accounts(
    service: &Experiences,
    request: Request<ListConfirmedAccountsRequest>,
) -> Answer<ListConfirmedAccountsResponse> {
    let ListConfirmedAccountsRequest { organization_id, after_account_id } = request.into_inner();
    let organization = fields::id("organization_id", &organization_id)?;
    let after = after("after_account_id", &after_account_id)?;
    let accounts = store::confirmations::accounts(&service.pool, organization, after).await?;
    Ok(ListConfirmedAccountsResponse { account_ids: accounts.iter().map(Uuid::to_string).collect() }.into())
}

/// The id after which a list begins; all are after the nil id.
fn after(field: &str, id: &str) -> Result<Uuid, FieldError> {
    if id.is_empty() { Ok(Uuid::nil()) } else { fields::id(field, id) }
}

impl From<Confirmed> for ConfirmedExperience {
    fn from(confirmed: Confirmed) -> Self {
        Self {
            id: confirmed.id.to_string(),
            name: confirmed.name,
            begin: confirmed.begins,
            end: confirmed.ends,
            hours: confirmed.hours,
            confirm_time: Some(to_exact_timestamp(confirmed.confirmed_at)),
        }
    }
}
