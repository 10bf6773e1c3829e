//! RequeueDeadMessages: another chance for messages that were put aside.

use connectus_platform::outbox::dead;
use connectus_proto::account::v1::{RequeueDeadMessagesRequest, RequeueDeadMessagesResponse};
use tonic::Request;

use super::{Accounts, Answer};
use crate::domain::Error;

pub(super) async fn requeue_dead_messages(
    service: &Accounts,
    request: Request<RequeueDeadMessagesRequest>,
) -> Answer<RequeueDeadMessagesResponse> {
    let ids = dead::ids(&request.get_ref().message_ids)?;
    let requeued = dead::requeue(&service.pool, &ids).await?;
    if requeued == 0 && !ids.is_empty() {
        return Err(Error::MessageNotFound.into());
    }
    service.outbox.wake();
    Ok(RequeueDeadMessagesResponse { requeued_count: i64::try_from(requeued).unwrap_or(i64::MAX) }.into())
}
