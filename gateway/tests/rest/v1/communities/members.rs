//! `GET /v1/communities/:id/members`.

use connectus_proto::community::v1::{
    CustomFieldSetting, CustomFieldValue, ExternalProfile, Profile, SourceUser, TagAssignment,
    custom_field_value::Value as Given, tag_assignment::Tag,
};
use connectus_testkit::Suite;
use serde_json::{Value, json};

use super::{Gathering, NOWHERE, assert_now, make};

fn user(id: &str, profile: Profile) -> SourceUser {
    SourceUser { id: id.to_owned(), profile: Some(profile), ..SourceUser::default() }
}

fn with_email(id: &str) -> SourceUser {
    user(id, Profile { email: format!("{id}@example.org"), ..Profile::default() })
}

/// Everything that a source may say of a profile.
fn whole(id: &str) -> SourceUser {
    let text = |field: &str| format!("{id}'s {field}");
    user(
        id,
        Profile {
            full_name: text("full name"),
            first_name: text("first name"),
            last_name: text("last name"),
            username: text("username"),
            avatar_url: "https://example.org/a.png".to_owned(),
            bio: text("bio"),
            email: format!("{id}@example.org"),
            linkedin: format!("in/{id}"),
            github: id.to_owned(),
            twitter: id.to_owned(),
            discord: id.to_owned(),
            youtube: text("channel"),
            external_profiles: vec![ExternalProfile { url: "https://example.org/".to_owned(), name: text("blog") }],
            role_at_company: text("role"),
            title_at_company: text("title"),
            company_name: text("company"),
            company_domain: "example.org".to_owned(),
            country: text("country"),
            city: text("city"),
            region: text("region"),
            raw_location: text("place"),
        },
    )
}

fn profile(id: &str) -> Value {
    json!({
        "full_name": format!("{id}'s full name"), "first_name": format!("{id}'s first name"),
        "last_name": format!("{id}'s last name"), "username": format!("{id}'s username"),
        "avatar_url": "https://example.org/a.png", "bio": format!("{id}'s bio"), "email": format!("{id}@example.org"),
        "linkedin": format!("in/{id}"), "github": id, "twitter": id, "discord": id, "youtube": format!("{id}'s channel"),
        "external_profiles": [{"url": "https://example.org/", "name": format!("{id}'s blog")}],
        "role_at_company": format!("{id}'s role"), "title_at_company": format!("{id}'s title"),
        "company_name": format!("{id}'s company"), "company_domain": "example.org", "country": format!("{id}'s country"),
        "city": format!("{id}'s city"), "region": format!("{id}'s region"), "raw_location": format!("{id}'s place"),
    })
}

