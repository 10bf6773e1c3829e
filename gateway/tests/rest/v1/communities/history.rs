//! What happens to members: `/v1/communities/:id/activities`, `merges` and `anonymizations`.

use connectus_proto::community::v1::{
    ActivityContent, AnonymizeMemberRequest, ContentFormat, ParentActivity, Profile, SourceActivity, SourceUser,
    TagAssignment, tag_assignment::Tag,
};
use connectus_testkit::{Options, Suite, as_caller, eventually};
use prost_types::Timestamp;
use serde_json::{Value, json};

use super::{Gathering, NOWHERE, assert_now, make};

fn user(id: &str) -> SourceUser {
    let profile = Profile { email: "ann@example.org".to_owned(), ..Profile::default() };
    SourceUser { id: id.to_owned(), profile: Some(profile), ..SourceUser::default() }
}

/// Something that somebody did, and no more than is needed.
fn activity(id: &str, activity_type: &str, by: &str) -> SourceActivity {
    let user = Some(SourceUser { id: by.to_owned(), ..SourceUser::default() });
    let occur_time = Some(Timestamp { seconds: 1_700_000_000, nanos: 0 });
    SourceActivity {
        id: id.to_owned(),
        activity_type: activity_type.to_owned(),
        user,
        occur_time,
        ..SourceActivity::default()
    }
}

#[tokio::test]
async fn an_activity_is_shown_as_it_was_told() {
    let gathering = Gathering::start(Suite::start().await).await;
    let content = ActivityContent { format: ContentFormat::Markdown.into(), value: "*Hello* <script>".to_owned() };
    let parent = ParentActivity { id: "p/0".to_owned(), activity_type: "posted".to_owned() };
    let tags = ["zeal", "care"].map(|name| TagAssignment { tag: Some(Tag::Name(name.to_owned())) });
    let whole = SourceActivity {
        title: "A title".to_owned(),
        content: Some(content),
        url: "https://example.org/p/1".to_owned(),
        tags: tags.into(),
        parent: Some(parent),
        sub_source: "help".to_owned(),
        ..activity("p/1", "posted", "ann")
    };
    gathering.tells(whole).await;
    gathering.list("activities", 1).await;
    gathering.tells(activity("p/2", "posted", "ann")).await;
    let list = gathering.list("activities", 2).await;
    let member = gathering.list("members", 1).await[0].clone();
    assert_eq!((&member["activities_count"], &member["last_active_at"]), (&json!(2), &json!(1_700_000_000)));
    assert_eq!(member["first_seen_at"], 1_700_000_000);
    let html = list[1]["content_html"].as_str().unwrap();
    assert!(html.contains("<em>Hello</em>") && !html.contains("script"), "{html}");
    let whole = json!({
        "id": list[1]["id"], "source": gathering.forum, "source_activity": "p/1", "type": "posted",
        "member": member["id"], "title": "A title", "content": {"format": "markdown", "value": "*Hello* <script>"},
        "content_html": html, "occurred_at": 1_700_000_000, "url": "https://example.org/p/1", "tags": ["care", "zeal"],
        "parent": {"source_activity": "p/0", "type": "posted"}, "sub_source": "help", "confirmed_work": null,
    });
    assert_eq!(list[1], whole);
    let least = json!({
        "id": list[0]["id"], "source": gathering.forum, "source_activity": "p/2", "type": "posted",
        "member": member["id"], "title": "", "content": null, "content_html": "", "occurred_at": 1_700_000_000,
        "url": "", "tags": [], "parent": null, "sub_source": "", "confirmed_work": null,
    });
    assert_eq!(list[0], least);
}

