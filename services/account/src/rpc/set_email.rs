//! SetEmail: auth's outbox tells the address that an account has now.

use connectus_platform::fields;
use connectus_proto::account::v1::{SetEmailRequest, SetEmailResponse};
use tonic::Request;

use super::{Accounts, Answer};
use crate::{domain::Error, store};

pub(super) async fn set_email(service: &Accounts, request: Request<SetEmailRequest>) -> Answer<SetEmailResponse> {
    let SetEmailRequest { account_id, email, version } = request.into_inner();
    let id = fields::id("account_id", &account_id)?;
    let email = fields::email("email", &email)?;
    if !store::accounts::set_email(&service.pool, id, &email, version).await? {
        // The message that makes the account may come later: told again then, it is not lost.
        return Err(Error::AccountNotYetKnown.into());
    }
    service.outbox.wake();
    Ok(SetEmailResponse {}.into())
}
