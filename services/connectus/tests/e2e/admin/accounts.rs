//! Commands about one account, as seen through the public API.

use connectus_testkit::{Database, MailServer, eventually};
use serde_json::json;

use super::{OPERATOR, Office};
use crate::{
    contract::world::{PASSWORD, login, member, organization},
    process::connectus,
    topology::{SECRET, Topology},
};

#[tokio::test]
async fn an_organization_is_verified_until_that_is_taken_back() {
    let office = Office::open().await;
    let help = organization(&office.api, &office.mail, "Help").await;
    let path = format!("/v1/accounts/{}", help.id);
    assert_eq!(office.api.get(&path, None).await.ok()["is_verified"], false);
    assert_eq!(office.admin(&["verify-organization", &help.id]).await, "It is verified.\n");
    assert_eq!(office.api.get(&path, None).await.ok()["is_verified"], true);
    let printed = office.records(&["verify-organization", &help.id, "--revoke", "--operator", "oleg"]).await;
    assert_eq!(printed, [json!({"account_id": help.id, "is_verified": false})]);
    assert_eq!(office.api.get(&path, None).await.ok()["is_verified"], false);
    let notes = office.records(&["notes", &help.id]).await;
    let operators: Vec<_> = notes.iter().map(|note| note["operator"].as_str().unwrap()).collect();
    assert_eq!(operators, ["oleg", OPERATOR], "each leaves a note");
}

#[tokio::test]
async fn only_an_organization_is_verified() {
    let office = Office::open().await;
    let ann = member(&office.api, &office.mail, "Ann").await;
    let said = office.refusal(&["verify-organization", &ann.id]).await;
    assert_eq!(said, "connectus: there is no such organization\n");
}

#[tokio::test]
async fn a_locked_account_is_of_no_use_until_it_is_unlocked() {
    let office = Office::open().await;
    let ann = member(&office.api, &office.mail, "Ann").await;
    let printed = office.admin(&["lock", &ann.id, "--reason", "It was sold."]).await;
    assert!(printed.starts_with("It is locked"), "{printed}");
    let credentials = json!({"id": ann.email, "password": PASSWORD});
    let answer = office.api.post("/v1/auth/login", None, &credentials).await;
    assert_eq!(answer.error(), (403, 3103, "Account locked.".to_owned()));
    eventually("its token is refused", async || {
        let answer = office.api.get("/v1/account", Some(&ann.token)).await;
        (answer.status != 200).then(|| assert_eq!(answer.error().1, 3001))
    })
    .await;
    let events = office.records(&["security-events", &ann.id]).await;
    let locked = events.iter().find(|event| event["kind"] == "locked").unwrap();
    assert_eq!((&locked["operator"], &locked["detail"]), (&json!(OPERATOR), &json!("It was sold.")));

    assert_eq!(office.admin(&["unlock", &ann.id]).await, "It is unlocked.\n");
    login(&office.api, &ann.email, PASSWORD).await;
    assert_eq!(office.records(&["security-events", &ann.id, "--limit", "2"]).await[1]["kind"], "unlocked");
}

#[tokio::test]
async fn notes_are_listed_newest_first() {
    let office = Office::open().await;
    let ann = member(&office.api, &office.mail, "Ann").await;
    assert_eq!(office.admin(&["notes", &ann.id]).await, "There are no notes.\n");
    assert_eq!(office.admin(&["note", &ann.id, "She called."]).await, "It is noted.\n");
    office.admin(&["note", &ann.id, "She wrote:\n\"Hello\"", "--operator", "oleg"]).await;
    let notes = office.records(&["notes", &ann.id]).await;
    let told = |index: usize| (notes[index]["operator"].clone(), notes[index]["text"].clone());
    assert_eq!(told(0), (json!("oleg"), json!("She wrote:\n\"Hello\"")));
    assert_eq!(told(1), (json!(OPERATOR), json!("She called.")));
    assert_eq!(office.records(&["notes", &ann.id, "--limit", "1"]).await, notes[..1]);
    let table = office.admin(&["notes", &ann.id]).await;
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    let column = lines[0].find("TEXT").unwrap();
    assert_eq!((&lines[1][column..], &lines[2][column..]), ("She wrote: \"Hello\"", "She called."));
}

#[tokio::test]
async fn what_is_done_to_nobody_is_refused() {
    let office = Office::open().await;
    let nobody = crate::contract::world::NOBODY;
    for arguments in
        [&["lock", nobody, "--reason", "x"][..], &["unlock", nobody], &["note", nobody, "x"], &["notes", nobody]]
    {
        assert_eq!(office.refusal(arguments).await, "connectus: there is no such account\n", "{arguments:?}");
    }
    assert_eq!(office.refusal(&["unlock", "ann"]).await, "connectus: account_id: is not an id\n");
    assert!(office.refusal(&["note", nobody, " "]).await.starts_with("connectus: text: is required"));
}

#[tokio::test]
async fn services_apart_are_each_called_where_they_are() {
    let (database, mail) = (Database::new().await, MailServer::start().await);
    let suite = Topology::Apart.start(&database, &mail, 10).await;
    let help = organization(&suite.api, &mail, "Help").await;
    let admin = |arguments: &[&str]| {
        let mut command = connectus("admin");
        command.args(arguments).env("USER", OPERATOR).env("CONNECTUS_SERVICE_SECRET", SECRET);
        for service in ["auth", "account", "experience", "social", "community"] {
            let address = suite.role(service).address;
            command.env(format!("CONNECTUS_{}_URL", service.to_uppercase()), format!("http://{address}"));
        }
        super::printed(command)
    };
    admin(&["verify-organization", &help.id]).await;
    let seen = suite.api.get(&format!("/v1/accounts/{}", help.id), None).await.ok();
    assert_eq!(seen["is_verified"], true);
    admin(&["lock", &help.id, "--reason", "x"]).await;
    let answer = suite.api.post("/v1/auth/login", None, &json!({"id": help.id, "password": PASSWORD})).await;
    assert_eq!(answer.error().1, 3103);
    assert_eq!(admin(&["dead-mails", "list"]).await, "There are none.\n");
}
