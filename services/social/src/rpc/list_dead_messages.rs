//! ListDeadMessages: the messages that were put aside, newest first.

use connectus_platform::{outbox::dead, page::Page};
use connectus_proto::social::v1::{ListDeadMessagesRequest, ListDeadMessagesResponse};
use tonic::Request;

use super::{Answer, Social};

pub(super) async fn list_dead_messages(
    service: &Social,
    request: Request<ListDeadMessagesRequest>,
) -> Answer<ListDeadMessagesResponse> {
    let ListDeadMessagesRequest { page_size, page_token } = request.into_inner();
    let (messages, next_page_token) = dead::list(&service.pool, Page::new(page_size, &page_token)?).await?;
    Ok(ListDeadMessagesResponse { messages, next_page_token }.into())
}
