//! The route tables against the contracts of the rpcs.

use std::collections::BTreeSet;

use connectus_proto::common::v1::ErrorReason;
use http::Method;
use prost_reflect::{DescriptorPool, Kind, MessageDescriptor, MethodDescriptor, Value as Reflected};
use serde_json::Value;

use super::{fields::published, routes};
use crate::{
    openapi,
    route::{Answer, Auth, Cause, Route},
};

/// What the rpcs of all routes answer for the caller's own alias, `me`, is left out where a path may not say it.
const ONLY_FOR_ME: [(&str, ErrorReason); 2] = [
    ("/v1/accounts/{id}/experiences", ErrorReason::UserAccountRequired),
    ("/v1/accounts/{id}/opportunities", ErrorReason::OrganizationAccountRequired),
];

/// Fields that no client fills in: the path, the token or the gateway does, and what they name is looked up, not checked.
const NOT_FROM_THE_BODY: [&str; 11] = [
    "account_id",
    "community_id",
    "experience_id",
    "merge_id",
    "opportunity_id",
    "organization_id",
    "post_id",
    "request_id",
    "token",
    "update_mask",
    "user_id",
];

/// What of an account its owner may change, as UpdateAccountRequest has it; the rest is not read.
const OF_AN_ACCOUNT: [&str; 8] = [
    "account.avatar_url",
    "account.header_url",
    "account.user.first_name",
    "account.user.middle_name",
    "account.user.last_name",
    "account.user.birthday",
    "account.user.gender",
    "account.organization.preferred_name",
];

fn contracts() -> DescriptorPool {
    DescriptorPool::decode(connectus_proto::FILE_DESCRIPTOR_SET).unwrap()
}

fn rpcs_of(route: &Route, contracts: &DescriptorPool) -> Vec<MethodDescriptor> {
    let find = |path: &&str| {
        let (service, rpc) = path.split_once('/').unwrap();
        let service = contracts.get_service_by_name(service).unwrap();
        service.methods().find(|method| method.name() == rpc).unwrap_or_else(|| panic!("{path} is no rpc"))
    };
    route.rpcs.iter().map(find).collect()
}

fn option(rpc: &MethodDescriptor, contracts: &DescriptorPool, name: &str) -> Reflected {
    let extension = contracts.get_extension_by_name(&format!("connectus.common.v1.{name}")).unwrap();
    rpc.options().get_extension(&extension).into_owned()
}

/// The reasons that the contract of a route's rpc lists.
fn failures(rpc: &MethodDescriptor, contracts: &DescriptorPool) -> Vec<ErrorReason> {
    let failures = option(rpc, contracts, "failures");
    let numbers = failures.as_list().unwrap().iter().map(|reason| reason.as_enum_number().unwrap());
    numbers.map(|number| ErrorReason::try_from(number).unwrap()).collect()
}

/// Every cause that a route must have an answer for.
fn causes(route: &Route, contracts: &DescriptorPool) -> Vec<Cause> {
    let rpcs = rpcs_of(route, contracts);
    let mut reasons: Vec<ErrorReason> = rpcs.iter().flat_map(|rpc| failures(rpc, contracts)).collect();
    reasons.retain(|reason| !ONLY_FOR_ME.contains(&(route.path, *reason)));
    if route.auth == Auth::Token {
        reasons.extend([
            ErrorReason::TokenMissing,
            ErrorReason::TokenInvalid,
            ErrorReason::AccessUnknown,
            ErrorReason::EmailUnverified,
        ]);
    }
    if route.method == Method::POST {
        reasons.extend([ErrorReason::IdempotencyKeyReused, ErrorReason::IdempotencyKeyInUse]);
    }
    let mut causes: Vec<Cause> = reasons.into_iter().map(Cause::Reason).collect();
    if !rpcs.is_empty() {
        causes.push(Cause::Internal);
    }
    if route.body.is_some() || route.method == Method::POST || matches!(route.answer, Answer::List(_)) {
        causes.push(Cause::BadQuery);
    }
    causes
}

#[test]
fn every_reason_that_an_rpc_can_fail_with_has_a_code_in_its_routes() {
    let contracts = contracts();
    assert!(causes(routes().next().unwrap(), &contracts).contains(&Cause::Reason(ErrorReason::LoginRefused)));
    for route in routes() {
        for cause in causes(route, &contracts) {
            assert!(route.error_for(cause).is_some(), "{} {} has no code for {cause:?}", route.method, route.path);
        }
    }
}

#[test]
fn a_route_whose_rpc_needs_a_caller_needs_a_token() {
    let contracts = contracts();
    for route in routes() {
        let needs_caller = |rpc| option(rpc, &contracts, "caller_required").as_bool().unwrap();
        let is_needed = rpcs_of(route, &contracts).iter().any(needs_caller);
        assert!(!is_needed || route.auth == Auth::Token, "{} {}", route.method, route.path);
    }
}

