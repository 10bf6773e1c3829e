//! RequeueDeadMessages: another chance for mails that were put aside.

use connectus_platform::{
    fields::{self, FieldError},
    outbox::dead,
};
use connectus_proto::experience::v1::{RequeueDeadMessagesRequest, RequeueDeadMessagesResponse};
use tonic::Request;
use uuid::Uuid;

use super::{Answer, Experiences};
use crate::domain::Error;

/// How many messages are requeued by their ids at once.
const MOST: usize = 200;

pub(super) async fn requeue_dead_messages(
    service: &Experiences,
    request: Request<RequeueDeadMessagesRequest>,
) -> Answer<RequeueDeadMessagesResponse> {
    let ids = decode(&request.get_ref().message_ids)?;
    let requeued = dead::requeue(&service.pool, &ids).await?;
    if requeued == 0 && !ids.is_empty() {
        return Err(Error::MessageNotFound.into());
    }
    service.outbox.wake();
    Ok(RequeueDeadMessagesResponse { requeued_count: i64::try_from(requeued).unwrap_or(i64::MAX) }.into())
}

fn decode(ids: &[String]) -> Result<Vec<Uuid>, FieldError> {
    const FIELD: &str = "message_ids";
    fields::list(FIELD, ids.len(), MOST)?;
    ids.iter().map(|id| fields::id(FIELD, id)).collect()
}
