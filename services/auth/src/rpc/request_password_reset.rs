//! RequestPasswordReset: a mail with a link to choose a new password, for whom it may concern.

use connectus_platform::{context, fields};
use connectus_proto::auth::v1::{RequestPasswordResetRequest, RequestPasswordResetResponse};
use tonic::Request;

use super::{Answer, Auth, guard};
use crate::{domain::message::Message, store};

pub(super) async fn request_password_reset(
    auth: &Auth,
    request: Request<RequestPasswordResetRequest>,
) -> Answer<RequestPasswordResetResponse> {
    let (email, client) = (fields::email("email", &request.get_ref().email)?, context::client());
    guard::admit_mail(auth, &email, &client).await?;
    // Whether there is such an account is looked up after the answer, which thus tells nothing.
    let (client_address, device) = (client.address_text(), client.device);
    let message = Message::PasswordResetMail { email, client_address, device };
    store::accounts::enqueue(&auth.pool, &message, &RequestPasswordResetResponse {}).await?;
    auth.outbox.wake();
    Ok(RequestPasswordResetResponse {}.into())
}