#[test]
fn no_route_has_two_codes_for_one_cause_or_two_causes_of_one_number() {
    for route in routes() {
        let causes: Vec<_> = route.all_errors().flat_map(|error| error.causes).collect();
        for cause in &causes {
            let times = causes.iter().filter(|other| *other == cause).count();
            assert_eq!(times, 1, "{} {}: {cause:?}", route.method, route.path);
        }
        if !matches!(route.answer, Answer::Html) {
            let codes: BTreeSet<u16> = route.all_errors().map(|error| error.code).collect();
            assert_eq!(codes.len(), route.all_errors().count(), "{} {}", route.method, route.path);
        }
    }
}

/// Every path that an rpc can name as invalid.
fn paths(message: &MessageDescriptor, prefix: &str) -> Vec<String> {
    let mut found = Vec::new();
    for field in message.fields() {
        let path = format!("{prefix}{}", field.name());
        let Kind::Message(inner) = field.kind() else {
            found.push(path);
            continue;
        };
        let (is_whole, has_parts) = match inner.full_name() {
            "connectus.common.v1.Date" | "google.protobuf.Timestamp" => (true, false),
            // Each is named, and so are the parts that it has.
            "connectus.common.v1.Address" | "connectus.common.v1.GeoPoint" | "connectus.experience.v1.Validator" => {
                (true, true)
            }
            "google.protobuf.FieldMask" => (false, false),
            _ => (false, true),
        };
        if has_parts {
            found.extend(paths(&inner, &format!("{path}.")));
        }
        if is_whole {
            found.push(path);
        }
    }
    found
}

/// Whether a schema of the document has a field at a path.
fn has_field(document: &Value, schema: &Value, path: &str) -> bool {
    if let Some(reference) = schema["$ref"].as_str() {
        return has_field(document, document.pointer(&reference[1..]).unwrap(), path);
    }
    if schema["items"].is_object() {
        return has_field(document, &schema["items"], path);
    }
    let choices = ["oneOf", "anyOf", "allOf"].into_iter().filter_map(|choice| schema[choice].as_array()).flatten();
    if choices.into_iter().any(|choice| has_field(document, choice, path)) {
        return true;
    }
    if schema["type"] == "array" {
        return has_field(document, &schema["items"], path);
    }
    match path.split_once('.') {
        None => !schema["properties"][path].is_null(),
        Some((name, rest)) => has_field(document, &schema["properties"][name], rest),
    }
}

fn is_published(document: &Value, route: &Route, name: &str) -> bool {
    let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    parameters.into_iter().any(|parameter| parameter["name"] == name) || has_field(document, body, name)
}

#[test]
fn a_client_is_told_the_names_that_it_knows_of_whatever_field_is_invalid() {
    let (contracts, document) = (contracts(), openapi::document());
    let mut checked = 0;
    for route in routes().filter(|route| route.error_for(Cause::BadQuery).is_some()) {
        let paths = rpcs_of(route, &contracts).into_iter().flat_map(|rpc| paths(&rpc.input(), ""));
        let is_read = |path: &str| !path.starts_with("account.") || OF_AN_ACCOUNT.contains(&path);
        for path in paths.filter(|path| !NOT_FROM_THE_BODY.contains(&path.as_str()) && is_read(path)) {
            let name = published(&path);
            assert!(is_published(&document, route, &name), "{} {}: {path} is {name}", route.method, route.path);
            checked += 1;
        }
    }
    assert!(checked > 60, "only {checked} paths");
}

#[test]
fn names_are_those_of_the_published_api() {
    for (path, name) in [
        ("email", "email"),
        ("user.first_name", "first_name"),
        ("organization.preferred_name", "preferred_name"),
        ("account.user.last_name", "last_name"),
        ("account.organization.preferred_name", "preferred_name"),
        ("account.avatar_url", "avatar"),
        ("profile.user.biography", "biography"),
        ("profile.organization.affiliated_organization_ids", "affiliated_orgs"),
        ("profile.organization.address.city", "address.city"),
        ("profile.organization.address.point.longitude", "address.geojson.coordinates"),
        ("settings.user.blocked_account_ids", "blocked_users"),
        ("details.name", "name"),
        ("details.begin", "when.begin"),
        ("details.opportunity_id", "opportunity"),
        ("details.tags", "tags"),
        ("shifts", "shift_times"),
        ("shifts[3].begin_time", "shift_times[3].begin"),
        ("shifts[3].shift_id", "shift_times[3].id"),
        ("shift_id", "shift"),
        ("query", "q"),
        ("area.center.longitude", "near"),
        ("area.radius_km", "radius_km"),
        ("from_time", "from"),
        ("details.location.point", "location.geojson"),
        ("validator.email", "organization"),
        ("validator", "organization"),
        ("decision", "approve"),
        ("page_size", "limit"),
        ("page_token", "cursor"),
        ("query", "q"),
        ("account_type", "type"),
        ("area.center", "near"),
        ("area.center.longitude", "near"),
        ("area.radius_km", "radius_km"),
        ("segment_id", "segment"),
        ("source_id", "source"),
        ("member_id", "member"),
        ("activity_type", "type"),
        ("display_name", "displayName"),
        ("is_multivalue", "multivalue"),
        ("values[1]", "values[1]"),
    ] {
        assert_eq!(published(path), name);
    }
}
