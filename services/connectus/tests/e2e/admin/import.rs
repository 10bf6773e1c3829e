//! The import of accounts from the former system, as seen through the public API.

use std::{fs, path::Path};

use serde_json::{Value, json};

use super::{
    OPERATOR, Office,
    documents::{OLD_PASSWORD, experience, export, id, new_id, organization, user, with},
};
use crate::contract::world::login;

const COACH: &str = "coach@example.org";

/// Imports a file that has nothing wrong.
async fn import(office: &Office, file: &Path) -> Value {
    let mut printed = office.records(&["import", file.to_str().unwrap()]).await;
    assert_eq!(printed.len(), 1);
    printed.remove(0)
}

/// Two people, of whom one has everything, and two organizations. Whoever is spoken of comes later in the file.
fn everybody() -> [Value; 4] {
    let ann = json!({
        "avatar": "https://pictures.example.org/ann.png",
        "gender": "Female",
        "middle_name": "Mae",
        "admin_note": "A friend of the house.",
        "personal_info": {
            "schema_version": 0,
            "interests": ["sea", "litter"],
            "biography": "I swim.",
            "education": "School",
            "quote": "Why not?",
            "current_residence": "Kiel",
            "certifications": "Lifeguard",
        },
        "settings": {
            "type": "UserSettings",
            "allow_messages_from_unknown": false,
            "email_notifications": true,
            "is_full_name_visible": false,
            "blocked_users": [id(2), {"$oid": id(4)}, id(99)],
        },
        "posts": ["5b460000000000000000aaaa"],
        "experiences": [
            experience(11, &id(3), false, true),
            experience(12, &id(3), false, false),
            experience(13, COACH, true, true),
            experience(14, "", false, false),
        ],
    });
    let help = json!({
        "org_info": {
            "mission": "Clean beaches",
            "quote": "Onwards",
            "address": {"street": "1 Pier", "city": "Kiel", "geojson": {"type": "Point", "coordinates": [10.1, 54.3]}},
            "affiliated_orgs": [{"$oid": id(4)}],
            "interests": null,
        },
        "settings": {"allow_messages_from_unknown": true, "email_notifications": false, "is_nonprofit": true},
        "experience_validations": [{"user_id": id(1), "experience_id": id(12)}],
    });
    [with(user(1, "Ann"), &ann), user(2, "Bob"), with(organization(3, "Help"), &help), organization(4, "Aid")]
}

#[tokio::test]
async fn everything_of_a_person_is_there_after_an_import() {
    let office = Office::open().await;
    let file = export(office.folder.path(), &everybody());
    assert_eq!(import(&office, &file).await, json!({"imported": 4, "existed": 0, "refused": 0}));
    let api = &office.api;

    let token = login(api, &id(1), OLD_PASSWORD).await;
    assert!(!login(api, "ann@example.org", OLD_PASSWORD).await.is_empty());
    let account = api.get("/v1/account", Some(&token)).await.ok();
    let expected = json!({
        "type": "User", "id": new_id(1), "email": "ann@example.org", "avatar": "https://pictures.example.org/ann.png",
        "created_at": "1531353723", "posts_count": "1", "liked_count": "0", "shared_count": "0",
        "first_name": "Ann", "middle_name": "Mae", "last_name": "Doe", "birthday": "04/30/1990", "gender": "Female",
    });
    assert_eq!(with(account.clone(), &expected), account);
    // By the old id as well; strangers see no more than she wants.
    let seen = api.get(&format!("/v1/accounts/{}", id(1)), None).await.ok();
    assert_eq!((&seen["id"], &seen["middle_name"], &seen["email"]), (&json!(new_id(1)), &json!(""), &json!("")));
    assert_eq!(
        api.get("/v1/profile", Some(&token)).await.ok(),
        json!({"type": "User", "interests": ["sea", "litter"], "biography": "I swim.", "education": "School",
               "quote": "Why not?", "current_residence": "Kiel", "certifications": "Lifeguard"})
    );
    assert_eq!(
        api.get("/v1/settings", Some(&token)).await.ok(),
        json!({"type": "User", "allow_messages_from_unknown": false, "email_notifications": true,
               "is_full_name_visible": false, "blocked_users": [new_id(2), new_id(4)], "share_with_communities": true})
    );
    // Whom she has blocked does not see her.
    let token = login(api, &id(2), OLD_PASSWORD).await;
    assert_eq!(api.get(&format!("/v1/accounts/{}", id(1)), Some(&token)).await.status, 404);
    let notes = office.records(&["notes", &id(1)]).await;
    assert_eq!((&notes[0]["text"], &notes[0]["operator"]), (&json!("A friend of the house."), &json!(OPERATOR)));
    let events = office.records(&["security-events", &id(1)]).await;
    assert!(events.iter().any(|event| event["kind"] == "imported" && event["operator"] == OPERATOR), "{events:?}");
}