#[tokio::test]
async fn activities_are_listed_by_member_and_type_and_page_by_page() {
    let gathering = Gathering::start(Suite::start().await).await;
    let Gathering { suite, help, path, .. } = &gathering;
    make(suite, help, &format!("{path}/activity-types"), &json!({"id": "liked", "displayName": "Liked"})).await;
    for (at, (kind, by)) in [("posted", "ann"), ("liked", "ben"), ("liked", "ann")].into_iter().enumerate() {
        gathering.tells(activity(&at.to_string(), kind, by)).await;
        gathering.list("activities", at + 1).await;
    }
    let text = activity("3", "posted", "ben");
    let content = Some(ActivityContent { format: ContentFormat::Text.into(), value: "a < b".to_owned() });
    gathering.tells(SourceActivity { content, ..text }).await;
    let list = gathering.list("activities", 4).await;
    assert_eq!(list[0]["content"], json!({"format": "text", "value": "a < b"}));
    let ann = list[1]["member"].as_str().unwrap();
    let ids = |list: &Value| -> Vec<String> {
        let list = list.as_array().unwrap().iter();
        list.map(|one| one["source_activity"].as_str().unwrap().to_owned()).collect()
    };
    for (query, expected) in [
        ("", &["3", "2", "1", "0"][..]),
        ("?type=liked", &["2", "1"]),
        (&format!("?member={ann}"), &["2", "0"]),
        (&format!("?member={ann}&type=liked"), &["2"]),
        ("?type=walked", &[]),
        ("?member=x", &[]),
        (&format!("?member={NOWHERE}"), &[]),
    ] {
        assert_eq!(ids(&gathering.get(&format!("activities{query}")).await.ok()), expected, "{query}");
    }
    let first = gathering.get("activities?limit=3").await;
    let second = gathering.get(&format!("activities?limit=3&cursor={}", first.header("x-next-cursor").unwrap())).await;
    assert_eq!(
        (ids(&first.ok()).len(), ids(&second.ok()), second.header("x-next-cursor")),
        (3, vec!["0".to_owned()], None)
    );
    let bad = [("type=A", "type"), ("type=a&type=b", "type"), ("member=a&member=b", "member"), ("limit=x", "limit")];
    gathering.refuses("activities", &bad).await;
}

#[tokio::test]
async fn members_who_were_found_to_be_one_are_made_two_again() {
    let gathering = Gathering::start(Suite::start().await).await;
    let Gathering { suite, help, path, .. } = &gathering;
    let lone = SourceUser { profile: None, ..user("ann") };
    gathering.says(gathering.forum, lone).await;
    gathering.list("members", 1).await;
    gathering.says(gathering.shop, user("customer")).await;
    let apart = gathering.list("members", 2).await;
    gathering.says(gathering.forum, user("ann")).await;
    let [merge] = gathering.list("merges", 1).await.try_into().unwrap();
    let one = gathering.list("members", 1).await;
    assert_now(&merge["created_at"]);
    let gone = apart.iter().find(|member| member["id"] != one[0]["id"]).unwrap();
    let shown = json!({
        "id": merge["id"], "member": one[0]["id"], "merged_member": gone["id"], "matched_by": "email",
        "created_at": merge["created_at"], "undone_at": 0,
    });
    assert_eq!(merge, shown);
    let undo =
        async |merge: &str| suite.api.post(&format!("{path}/merges/{merge}/undo"), Some(&help.token), &json!({})).await;
    for unknown in ["x", NOWHERE, one[0]["id"].as_str().unwrap()] {
        assert_eq!(undo(unknown).await.error(), (404, 4003, "Merge not found.".to_owned()), "{unknown}");
    }
    for _ in 0..2 {
        assert_eq!(undo(merge["id"].as_str().unwrap()).await.ok(), json!({"message": "200 - OK"}));
    }
    let again = gathering.list("members", 2).await;
    assert_eq!(again.iter().map(|member| &member["id"]).collect::<Vec<_>>(), [&apart[0]["id"], &apart[1]["id"]]);
    let list = gathering.list("merges", 1).await;
    assert_now(&list[0]["undone_at"]);
    gathering.refuses("merges", &[("limit=0", "limit"), ("cursor=x", "cursor")]).await;
}

