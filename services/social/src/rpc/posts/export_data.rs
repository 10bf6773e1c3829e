//! ExportData: everything that the social service holds about the caller.

use connectus_platform::{export, identity};
use connectus_proto::social::v1::{ExportDataRequest, ExportDataResponse};
use futures::{StreamExt, stream, stream::BoxStream};
use tonic::{Request, Status};

use super::super::{Answer, Social};
use crate::store;

pub(super) type Records = BoxStream<'static, Result<ExportDataResponse, Status>>;

pub(super) async fn export_data(service: &Social, request: Request<ExportDataRequest>) -> Answer<Records> {
    let id = identity::caller(&request)?.account_id;
    let records = export::records(&service.pool, store::export::SOURCES, id).await?;
    let responses = records.into_iter().map(|record| Ok(ExportDataResponse { record: Some(record) }));
    Ok(stream::iter(responses).boxed().into())
}