/// The addresses of a list, in its order.
fn emails(list: &[Value]) -> Vec<&str> {
    list.iter().map(|member| member["profile"]["email"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_member_is_shown_as_all_sources_know_them() {
    let gathering = Gathering::start(Suite::start().await).await;
    let Gathering { suite, help, path, .. } = &gathering;
    let mut settings = Vec::new();
    let mut expected = Vec::new();
    for (kind, given, shown) in [
        ("string", Given::Text("blue".to_owned()), json!("blue")),
        ("int", Given::Number(-12.0), json!(-12)),
        ("number", Given::Number(1.5), json!(1.5)),
        ("boolean", Given::Boolean(false), json!(false)),
    ] {
        let field = make(suite, help, &format!("{path}/custom-fields"), &json!({"name": kind, "type": kind})).await;
        let values = vec![CustomFieldValue { value: Some(given) }];
        let custom_field_id = field["id"].as_i64().unwrap();
        settings.push(CustomFieldSetting { custom_field_id, values, ..CustomFieldSetting::default() });
        expected.push(json!({"id": custom_field_id, "name": kind, "type": kind, "values": [shown]}));
    }
    let tags = ["zeal", "care"].map(|name| TagAssignment { tag: Some(Tag::Name(name.to_owned())) }).into();
    gathering.says(gathering.forum, SourceUser { tags, custom_fields: settings, ..whole("ann") }).await;
    gathering.list("members", 1).await;
    let segment =
        make(suite, help, &format!("{path}/segments"), &json!({"name": "Helpers", "statuses": ["new"]})).await;
    gathering.puts_into(segment["id"].as_i64().unwrap(), "ann@example.org").await;
    let [member] = gathering.list("members", 1).await.try_into().unwrap();
    assert_now(&member["first_seen_at"]);
    let shown = json!({
        "id": member["id"], "profile": profile("ann"), "activities_count": 0, "first_seen_at": member["first_seen_at"],
        "last_active_at": 0, "tags": ["care", "zeal"], "segments": [{"id": segment["id"], "name": "Helpers"}],
        "custom_fields": expected, "anonymized_at": 0,
    });
    assert_eq!(member, shown);
}

#[tokio::test]
async fn members_are_listed_by_segment_tag_and_source_and_page_by_page() {
    let gathering = Gathering::start(Suite::start().await).await;
    let (forum, shop) = (gathering.forum, gathering.shop);
    let tags = vec![TagAssignment { tag: Some(Tag::Name("Café".to_owned())) }];
    gathering.says(forum, with_email("ann")).await;
    gathering.list("members", 1).await;
    gathering.says(forum, SourceUser { tags, ..with_email("ben") }).await;
    gathering.list("members", 2).await;
    gathering.says(shop, with_email("cleo")).await;
    gathering.says(shop, with_email("ann")).await;
    let body = json!({"name": "Helpers"});
    let segment = make(&gathering.suite, &gathering.help, &format!("{}/segments", gathering.path), &body).await;
    gathering.list("members", 3).await;
    gathering.puts_into(segment["id"].as_i64().unwrap(), "ben@example.org").await;
    let (ann, ben, cleo) = ("ann@example.org", "ben@example.org", "cleo@example.org");
    gathering.list(&format!("members?source={shop}"), 2).await;
    for (query, expected) in [
        ("", &[cleo, ben, ann][..]),
        (&format!("?segment={}", segment["id"]), &[ben]),
        ("?segment=&tag=&source=", &[cleo, ben, ann]),
        ("?tag=CAF%C3%89", &[ben]),
        ("?tag=tea", &[]),
        (&format!("?source={forum}"), &[ben, ann]),
        (&format!("?source={shop}"), &[cleo, ann]),
        (&format!("?source={shop}&tag=caf%C3%A9"), &[]),
        ("?segment=-1", &[]),
        (&format!("?source={}", i64::MAX), &[]),
    ] {
        let list = gathering.get(&format!("members{query}")).await.ok();
        assert_eq!(emails(list.as_array().unwrap()), expected, "{query}");
    }
    let first = gathering.get("members?limit=2").await;
    assert_eq!(emails(first.ok().as_array().unwrap()), [cleo, ben]);
    let second = gathering.get(&format!("members?limit=2&cursor={}", first.header("x-next-cursor").unwrap())).await;
    assert_eq!((emails(second.ok().as_array().unwrap()), second.header("x-next-cursor")), (vec![ann], None));
}

#[tokio::test]
async fn a_bad_parameter_is_named() {
    let gathering = Gathering::start(Suite::start().await).await;
    gathering
        .refuses(
            "members",
            &[
                ("segment=x", "segment"),
                ("segment=0", "segment"),
                ("segment=1&segment=1", "segment"),
                (&format!("segment={NOWHERE}"), "segment"),
                ("source=1.5", "source"),
                ("source=0", "source"),
                ("source=9223372036854775808", "source"),
                (&format!("tag={}", "x".repeat(101)), "tag"),
                ("limit=0", "limit"),
                ("limit=201", "limit"),
                ("cursor=x", "cursor"),
            ],
        )
        .await;
}
