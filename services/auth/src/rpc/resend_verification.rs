//! ResendVerification: another verification mail, for whom it may concern.

use connectus_platform::{fields, status};
use connectus_proto::auth::v1::{ResendVerificationRequest, ResendVerificationResponse};
use tonic::Request;

use super::{Answer, Auth};
use crate::{delivery::Message, domain::Error, store};

pub(super) async fn resend_verification(
    auth: &Auth,
    request: Request<ResendVerificationRequest>,
) -> Answer<ResendVerificationResponse> {
    let email =
        fields::email("email", &request.get_ref().email).map_err(|error| status::invalid_fields(vec![error]))?;
    // Whether there is such an account is looked up after the answer, which thus tells nothing.
    store::accounts::enqueue(&auth.pool, &Message::VerificationMail { email }).await.map_err(Error::from)?;
    auth.outbox.wake();
    Ok(ResendVerificationResponse {}.into())
}