#[tokio::test]
async fn merges_are_listed_page_by_page() {
    let gathering = Gathering::start(Suite::start().await).await;
    for (at, id) in ["ann", "anna", "annie"].into_iter().enumerate() {
        // By itself first, so that there is a member to be found the same as another.
        gathering.says(gathering.forum, SourceUser { profile: None, ..user(id) }).await;
        gathering.list("members", usize::from(at > 0) + 1).await;
        gathering.says(gathering.forum, user(id)).await;
        gathering.list("merges", at).await;
        gathering.list("members", 1).await;
    }
    let first = gathering.get("merges?limit=1").await;
    let second = gathering.get(&format!("merges?limit=1&cursor={}", first.header("x-next-cursor").unwrap())).await;
    let both = gathering.list("merges", 2).await;
    assert_eq!((&first.ok()[0], &second.ok()[0]), (&both[0], &both[1]));
    assert_eq!(second.header("x-next-cursor"), None);
}

async fn anonymize(gathering: &Gathering, email: &str) {
    let request = AnonymizeMemberRequest { email: email.to_owned() };
    gathering.suite.community().anonymize_member(as_caller(&gathering.token, request)).await.unwrap();
}

#[tokio::test]
async fn who_is_to_be_forgotten_is_listed() {
    let gathering = Gathering::start(Suite::start().await).await;
    let ben = Profile { email: "ben@example.org".to_owned(), ..Profile::default() };
    gathering.says(gathering.forum, user("ann")).await;
    gathering.says(gathering.forum, SourceUser { profile: Some(ben), ..user("ben") }).await;
    let members = gathering.list("members", 2).await;
    assert_eq!(gathering.get("anonymizations").await.ok(), json!([]));
    for email in ["ann@example.org", "ben@example.org"] {
        anonymize(&gathering, email).await;
    }
    let list = gathering.list("anonymizations", 2).await;
    let ben = members.iter().find(|member| member["profile"]["email"] == "ben@example.org").unwrap();
    assert_now(&list[0]["created_at"]);
    let created_at = list[0]["created_at"].as_i64().unwrap();
    let shown = json!({
        "id": list[0]["id"], "member": ben["id"], "created_at": created_at, "due_at": created_at + 86_400,
        "finished_at": 0, "activities_count": 0,
    });
    assert_eq!(list[0], shown);
    let first = gathering.get("anonymizations?limit=1").await;
    let second =
        gathering.get(&format!("anonymizations?limit=1&cursor={}", first.header("x-next-cursor").unwrap())).await;
    assert_eq!((second.ok(), second.header("x-next-cursor")), (json!([list[1]]), None));
    gathering.refuses("anonymizations", &[("limit=0", "limit"), ("cursor=x", "cursor")]).await;
}

#[tokio::test]
async fn who_is_forgotten_is_named_nowhere() {
    let options = Options { community: vec!["--anonymize-after", "0"], ..Options::default() };
    let gathering = Gathering::start(Suite::with(options).await).await;
    let said = SourceActivity { title: "Hello from Ann".to_owned(), ..activity("1", "posted", "ann") };
    gathering.tells(SourceActivity { user: Some(user("ann")), ..said }).await;
    gathering.list("activities", 1).await;
    let member = gathering.list("members", 1).await[0].clone();
    anonymize(&gathering, "ann@example.org").await;
    let done = eventually("the member is forgotten", async || {
        let list = gathering.get("anonymizations").await.ok();
        (list[0]["finished_at"] != 0).then(|| list[0].clone())
    })
    .await;
    assert_now(&done["finished_at"]);
    assert_eq!((&done["member"], &done["activities_count"]), (&json!(""), &json!(1)));
    let [left] = gathering.list("members", 1).await.try_into().unwrap();
    assert_now(&left["anonymized_at"]);
    assert_eq!((&left["id"], &left["profile"]["email"]), (&member["id"], &json!("")));
    let activities = gathering.get("activities").await;
    assert!(!activities.text.contains("Ann"), "{}", activities.text);
}
