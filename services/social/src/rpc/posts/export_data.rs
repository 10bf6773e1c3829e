//! ExportData: everything that the social service holds about the caller.

use connectus_platform::{export, identity};
use connectus_proto::{
    common::v1::ExportedRecord,
    social::v1::{ExportDataRequest, ExportDataResponse},
};
use futures::{StreamExt, stream, stream::BoxStream};
use serde_json::Value;
use tonic::{Request, Status};
use uuid::Uuid;

use super::super::{Answer, Social};
use crate::{
    domain::Error,
    store::{self, export::NOTIFICATIONS},
};

pub(super) type Records = BoxStream<'static, Result<ExportDataResponse, Status>>;

pub(super) async fn export_data(service: &Social, request: Request<ExportDataRequest>) -> Answer<Records> {
    let id = identity::caller(&request)?.account_id;
    let mut records = export::records(&service.pool, store::export::SOURCES, id).await?;
    hide(service, id, &mut records).await?;
    let responses = records.into_iter().map(|record| Ok(ExportDataResponse { record: Some(record) }));
    Ok(stream::iter(responses).boxed().into())
}

/// Keeps from the caller what the notifications say of who has blocked them, as elsewhere.
async fn hide(service: &Social, caller: Uuid, records: &mut [ExportedRecord]) -> Result<(), Error> {
    let actors: Vec<Uuid> = records.iter().filter_map(actor).collect();
    let known = service.accounts.relations(Some(caller), actors).await?;
    for record in records.iter_mut() {
        if actor(record).is_some_and(|actor| !known.contains_key(&actor)) {
            record.json = without_actor(&record.json);
        }
    }
    Ok(())
}

/// Who is behind a record, if it is a notification.
fn actor(record: &ExportedRecord) -> Option<Uuid> {
    if record.kind != NOTIFICATIONS {
        return None;
    }
    let row: Value = serde_json::from_str(&record.json).ok()?;
    row["actor_id"].as_str()?.parse().ok()
}

fn without_actor(json: &str) -> String {
    let mut row: Value = serde_json::from_str(json).unwrap_or_default();
    for column in ["actor_id", "subject_id", "content"] {
        row[column] = Value::Null;
    }
    row.to_string()
}
