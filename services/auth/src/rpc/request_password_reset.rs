//! RequestPasswordReset: a mail with a link to choose a new password, for whom it may concern.

use connectus_platform::fields;
use connectus_proto::auth::v1::{RequestPasswordResetRequest, RequestPasswordResetResponse};
use tonic::Request;

use super::{Answer, Auth};
use crate::{domain::message::Message, store};

pub(super) async fn request_password_reset(
    auth: &Auth,
    request: Request<RequestPasswordResetRequest>,
) -> Answer<RequestPasswordResetResponse> {
    let email = fields::email("email", &request.get_ref().email)?;
    // Whether there is such an account is looked up after the answer, which thus tells nothing.
    store::accounts::enqueue(&auth.pool, &Message::PasswordResetMail { email }).await?;
    auth.outbox.wake();
    Ok(RequestPasswordResetResponse {}.into())
}