#[tokio::test]
async fn experiences_stay_as_confirmed_as_they_were_and_nobody_is_asked_again() {
    let office = Office::open().await;
    import(&office, &export(office.folder.path(), &everybody())).await;
    let token = login(&office.api, &id(1), OLD_PASSWORD).await;
    let experiences = office.api.get("/v1/experiences", Some(&token)).await.ok();
    assert_eq!(experiences, office.api.get(&format!("/v1/accounts/{}/experiences", id(1)), None).await.ok());
    let told = |number: u32| {
        let id = new_id(number);
        let one = experiences.as_array().unwrap().iter().find(|one| one["id"] == *id).unwrap();
        json!([one["organization"], one["organization_name"], one["email_verify"], one["is_verified"]])
    };
    assert_eq!(told(11), json!([new_id(3), "Help", false, true]), "with the name of who confirmed it");
    assert_eq!(told(12), json!([new_id(3), "", false, false]));
    assert_eq!(told(13), json!([COACH, "", true, true]));
    assert_eq!(told(14), json!(["", "", false, false]));
    let one = &experiences[0];
    assert_eq!((&one["description"], &one["hours"]), (&json!("Collected litter"), &json!(6)));
    assert_eq!((&one["when"], &one["created_at"]), (&json!({"begin": "May 1", "end": "May 2"}), &json!(1_531_353_723)));
    assert_eq!(one["location"]["geojson"], json!({"type": "Point", "coordinates": [7.1, 50.0]}));

    let token = login(&office.api, &id(3), OLD_PASSWORD).await;
    assert_eq!(office.api.get("/v1/experiences/validations", Some(&token)).await.ok(), json!([]));
    assert!(office.mail.received().is_empty(), "nobody is mailed");
}

#[tokio::test]
async fn everything_of_an_organization_is_there_after_an_import() {
    let office = Office::open().await;
    import(&office, &export(office.folder.path(), &everybody())).await;
    let api = &office.api;
    let token = login(api, &id(3), OLD_PASSWORD).await;
    let account = api.get("/v1/account", Some(&token)).await.ok();
    let expected = json!({"type": "Organization", "id": new_id(3), "email": "help@example.org", "preferred_name": "Help",
                          "is_verified": true, "created_at": "1531353723"});
    assert_eq!(with(account.clone(), &expected), account);
    let profile = api.get("/v1/profile", Some(&token)).await.ok();
    assert_eq!((&profile["mission"], &profile["affiliated_orgs"]), (&json!("Clean beaches"), &json!([new_id(4)])));
    assert_eq!(profile["address"]["geojson"]["coordinates"], json!([10.1, 54.3]));
    assert_eq!(
        api.get("/v1/settings", Some(&token)).await.ok(),
        json!({"type": "Organization", "allow_messages_from_unknown": true, "email_notifications": false,
               "is_nonprofit": true})
    );
    // The other one came without any.
    let token = login(api, &id(4), OLD_PASSWORD).await;
    assert_eq!(
        api.get("/v1/settings", Some(&token)).await.ok(),
        json!({"type": "Organization", "allow_messages_from_unknown": true, "email_notifications": true,
               "is_nonprofit": false})
    );
}

#[tokio::test]
async fn an_address_that_was_not_verified_is_not() {
    let office = Office::open().await;
    let file = export(office.folder.path(), &[with(user(1, "Ann"), &json!({"is_email_verified": false}))]);
    import(&office, &file).await;
    let answer = office.api.post("/v1/auth/login", None, &json!({"id": id(1), "password": OLD_PASSWORD})).await;
    assert_eq!(answer.error().1, 3102);
}

#[tokio::test]
async fn a_second_import_changes_nothing() {
    let office = Office::open().await;
    let file = export(office.folder.path(), &everybody());
    import(&office, &file).await;
    let token = login(&office.api, &id(1), OLD_PASSWORD).await;
    let change = json!({"biography": "I swim no more."});
    let patched = office.api.call(reqwest::Method::PATCH, "/v1/profile", Some(&token), Some(&change)).await;
    assert_eq!(patched.status, 200);
    let before = seen(&office, &token).await;
    assert_eq!(import(&office, &file).await, json!({"imported": 0, "existed": 4, "refused": 0}));
    assert_eq!(seen(&office, &token).await, before);
    let files = fs::read_dir(&office.folder).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = files.filter(|name| name.to_string_lossy().starts_with("accounts.json.")).collect();
    assert!(left.is_empty(), "nothing is left beside the file: {left:?}");
}

/// All that Ann has.
async fn seen(office: &Office, token: &str) -> Vec<Value> {
    let mut seen = Vec::new();
    for path in ["/v1/account", "/v1/profile", "/v1/settings", "/v1/experiences"] {
        seen.push(office.api.get(path, Some(token)).await.ok());
    }
    seen.extend(office.records(&["notes", &id(1)]).await);
    seen
}

