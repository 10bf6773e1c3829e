//! What the published API calls the fields of the rpcs.

/// The messages whose fields REST writes without them.
const FLAT: [&str; 11] = [
    "account.user.",
    "account.organization.",
    "account.",
    "content.",
    "details.",
    "profile.user.",
    "profile.organization.",
    "settings.user.",
    "settings.organization.",
    "user.",
    "organization.",
];

/// What the published API calls the field at a path of an rpc's request.
pub(crate) fn published(path: &str) -> String {
    let name = FLAT.iter().find_map(|message| path.strip_prefix(message)).unwrap_or(path);
    let name = match name {
        "account_type" | "activity_type" => "type",
        "affiliated_organization_ids" => "affiliated_orgs",
        "area" | "area.center" | "area.center.latitude" | "area.center.longitude" => "near",
        "area.radius_km" => "radius_km",
        "avatar_url" => "avatar",
        "begin" => "when.begin",
        "blocked_account_ids" => "blocked_users",
        "decision" => "approve",
        "display_name" => "displayName",
        "end" => "when.end",
        "from_time" => "from",
        "header_url" => "header",
        "is_multivalue" => "multivalue",
        "last_notification_id" => "last_event_id",
        "member_id" => "member",
        "notification_id" => "id",
        "opportunity_id" => "opportunity",
        "page_size" => "limit",
        "page_token" => "cursor",
        "query" => "q",
        "reply_to_id" => "reply_to",
        "segment_id" => "segment",
        "shift_id" => "shift",
        "source_id" => "source",
        "text" => "content",
        "to_time" => "to",
        "validator" | "validator.email" | "validator.organization_id" => "organization",
        name => name,
    };
    if let Some(shift) = name.strip_prefix("shifts") {
        let shift = shift.replace("shift_id", "id").replace("begin_time", "begin").replace("end_time", "end");
        return format!("shift_times{shift}");
    }
    match name.split_once(".point") {
        None => name.to_owned(),
        Some((address, "")) => format!("{address}.geojson"),
        Some((address, _)) => format!("{address}.geojson.coordinates"),
    }
}
