//! Lets calls of the Community API in: by a token, and within its budget, of which each answer tells what is left.

use chrono::Utc;
use connectus_platform::{context::bearer_token, status};
use tonic::{
    Request, Response, Status,
    metadata::{AsciiMetadataValue, MetadataMap},
};
use uuid::Uuid;

use crate::{
    budget::{Budget, Spent},
    domain::Error,
    rpc::{Answer, Communities},
    store::admission::{self, Admitted},
    tokens::Claims,
};

/// Who calls.
pub(super) struct Caller {
    /// The community.
    pub(super) community_id: Uuid,
    /// The community's name.
    pub(super) community_name: String,
    /// The token's id.
    pub(super) token_id: Uuid,
}

/// Does what a call asks for, if it is let in.
pub(super) async fn serve<M, T, F>(
    service: &Communities,
    request: Request<M>,
    work: impl FnOnce(Caller, M) -> F + Send,
) -> Answer<T>
where
    M: Send,
    F: Future<Output = Result<T, Error>> + Send,
{
    let (claims, message) = claims(service, request)?;
    let admitted = admission::admit(&service.pool, &claims, service.budget).await?;
    answer(service, &claims, admitted, |caller| work(caller, message)).await
}

/// What the token of a call says, and the message.
pub(super) fn claims<M>(service: &Communities, request: Request<M>) -> Result<(Claims, M), Error> {
    let (metadata, _, message) = request.into_parts();
    let headers = metadata.into_headers();
    let claims = bearer_token(&headers).and_then(|token| service.signer.verify(token)).ok_or(Error::TokenInvalid)?;
    Ok((claims, message))
}

/// The answer to a call that was admitted, or was not.
pub(super) async fn answer<T, F>(
    service: &Communities,
    claims: &Claims,
    admitted: Option<Admitted>,
    work: impl FnOnce(Caller) -> F + Send,
) -> Answer<T>
where
    F: Future<Output = Result<T, Error>> + Send,
{
    let admitted = admitted.ok_or(Error::TokenInvalid)?;
    let spent = admitted.spent();
    let mut answer = if service.budget.is_exceeded(spent) {
        Err(status::rate_limited(spent.wait(Utc::now())))
    } else {
        let Admitted { community_name, .. } = admitted;
        let caller = Caller { community_id: claims.community_id, community_name, token_id: claims.token_id };
        work(caller).await.map(Response::new).map_err(Status::from)
    };
    tell(
        match &mut answer {
            Ok(response) => response.metadata_mut(),
            Err(status) => status.metadata_mut(),
        },
        service.budget,
        spent,
    );
    answer
}

/// Tells what is left of the budget.
fn tell(metadata: &mut MetadataMap, budget: Budget, spent: Spent) {
    metadata.insert("x-ratelimit-limit", budget.calls.into());
    metadata.insert("x-ratelimit-remaining", budget.remaining(spent).into());
    metadata.insert("x-ratelimit-reset", AsciiMetadataValue::from(spent.expires_at.timestamp()));
}