#[tokio::test]
async fn bad_lines_are_refused_by_themselves_and_listed() {
    let office = Office::open().await;
    let lines = [
        user(1, "Ann").to_string(),
        "{\"_id\": {\"$oid\": \"".to_owned(),
        with(user(2, "Bob"), &json!({"email": "bob"})).to_string(),
        String::new(),
        with(user(3, "Cat"), &json!({"type": "Cat"})).to_string(),
        with(user(4, "Dan"), &json!({"birthday": "30/04/1990"})).to_string(),
        with(user(5, "Eve"), &json!({"_id": "eve"})).to_string(),
        with(user(6, "Fay"), &json!({"experiences": [with(experience(61, "", false, false), &json!({"name": ""}))]}))
            .to_string(),
        with(user(7, "Gus"), &json!({"password": "in the clear"})).to_string(),
        with(user(8, "Hal"), &json!({"email": "ann@example.org"})).to_string(),
        with(user(9, "Ida"), &json!({"is_email_verified": super::documents::hash()})).to_string(),
        user(10, "Joe").to_string(),
    ];
    let file = export(office.folder.path(), &lines);
    let said = office.refusal(&["import", file.to_str().unwrap()]).await;
    let report = file.with_file_name("accounts.json.refused.jsonl");
    assert!(said.contains("lines were refused: 9") && said.contains(report.to_str().unwrap()), "{said}");

    let text = fs::read_to_string(&report).unwrap();
    assert!(!text.contains("$2") && !text.contains("in the clear"), "no password or hash is told: {text}");
    let refused: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> = refused.iter().map(|line| (line["line"].as_u64().unwrap(), line["id"].clone())).collect();
    let expected = [
        (2, json!("")),
        (3, json!(id(2))),
        (5, json!(id(3))),
        (6, json!(id(4))),
        (7, json!("eve")),
        (8, json!(id(6))),
        (9, json!(id(7))),
        (10, json!(id(8))),
        (11, json!("")),
    ];
    let mut sorted = told.clone();
    sorted.sort_unstable_by_key(|(line, _)| *line);
    assert_eq!(sorted, expected);
    for (line, problem) in [
        (2, "line: is not JSON"),
        (3, "email: is not an e-mail address"),
        (5, "type: must be User or Organization"),
        (6, "birthday: must be a real date as MM/DD/YYYY"),
        (7, "_id: must be 24 hexadecimal digits"),
        (8, "experiences[0]"),
        (9, "password_hash: is not a bcrypt hash"),
        (10, "email: belongs to another account"),
        (11, "is_email_verified: must be true or false"),
    ] {
        let found = refused.iter().find(|refusal| refusal["line"] == line).unwrap()["problem"].as_str().unwrap();
        assert!(found.contains(problem), "{line}: {found}");
    }
    for number in [1, 10] {
        login(&office.api, &id(number), OLD_PASSWORD).await;
    }
    for number in [6, 7, 8] {
        let credentials = json!({"id": id(number), "password": OLD_PASSWORD});
        assert_eq!(office.api.post("/v1/auth/login", None, &credentials).await.error().1, 3101, "{number}");
    }
}

#[tokio::test]
async fn a_line_that_is_mended_is_imported_then() {
    let office = Office::open().await;
    let (ann, bob) = (user(1, "Ann"), user(2, "Bob"));
    let bad = with(bob.clone(), &json!({"password": ""}));
    let file = export(office.folder.path(), &[&ann, &bad]);
    assert!(office.refusal(&["import", file.to_str().unwrap()]).await.contains("lines were refused: 1"));
    export(office.folder.path(), &[&ann, &bob]);
    assert_eq!(import(&office, &file).await, json!({"imported": 1, "existed": 1, "refused": 0}));
    login(&office.api, &id(2), OLD_PASSWORD).await;
    assert!(!file.with_file_name("accounts.json.refused.jsonl").exists());
}

#[tokio::test]
async fn more_experiences_than_a_call_takes_are_imported() {
    let office = Office::open().await;
    // Each as long as it may be.
    let long = json!({"description": "\u{1f30a}".repeat(5000)});
    let mut many: Vec<Value> =
        (0..130).map(|number| with(experience(1000 + number, "", false, false), &long)).collect();
    many[129]["hours"] = json!(-1);
    let ann = user(1, "Ann");
    let file = export(office.folder.path(), &[with(ann.clone(), &json!({"experiences": many}))]);
    office.refusal(&["import", file.to_str().unwrap()]).await;
    let report = fs::read_to_string(file.with_file_name("accounts.json.refused.jsonl")).unwrap();
    assert!(report.contains("after the first 125 experiences, experiences[4]"), "{report}");
    many[129]["hours"] = json!(1);
    export(office.folder.path(), &[with(ann, &json!({"experiences": many}))]);
    import(&office, &file).await;
    let count: i64 = office.database.value("SELECT count(*) FROM experience.experiences").await;
    assert_eq!(count, 130);
}

#[tokio::test]
async fn people_are_told_in_words() {
    let office = Office::open().await;
    let file = export(office.folder.path(), &[user(1, "Ann")]);
    let printed = office.admin(&["import", file.to_str().unwrap()]).await;
    assert_eq!(printed, "1 imported, 0 there already, 0 refused.\n");
    let said = office.refusal(&["import", "nowhere.json"]).await;
    assert!(said.starts_with("connectus: cannot read nowhere.json: "), "{said}");
}
