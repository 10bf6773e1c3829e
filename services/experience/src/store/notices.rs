//! What accounts are notified of, written in the transaction of what happens.

use connectus_platform::{
    notices::{BATCH, Notice},
    outbox,
};
use connectus_proto::social::v1::NotificationKind;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use crate::domain::{message::Message, opportunity::Opportunity};

/// Writes notices, many to a message.
pub(super) async fn enqueue(conn: &mut AsyncPgConnection, notices: &[Notice]) -> QueryResult<()> {
    if notices.is_empty() {
        return Ok(());
    }
    let batches = notices.chunks(BATCH).map(|notices| Message::Notify { notices: notices.to_vec() });
    outbox::enqueue_all(conn, &batches.collect::<Vec<_>>()).await
}

/// Tells people what its organization has done with an opportunity.
pub(super) async fn tell(
    conn: &mut AsyncPgConnection,
    opportunity: &Opportunity,
    kind: NotificationKind,
    people: Vec<Uuid>,
) -> QueryResult<()> {
    let notices = about(opportunity, kind, people).map(|notice| notice.by(opportunity.organization_id));
    enqueue(conn, &notices.collect::<Vec<_>>()).await
}

/// Tells people what has happened to an opportunity whose organization is gone.
pub(super) async fn tell_of_nobody(
    conn: &mut AsyncPgConnection,
    opportunity: &Opportunity,
    kind: NotificationKind,
    people: Vec<Uuid>,
) -> QueryResult<()> {
    enqueue(conn, &about(opportunity, kind, people).collect::<Vec<_>>()).await
}

fn about(opportunity: &Opportunity, kind: NotificationKind, people: Vec<Uuid>) -> impl Iterator<Item = Notice> {
    people.into_iter().map(move |id| Notice::new(id, kind).about(Some(opportunity.id), &opportunity.details.name))
}
