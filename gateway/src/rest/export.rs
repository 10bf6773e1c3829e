//! Everything that the suite holds about the caller, as one JSON file.

use std::{collections::BTreeMap, future::ready};

use axum::{
    body::{Body, Bytes},
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use connectus_platform::peer::on_behalf;
use connectus_proto::{
    account::v1 as account, auth::v1 as auth, common::v1::ExportedRecord, experience::v1 as experience,
    social::v1 as social,
};
use futures::{
    StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use http::{
    HeaderValue, Method,
    header::{CONTENT_DISPOSITION, CONTENT_TYPE},
};
use serde_json::Value;
use tonic::Status;
use utoipa::ToSchema;

use crate::{
    failure::Failure,
    route::{Answer, Auth, INTERNAL, Origin, Route, schema_of},
    upstream::Gateway,
};

pub(super) const ROUTES: &[Route] = &[Route {
    method: Method::GET,
    path: "/v1/account/export",
    summary: "Everything that the suite holds about the caller, as one JSON file.",
    details: "What only guards it, such as hashes of passwords, is left out.",
    origin: Origin::Added,
    auth: Auth::Token,
    query: &[],
    rpcs: &[
        "connectus.auth.v1.AuthService/ExportData",
        "connectus.account.v1.AccountService/ExportData",
        "connectus.experience.v1.ExperienceService/ExportData",
        "connectus.social.v1.PostService/ExportData",
    ],
    body: None,
    answer: Answer::File(schema_of::<Export>),
    errors: &[INTERNAL],
    handler: || get(export),
}];

/// What each service holds: lists of records, by the names of their tables.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes what is written piece by piece")]
struct Export {
    auth: BTreeMap<String, Vec<Record>>,
    account: BTreeMap<String, Vec<Record>>,
    experience: BTreeMap<String, Vec<Record>>,
    social: BTreeMap<String, Vec<Record>>,
}

/// A record, with the columns of its table.
#[derive(ToSchema)]
#[schema(value_type = Object)]
#[expect(dead_code, reason = "likewise")]
struct Record(Value);

/// What a service holds, kind by kind.
type Records = BoxStream<'static, Result<ExportedRecord, Status>>;

async fn export(State(gateway): State<Gateway>) -> Result<Response, Failure> {
    let auth = gateway.auth().export_data(on_behalf(auth::ExportDataRequest {})).await?.into_inner();
    let account = gateway.account().export_data(on_behalf(account::ExportDataRequest {})).await?.into_inner();
    let experience = gateway.experience().export_data(on_behalf(experience::ExportDataRequest {})).await?.into_inner();
    let social = gateway.posts().export_data(on_behalf(social::ExportDataRequest {})).await?.into_inner();
    let auth = begun(auth.map_ok(|message| message.record.unwrap_or_default()).boxed()).await?;
    let account = begun(account.map_ok(|message| message.record.unwrap_or_default()).boxed()).await?;
    let experience = begun(experience.map_ok(|message| message.record.unwrap_or_default()).boxed()).await?;
    let social = begun(social.map_ok(|message| message.record.unwrap_or_default()).boxed()).await?;
    let services = [("auth", auth), ("account", account), ("experience", experience), ("social", social)];
    let body = Body::from_stream(file(services));
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"connectus-export.json\"")),
    ];
    Ok((headers, body).into_response())
}

/// Waits for the first record, so that what fails before it is the route's error.
async fn begun(mut records: Records) -> Result<Records, Status> {
    let first = records.try_next().await?;
    Ok(stream::iter(first.map(Ok)).chain(records).boxed())
}

/// The file, piece by piece. A failure in the middle breaks it off: what is not whole shall not look so.
fn file<const N: usize>(services: [(&'static str, Records); N]) -> BoxStream<'static, Result<Bytes, Status>> {
    let services = services.into_iter().zip(["{"].into_iter().chain(std::iter::repeat(",")));
    let members = services.map(|((service, records), before)| {
        let open = format!("{before}\"{service}\":{{");
        stream::iter([Ok(open)]).chain(members(records))
    });
    let pieces = stream::iter(members).flatten().chain(stream::iter([Ok("}".to_owned())]));
    let pieces = pieces.inspect_err(|status| tracing::warn!(code = ?status.code(), "an export breaks off"));
    pieces.map_ok(Bytes::from).boxed()
}

/// The records as the members of an object: a list for each kind.
fn members(records: Records) -> BoxStream<'static, Result<String, Status>> {
    let with_end = records.map_ok(Some).chain(stream::iter([Ok(None)]));
    with_end.scan(None, |kind, record| ready(Some(record.map(|record| piece(kind, record))))).boxed()
}

/// What is written for the next record, or for the end, after one of some kind.
fn piece(kind: &mut Option<String>, next: Option<ExportedRecord>) -> String {
    let Some(next) = next else {
        return if kind.is_some() { "]}" } else { "}" }.to_owned();
    };
    if kind.as_ref() == Some(&next.kind) {
        return format!(",{}", next.json);
    }
    let before = if kind.is_some() { "]," } else { "" };
    let piece = format!("{before}{}:[{}", Value::from(next.kind.as_str()), next.json);
    *kind = Some(next.kind);
    piece
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn records(records: Vec<Result<(&str, Value), Status>>) -> Records {
        let record = |(kind, json): (&str, Value)| ExportedRecord { kind: kind.to_owned(), json: json.to_string() };
        stream::iter(records.into_iter().map(|next| next.map(record)).collect::<Vec<_>>()).boxed()
    }

    async fn written(records: Records) -> Result<Value, Status> {
        let none = stream::empty().boxed();
        let pieces: Vec<Bytes> = file([("one", records), ("other", none)]).try_collect().await?;
        Ok(serde_json::from_slice(&pieces.concat()).unwrap())
    }

    #[tokio::test]
    async fn records_are_lists_by_their_kind() {
        let some = vec![Ok(("a", json!({"x": "\"}"}))), Ok(("a", json!({"x": 2}))), Ok(("b\"", json!({})))];
        let expected = json!({"one": {"a": [{"x": "\"}"}, {"x": 2}], "b\"": [{}]}, "other": {}});
        assert_eq!(written(records(some)).await.unwrap(), expected);
        assert_eq!(written(records(Vec::new())).await.unwrap(), json!({"one": {}, "other": {}}));
    }

    #[tokio::test]
    async fn what_fails_before_the_first_record_is_told_at_once_and_what_fails_later_breaks_it_off() {
        let failure = || Err(Status::internal("x"));
        assert!(begun(records(vec![failure()])).await.is_err());
        let later = begun(records(vec![Ok(("a", json!({}))), failure(), Ok(("a", json!({})))])).await.unwrap();
        let pieces: Vec<_> = file([("one", later)]).take_while(|piece| ready(piece.is_ok())).collect().await;
        assert_eq!(pieces.len(), 2, "nothing that closes it");
        assert!(written(records(vec![Ok(("a", json!({}))), failure()])).await.is_err());
    }

    #[tokio::test]
    async fn an_empty_service_has_begun_too() {
        assert_eq!(begun(records(Vec::new())).await.unwrap().count().await, 0);
    }
}
