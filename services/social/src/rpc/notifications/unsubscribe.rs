//! Unsubscribe: whoever has a mail about notifications ends them.

use connectus_proto::social::v1::{UnsubscribeRequest, UnsubscribeResponse};
use tonic::Request;

use super::{Answer, Social};
use crate::{domain::Error, unsubscription};

pub(super) async fn unsubscribe(service: &Social, request: Request<UnsubscribeRequest>) -> Answer<UnsubscribeResponse> {
    let account_id = unsubscription::account_of(&service.identity, &request.get_ref().token);
    let account_id = account_id.ok_or(Error::LinkInvalid)?;
    service.accounts.disable_email_notifications(account_id).await?;
    Ok(UnsubscribeResponse {}.into())
}
