//! ResendVerification: another verification mail, for whom it may concern.

use connectus_platform::{context, fields};
use connectus_proto::auth::v1::{ResendVerificationRequest, ResendVerificationResponse};
use tonic::Request;

use super::{Answer, Auth, guard};
use crate::{domain::message::Message, store};

pub(super) async fn resend_verification(
    auth: &Auth,
    request: Request<ResendVerificationRequest>,
) -> Answer<ResendVerificationResponse> {
    let email = fields::email("email", &request.get_ref().email)?;
    guard::admit_mail(auth, &email, &context::client()).await?;
    // Whether there is such an account is looked up after the answer, which thus tells nothing.
    let message = Message::VerificationMail { email };
    store::accounts::enqueue(&auth.pool, &message, &ResendVerificationResponse {}).await?;
    auth.outbox.wake();
    Ok(ResendVerificationResponse {}.into())
}
