//! What a community's data is made of: sources, custom fields, segments and activity types.

use axum::{Json, extract::State, routing::post};
use connectus_platform::peer::on_behalf;
use connectus_proto::{
    common::v1::ErrorReason,
    community::v1::{
        self as proto, CreateActivityTypeRequest, CreateCustomFieldRequest, CreateSegmentRequest, CreateSourceRequest,
        CustomFieldType, SegmentStructure,
    },
};
use http::Method;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Params, communities::NOT_FOUND, opportunities::ORGANIZATIONS_ONLY};
use crate::{
    body::Body,
    failure::Failure,
    route::{Answer, Auth, BAD_QUERY, Cause, ErrorCode, INTERNAL, Origin, Route, error, schema_of},
    upstream::Gateway,
};

/// The error of something whose name the community has already.
pub(super) const NAME_TAKEN: ErrorCode =
    error(4003, 409, "Name already taken.", &[Cause::Reason(ErrorReason::NameTaken)])
        .when("The community has one whose name differs in case at most.");

/// The error of a community that has as many of something as there may be.
pub(super) const fn limit(message: &'static str) -> ErrorCode {
    error(4004, 409, message, &[Cause::Reason(ErrorReason::LimitReached)]).when("The community has 200 of them.")
}

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::POST,
        path: "/v1/communities/{id}/sources",
        summary: "Makes a source that a community's data may come from.",
        details: "",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.community.v1.ManagementService/CreateSource"],
        body: Some(schema_of::<NewSource>),
        answer: Answer::Json(schema_of::<CreatedSource>),
        errors: &[NOT_FOUND, INTERNAL, ORGANIZATIONS_ONLY, NAME_TAKEN, limit("Source limit reached."), BAD_QUERY],
        handler: || post(create_source),
    },
    Route {
        method: Method::POST,
        path: "/v1/communities/{id}/custom-fields",
        summary: "Makes a custom field of a community's members.",
        details: "",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.community.v1.ManagementService/CreateCustomField"],
        body: Some(schema_of::<NewCustomField>),
        answer: Answer::Json(schema_of::<CreatedCustomField>),
        errors: &[NOT_FOUND, INTERNAL, ORGANIZATIONS_ONLY, NAME_TAKEN, limit("Custom field limit reached."), BAD_QUERY],
        handler: || post(create_custom_field),
    },
    Route {
        method: Method::POST,
        path: "/v1/communities/{id}/segments",
        summary: "Makes a segment of a community's members, with its statuses.",
        details: "",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.community.v1.ManagementService/CreateSegment"],
        body: Some(schema_of::<NewSegment>),
        answer: Answer::Json(schema_of::<CreatedSegment>),
        errors: &[NOT_FOUND, INTERNAL, ORGANIZATIONS_ONLY, NAME_TAKEN, limit("Segment limit reached."), BAD_QUERY],
        handler: || post(create_segment),
    },
    Route {
        method: Method::POST,
        path: "/v1/communities/{id}/activity-types",
        summary: "Makes a type of what a community's members do.",
        details: "",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.community.v1.ManagementService/CreateActivityType"],
        body: Some(schema_of::<NewActivityType>),
        answer: Answer::Json(schema_of::<CreatedActivityType>),
        errors: &[
            NOT_FOUND,
            INTERNAL,
            ORGANIZATIONS_ONLY,
            NAME_TAKEN.when("The community has one of this id."),
            limit("Activity type limit reached."),
            BAD_QUERY,
        ],
        handler: || post(create_activity_type),
    },
];

/// Where a community's data comes from.
#[derive(Serialize, ToSchema)]
#[schema(as = CommunitySource)]
pub(super) struct Source {
    id: i64,
    name: String,
}

impl From<proto::Source> for Source {
    fn from(source: proto::Source) -> Self {
        Self { id: source.id, name: source.name }
    }
}

/// Something that a community wants to know of its members, beyond what every profile has.
#[derive(Serialize, ToSchema)]
pub(super) struct CustomField {
    id: i64,
    name: String,
    /// `enum`, `string`, `date`, `int`, `number`, `url` or `boolean`.
    r#type: &'static str,
    /// Whether a member may have several values.
    multivalue: bool,
    /// The values that it may have, of one of type `enum`.
    values: Vec<String>,
}

impl From<proto::CustomField> for CustomField {
    fn from(field: proto::CustomField) -> Self {
        Self {
            r#type: kind(field.r#type()),
            id: field.id,
            name: field.name,
            multivalue: field.is_multivalue,
            values: field.values,
        }
    }
}

/// A group that a community puts members into.
#[derive(Serialize, ToSchema)]
pub(super) struct Segment {
    id: i64,
    name: String,
    /// What its members may stand at, in their order.
    statuses: Vec<SegmentStatus>,
}

/// Where a member of a segment may stand in it.
#[derive(Serialize, ToSchema)]
pub(super) struct SegmentStatus {
    id: i64,
    name: String,
}

impl From<SegmentStructure> for Segment {
    fn from(structure: SegmentStructure) -> Self {
        let proto::Segment { id, name } = structure.segment.unwrap_or_default();
        let status = |proto::SegmentStatus { id, name }| SegmentStatus { id, name };
        Self { id, name, statuses: structure.statuses.into_iter().map(status).collect() }
    }
}

/// A kind of thing that members do.
#[derive(Serialize, ToSchema)]
pub(super) struct ActivityType {
    id: String,
    /// What it is called.
    #[serde(rename = "displayName")]
    display_name: String,
}

