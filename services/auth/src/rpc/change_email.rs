//! ChangeEmail: another address, once its owner has proved to read it.

use connectus_platform::{
    context,
    fields::{self, FieldError},
    identity,
};
use connectus_proto::auth::v1::{ChangeEmailRequest, ChangeEmailResponse};
use tonic::Request;

use super::{Answer, Auth, guard};
use crate::{domain::account::email_key, store};

pub(super) async fn change_email(auth: &Auth, request: Request<ChangeEmailRequest>) -> Answer<ChangeEmailResponse> {
    let caller = identity::caller(&request)?;
    let ChangeEmailRequest { password, email } = request.into_inner();
    let email = fields::email("email", &email)?;
    let account = guard::confirm_password(auth, &caller, &password).await?;
    if email_key(&email) == email_key(&account.email) {
        return Err(FieldError::new("email", "is the account's address already").into());
    }
    let client = context::client();
    guard::admit_mail(auth, &email, &client).await?;
    // Whether the address has another account is looked up after the answer, which thus tells nothing.
    store::email_changes::request(&auth.pool, &account, &email, client).await?;
    auth.outbox.wake();
    Ok(ChangeEmailResponse {}.into())
}
