//! ExportData: everything that auth holds about the caller.

use connectus_platform::{context, export, identity};
use connectus_proto::auth::v1::{ExportDataRequest, ExportDataResponse};
use futures::{StreamExt, stream, stream::BoxStream};
use tonic::{Request, Status};

use super::{Answer, Auth};
use crate::{
    domain::event::{Event, EventKind},
    store,
};

pub(super) type Records = BoxStream<'static, Result<ExportDataResponse, Status>>;

pub(super) async fn export_data(auth: &Auth, request: Request<ExportDataRequest>) -> Answer<Records> {
    let caller = identity::caller(&request)?;
    let exported = Event::new(caller.account_id, EventKind::DataExported, context::client());
    store::events::record(&auth.pool, &exported).await?;
    let records = export::records(&auth.pool, store::export::SOURCES, caller.account_id).await?;
    let responses = records.into_iter().map(|record| Ok(ExportDataResponse { record: Some(record) }));
    Ok(stream::iter(responses).boxed().into())
}
