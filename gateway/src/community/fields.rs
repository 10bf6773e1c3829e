//! What the Community API calls the fields of the rpcs.

/// The messages whose fields it writes without them.
const FLAT: [&str; 5] = ["activity.", "user.", "setting.", "profile.", "identity."];

/// What it calls the field at a path of an rpc's request.
pub(super) fn published(path: &str) -> String {
    // Of an activity's user it speaks as of one.
    let (before, rest) = match path.strip_prefix("activity.user.") {
        Some(rest) => ("user.", rest),
        None => ("", path),
    };
    let mut name = rest;
    while let Some(inner) = FLAT.iter().find_map(|message| name.strip_prefix(message)) {
        name = inner;
    }
    let parts = name.split('.').map(part).collect::<Vec<_>>();
    format!("{before}{}", parts.join("."))
}

fn part(part: &str) -> String {
    let (name, index) = part.split_at(part.find('[').unwrap_or(part.len()));
    let name = match name {
        "title" => "activityTitle",
        "parent" => "parentActivity",
        "occur_time" => "timestamp",
        "identities" | "email" | "twitter" | "github" | "linkedin" | "discord" if index.starts_with('[') => "value",
        "source_id" => "destinationSourceId",
        "custom_field_id" => "customFieldId",
        name => return format!("{}{index}", camel(name)),
    };
    format!("{name}{index}")
}

/// A name in camel case.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |camel, word| {
        let mut letters = word.chars();
        let initial = letters.next().map(|letter| letter.to_ascii_uppercase());
        camel + &initial.into_iter().chain(letters).collect::<String>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_named_as_the_api_has_them() {
        for (path, name) in [
            ("user.id", "id"),
            ("user.profile.email", "email"),
            ("user.profile.external_profiles[1].url", "externalProfiles[1].url"),
            ("user.custom_fields[0].values", "customFields[0].values"),
            ("activity.title", "activityTitle"),
            ("activity.user.profile.full_name", "user.fullName"),
            ("activity.parent.activity_type", "parentActivity.activityType"),
            ("activity.occur_time", "timestamp"),
            ("identity.email", "email"),
            ("entity_types", "entityTypes"),
        ] {
            assert_eq!(published(path), name);
        }
    }
}