impl From<proto::ActivityType> for ActivityType {
    fn from(made: proto::ActivityType) -> Self {
        Self { id: made.id, display_name: made.display_name }
    }
}

/// What the published API calls a type of custom fields.
pub(super) fn kind(kind: CustomFieldType) -> &'static str {
    match kind {
        CustomFieldType::Unspecified => "",
        CustomFieldType::Enum => "enum",
        CustomFieldType::String => "string",
        CustomFieldType::Date => "date",
        CustomFieldType::Int => "int",
        CustomFieldType::Number => "number",
        CustomFieldType::Url => "url",
        CustomFieldType::Boolean => "boolean",
    }
}

/// A source that is to be made.
#[derive(Deserialize, ToSchema)]
struct NewSource {
    /// 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
}

/// A custom field that is to be made.
#[derive(Deserialize, ToSchema)]
struct NewCustomField {
    /// 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    r#type: FieldType,
    /// Whether a member may have several values.
    #[serde(default)]
    multivalue: bool,
    /// The values that one of type `enum` may have: 1 to 200, each of 1 to 200 characters. Others have none.
    #[serde(default)]
    #[schema(max_items = 200)]
    values: Vec<String>,
}

/// What kind of values a custom field has.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = CustomFieldType)]
enum FieldType {
    Enum,
    String,
    Date,
    Int,
    Number,
    Url,
    Boolean,
}

impl From<FieldType> for CustomFieldType {
    fn from(kind: FieldType) -> Self {
        match kind {
            FieldType::Enum => Self::Enum,
            FieldType::String => Self::String,
            FieldType::Date => Self::Date,
            FieldType::Int => Self::Int,
            FieldType::Number => Self::Number,
            FieldType::Url => Self::Url,
            FieldType::Boolean => Self::Boolean,
        }
    }
}

/// A segment that is to be made.
#[derive(Deserialize, ToSchema)]
struct NewSegment {
    /// 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// What its members may stand at, in their order: up to 50 names, each of 1 to 100 characters.
    #[serde(default)]
    #[schema(max_items = 50)]
    statuses: Vec<String>,
}

/// An activity type that is to be made.
#[derive(Deserialize, ToSchema)]
struct NewActivityType {
    /// 1 to 100 small letters, digits, `_` and `-`.
    #[schema(min_length = 1, max_length = 100, pattern = "^[a-z0-9_-]+$")]
    id: String,
    /// What it is called, 1 to 100 characters.
    #[serde(rename = "displayName")]
    #[schema(min_length = 1, max_length = 100)]
    display_name: String,
}

/// The answer to a new source.
#[derive(Serialize, ToSchema)]
struct CreatedSource {
    /// `200 - OK`.
    message: &'static str,
    #[serde(flatten)]
    source: Source,
}

/// The answer to a new custom field.
#[derive(Serialize, ToSchema)]
struct CreatedCustomField {
    /// `200 - OK`.
    message: &'static str,
    #[serde(flatten)]
    field: CustomField,
}

/// The answer to a new segment.
#[derive(Serialize, ToSchema)]
struct CreatedSegment {
    /// `200 - OK`.
    message: &'static str,
    #[serde(flatten)]
    segment: Segment,
}

/// The answer to a new activity type.
#[derive(Serialize, ToSchema)]
struct CreatedActivityType {
    /// `200 - OK`.
    message: &'static str,
    #[serde(flatten)]
    activity_type: ActivityType,
}

async fn create_source(
    State(gateway): State<Gateway>,
    Params(community_id): Params<String>,
    Body(NewSource { name }): Body<NewSource>,
) -> Result<Json<CreatedSource>, Failure> {
    let request = on_behalf(CreateSourceRequest { community_id, name });
    let response = gateway.communities().create_source(request).await?.into_inner();
    Ok(Json(CreatedSource { message: "200 - OK", source: response.source.unwrap_or_default().into() }))
}

async fn create_custom_field(
    State(gateway): State<Gateway>,
    Params(community_id): Params<String>,
    Body(NewCustomField { name, r#type, multivalue, values }): Body<NewCustomField>,
) -> Result<Json<CreatedCustomField>, Failure> {
    let kind = CustomFieldType::from(r#type).into();
    let request = CreateCustomFieldRequest { community_id, name, r#type: kind, is_multivalue: multivalue, values };
    let response = gateway.communities().create_custom_field(on_behalf(request)).await?.into_inner();
    Ok(Json(CreatedCustomField { message: "200 - OK", field: response.custom_field.unwrap_or_default().into() }))
}

async fn create_segment(
    State(gateway): State<Gateway>,
    Params(community_id): Params<String>,
    Body(NewSegment { name, statuses }): Body<NewSegment>,
) -> Result<Json<CreatedSegment>, Failure> {
    let request = on_behalf(CreateSegmentRequest { community_id, name, statuses });
    let response = gateway.communities().create_segment(request).await?.into_inner();
    let structure = SegmentStructure { segment: response.segment, statuses: response.statuses };
    Ok(Json(CreatedSegment { message: "200 - OK", segment: structure.into() }))
}

async fn create_activity_type(
    State(gateway): State<Gateway>,
    Params(community_id): Params<String>,
    Body(NewActivityType { id, display_name }): Body<NewActivityType>,
) -> Result<Json<CreatedActivityType>, Failure> {
    let request = on_behalf(CreateActivityTypeRequest { community_id, id, display_name });
    let response = gateway.communities().create_activity_type(request).await?.into_inner();
    let activity_type = response.activity_type.unwrap_or_default().into();
    Ok(Json(CreatedActivityType { message: "200 - OK", activity_type }))
}
