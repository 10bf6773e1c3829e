//! ExportData: everything that the account service holds about the caller.

use connectus_platform::{export, identity};
use connectus_proto::account::v1::{ExportDataRequest, ExportDataResponse};
use futures::stream;
use tonic::Request;

use super::{Accounts, Answer, Export};
use crate::store::export::SOURCES;

pub(super) async fn export_data(service: &Accounts, request: Request<ExportDataRequest>) -> Answer<Export> {
    let id = identity::caller(&request)?.account_id;
    let records = export::records(&service.pool, &SOURCES, id).await?;
    let answers: Vec<_> = records.into_iter().map(|record| Ok(ExportDataResponse { record: Some(record) })).collect();
    Ok(stream::iter(answers).into())
}
