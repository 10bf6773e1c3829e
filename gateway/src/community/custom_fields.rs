//! Custom fields.

use axum::{extract::State, response::Response, routing::get};
use connectus_platform::peer::on_behalf;
use connectus_proto::community::v1::{
    CustomField as ProtoField, CustomFieldSetting, CustomFieldType, CustomFieldValue, ListCustomFieldsRequest,
    SetCustomFieldRequest, custom_field_value::Value as ProtoValue,
};
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    answer::{self, Outcome, Refusal, done, good},
    identities::identity,
    json::{Json, Parameters},
    operation::{Answer, Operation},
};
use crate::{
    route::{parameter, schema_of},
    upstream::Gateway,
};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        method: Method::GET,
        path: "/members/customFields",
        id: "getCustomFields",
        summary: "Lists the community's custom fields.",
        details: "",
        tag: "Contacts",
        is_deprecated: false,
        path_parameter: None,
        query: &[parameter("destinationSourceId", "string", "Only if the community has this source.")],
        body: None,
        answer: Answer::List(schema_of::<CustomField>),
        failures: &[],
        rpc: "ListCustomFields",
        handler: || get(list).post(set),
    },
    Operation {
        method: Method::POST,
        path: "/members/customFields",
        id: "setMemberCustomFieldValue",
        summary: "Sets a custom field of a member.",
        details: "Sources say the same with the person.",
        tag: "Members",
        is_deprecated: true,
        path_parameter: None,
        query: &[],
        body: Some(schema_of::<NewValue>),
        answer: Answer::Done,
        failures: &[400, 404, 413],
        rpc: "SetCustomField",
        handler: axum::routing::MethodRouter::new,
    },
];

/// What kind of values a custom field has.
#[derive(Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum FieldType {
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

/// What a type is called.
pub(super) fn type_name(kind: CustomFieldType) -> &'static str {
    match kind {
        CustomFieldType::Enum => "enum",
        CustomFieldType::Unspecified | CustomFieldType::String => "string",
        CustomFieldType::Date => "date",
        CustomFieldType::Int => "int",
        CustomFieldType::Number => "number",
        CustomFieldType::Url => "url",
        CustomFieldType::Boolean => "boolean",
    }
}

/// A custom field.
#[derive(Serialize, ToSchema)]
struct CustomField {
    id: i64,
    name: String,
    /// `enum`, `string`, `date`, `int`, `number`, `url` or `boolean`.
    r#type: &'static str,
    multivalue: bool,
    /// The values that one of type enum may have.
    values: Vec<String>,
}

impl From<ProtoField> for CustomField {
    fn from(field: ProtoField) -> Self {
        let (kind, multivalue) = (type_name(field.r#type()), field.is_multivalue);
        Self { id: field.id, name: field.name, r#type: kind, multivalue, values: field.values }
    }
}

/// One value.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Scalar {
    Text(String),
    Number(f64),
    Boolean(bool),
}

/// A value, or several of a field that has several.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
enum Scalars {
    One(Scalar),
    Many(Vec<Scalar>),
}

/// What a value is, and its type.
#[derive(Deserialize, ToSchema)]
struct TypedValue {
    r#type: FieldType,
    value: Scalars,
}

/// What a source says of a custom field.
#[derive(Deserialize, ToSchema)]
pub(super) struct FieldSetting {
    /// The field.
    id: i64,
    /// Its value from now on; without it, it is cleared.
    value: Option<TypedValue>,
}

impl From<Scalar> for CustomFieldValue {
    fn from(value: Scalar) -> Self {
        Self {
            value: Some(match value {
                Scalar::Text(text) => ProtoValue::Text(text),
                Scalar::Number(number) => ProtoValue::Number(number),
                Scalar::Boolean(boolean) => ProtoValue::Boolean(boolean),
            }),
        }
    }
}

impl Scalars {
    fn into_messages(self) -> Vec<CustomFieldValue> {
        match self {
            Self::One(value) => vec![value.into()],
            Self::Many(values) => values.into_iter().map(CustomFieldValue::from).collect(),
        }
    }
}

impl FieldSetting {
    /// The same as the rpcs have it.
    pub(super) fn into_message(self) -> CustomFieldSetting {
        let kind = self.value.as_ref().map_or(CustomFieldType::Unspecified, |value| value.r#type.into());
        let values = self.value.map(|value| value.value.into_messages()).unwrap_or_default();
        CustomFieldSetting { custom_field_id: self.id, r#type: kind.into(), values }
    }
}

/// A value as the API writes it.
pub(super) fn json(value: CustomFieldValue) -> Value {
    match value.value {
        Some(ProtoValue::Text(text)) => text.into(),
        #[allow(clippy::cast_possible_truncation)] // It has no fraction, and the service takes none that is larger.
        Some(ProtoValue::Number(number)) if number.fract() == 0.0 && number.abs() < 1e15 => (number as i64).into(),
        Some(ProtoValue::Number(number)) => number.into(),
        Some(ProtoValue::Boolean(boolean)) => boolean.into(),
        None => Value::Null,
    }
}

/// A custom field that is to be set, with one value or with several.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewValue {
    /// By what the member is known: `email`, `twitter`, `github`, `linkedin` or `discord`.
    #[schema(example = "email")]
    social_type: String,
    #[schema(example = "email@domail.com")]
    value: String,
    custom_field_id: i64,
    custom_field_value: Option<TypedValue>,
    #[schema(max_items = 100)]
    custom_field_values: Option<Vec<TypedValue>>,
}

async fn list(State(gateway): State<Gateway>, query: Parameters) -> Response {
    answer::answer(gateway.clone(), find(gateway, &query).await).await
}

async fn find(gateway: Gateway, query: &Parameters) -> Outcome {
    // What is no id is no source's; there is none with the id -1.
    let source_id = query.first("destinationSourceId").map_or(0, |source| source.parse().unwrap_or(-1));
    let response = gateway.community().list_custom_fields(on_behalf(ListCustomFieldsRequest { source_id })).await?;
    let (metadata, fields, _) = response.into_parts();
    let fields: Vec<CustomField> = fields.custom_fields.into_iter().map(CustomField::from).collect();
    Ok(good(StatusCode::OK, &metadata, fields))
}

async fn set(State(gateway): State<Gateway>, Json(new): Json<NewValue>) -> Response {
    answer::answer(gateway.clone(), set_value(gateway, new).await).await
}

async fn set_value(gateway: Gateway, new: NewValue) -> Outcome {
    let typed: Vec<TypedValue> = match (new.custom_field_value, new.custom_field_values) {
        (Some(value), None) => vec![value],
        (None, Some(values)) => values,
        _ => return Err(Refusal::field("customFieldValue", "is required, or else customFieldValues")),
    };
    let kind = typed.first().map_or(CustomFieldType::Unspecified, |value| value.r#type.into());
    let values = typed.into_iter().flat_map(|value| value.value.into_messages()).collect();
    let setting = CustomFieldSetting { custom_field_id: new.custom_field_id, r#type: kind.into(), values };
    let identity = Some(identity(&new.social_type, &new.value)?);
    let request = SetCustomFieldRequest { identity, setting: Some(setting) };
    let response = gateway.community().set_custom_field(on_behalf(request)).await?;
    Ok(done(response.metadata()))
}
