//! Communities, tokens of their API, and people from CSV files, as seen over gRPC.

use std::{fs, path::PathBuf};

use connectus_proto::community::v1::{
    CreateCustomFieldRequest, CustomFieldType, GetCommunityRequest, GetTokenStatusRequest, ListMembersRequest, Member,
    MemberCustomField, community_service_client::CommunityServiceClient,
    management_service_client::ManagementServiceClient,
};
use connectus_testkit::{Database, MailServer, as_caller, eventually};
use serde_json::{Value, json};
use tokio::process::Command;
use tonic::transport::{Channel, Endpoint};

use super::{Office, printed, refusal};
use crate::{
    contract::world::{self, NOBODY, member, organization},
    process::connectus,
    topology::{SECRET, Topology},
};

/// An organization with a community, beside an office.
struct Community {
    office: Office,
    owner: world::Member,
    id: String,
}

impl Office {
    /// A command about communities that is not run yet.
    fn of_communities(&self, arguments: &[&str]) -> Command {
        let mut command = connectus("community");
        command.current_dir(self.folder.path()).args(arguments);
        for service in ["AUTH", "COMMUNITY"] {
            command.env(format!("CONNECTUS_{service}_URL"), format!("http://{}", self.grpc));
        }
        command
    }

    fn channel(&self) -> Channel {
        Endpoint::from_shared(format!("http://{}", self.grpc)).unwrap().connect_lazy()
    }

    /// Makes a community. Returns its id.
    async fn community(&self, owner: &str) -> String {
        let made = printed(self.of_communities(&["create", "--organization", owner, "Friends"])).await;
        made.trim_end().to_owned()
    }
}

impl Community {
    async fn found() -> Self {
        let office = Office::open().await;
        let owner = organization(&office.api, &office.mail, "Help").await;
        let id = office.community(&owner.id).await;
        Self { office, owner, id }
    }

    /// Writes a file of people.
    fn file(&self, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.office.folder.path().join("people.csv");
        fs::write(&path, text).unwrap();
        path
    }

    fn import(&self, arguments: &[&str]) -> Command {
        self.office.of_communities(&[&["import", &self.id, "people.csv"], arguments].concat())
    }

    /// What the last import refused.
    fn refused(&self) -> Vec<Value> {
        let report = fs::read_to_string(self.office.folder.path().join("people.csv.refused.jsonl")).unwrap();
        report.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn management(&self) -> ManagementServiceClient<Channel> {
        ManagementServiceClient::new(self.office.channel())
    }

    /// The first members, newest first, once all that was taken in is worked on.
    async fn members(&self) -> Vec<Member> {
        eventually("all is worked on", async || {
            let waiting: i64 = self.office.database.value("SELECT count(*) FROM community.queue").await;
            (waiting == 0).then_some(())
        })
        .await;
        let request =
            ListMembersRequest { community_id: self.id.clone(), page_size: 200, ..ListMembersRequest::default() };
        self.management().list_members(as_caller(&self.owner.token, request)).await.unwrap().into_inner().members
    }

    async fn sources(&self) -> Vec<String> {
        let request = as_caller(&self.owner.token, GetCommunityRequest { community_id: self.id.clone() });
        let structure = self.management().get_community(request).await.unwrap().into_inner().structure.unwrap();
        structure.sources.into_iter().map(|source| source.name).collect()
    }

    async fn field(&self, name: &str, kind: CustomFieldType, is_multivalue: bool) {
        let (community_id, name) = (self.id.clone(), name.to_owned());
        let values = if kind == CustomFieldType::Enum { vec!["Rust".to_owned(), "Go".to_owned()] } else { Vec::new() };
        let request = CreateCustomFieldRequest { community_id, name, r#type: kind.into(), is_multivalue, values };
        self.management().create_custom_field(as_caller(&self.owner.token, request)).await.unwrap();
    }
}

#[tokio::test]
async fn an_organization_gets_a_community_and_a_token() {
    let office = Office::open().await;
    let (ann, help) =
        (member(&office.api, &office.mail, "Ann").await, organization(&office.api, &office.mail, "Help").await);
    let first = office.community(&help.id).await;
    let second = office.community("HELP@example.org").await;
    assert_ne!(first, second);
    let token = printed(office.of_communities(&["token", &first, "Web site"])).await;
    let mut community = CommunityServiceClient::new(office.channel());
    let status = community.get_token_status(as_caller(token.trim_end(), GetTokenStatusRequest {})).await.unwrap();
    assert_eq!(status.into_inner().community_name, "Friends");
    let told: Value =
        serde_json::from_str(&printed(office.of_communities(&["token", &first, "x", "--json"])).await).unwrap();
    assert!(told["token"].is_string() && told["token_id"].is_string(), "{told}");

    for (arguments, expected) in [
        (&["create", "--organization", &ann.id, "x"][..], format!("{} is no organization's account", ann.id)),
        (&["create", "--organization", NOBODY, "x"], "there is no such account".to_owned()),
        (&["create", "--organization", "nobody@example.org", "x"], "there is no such account".to_owned()),
        (&["create", "--organization", &help.id, " "], "name: is required".to_owned()),
        (&["token", NOBODY, "x"], "there is no such community".to_owned()),
        (&["token", "x", "x"], "there is no such community".to_owned()),
    ] {
        let said = refusal(office.of_communities(arguments)).await;
        assert_eq!(said, format!("connectus: {expected}\n"), "{arguments:?}");
    }
}

#[tokio::test]
async fn good_lines_are_imported_and_bad_ones_listed_however_often() {
    let community = Community::found().await;
    community.field("Level", CustomFieldType::Int, false).await;
    community.field("Languages", CustomFieldType::Enum, true).await;
    let text = [
        "\u{feff}Email,ID,full_name,bio,avatar_url,tags,custom:Level,CUSTOM:languages\r\n",
        "ann@example.org,,Ann Lee,\"Helps.\r\nOften.\",,\"Helper, Board\",3,Rust;Go\r\n",
        "bob,,,,x,,,\r\n",
        ",7,Cat,,,,,\r\n",
        "dan@example.org,,Dan,,,,many,\r\n",
        "eve@example.org,,Eve,,,,,Latin\r\n",
        "\r\n",
        "fay@example.org\r\n",
        ",,Gus,,,,,\r\n",
        ",,,,,,,\r\n",
        "hal@example.org,8,Hal,,,,,\r\n",
    ];
    community.file(text.concat());
    let expected = [
        (4, "email", "is not an e-mail address"),
        (4, "avatar_url", "is not"),
        (6, "custom:Level", "is not a number"),
        (7, "custom:Languages", "is none of the field's values"),
        (9, "line", "has 1 cells, and the header has 8"),
        (10, "id", "is required where there is no e-mail address"),
    ];
    let mut before = Vec::new();
    for _ in 0..2 {
        let said = refusal(community.import(&[])).await;
        assert!(said.contains("lines were refused: 5") && said.contains("people.csv.refused.jsonl"), "{said}");
        let refused = community.refused();
        assert_eq!(refused.len(), expected.len(), "{refused:?}");
        for (line, field, problem) in expected {
            let found = refused.iter().find(|refused| refused["line"] == line && refused["field"] == field);
            let found = found.unwrap_or_else(|| panic!("{line}, {field}: {refused:?}"));
            assert!(found["problem"].as_str().unwrap().contains(problem), "{found}");
        }
        let members = community.members().await;
        assert_eq!(members.len(), 3);
        if !before.is_empty() {
            assert_eq!(members, before, "the second time changes nothing");
        }
        before = members;
    }
    let ann = before.iter().find(|member| !member.tags.is_empty()).unwrap();
    let profile = ann.profile.as_ref().unwrap();
    assert_eq!((profile.full_name.as_str(), profile.email.as_str()), ("Ann Lee", "ann@example.org"));
    assert_eq!(
        (profile.bio.as_str(), &ann.tags[..]),
        ("Helps.\r\nOften.", &["Board".to_owned(), "Helper".to_owned()][..])
    );
    let count = |name: &str| {
        let of = |field: &&MemberCustomField| field.field.as_ref().is_some_and(|field| field.name == name);
        ann.custom_fields.iter().find(of).map_or(0, |field| field.values.len())
    };
    assert_eq!((count("Level"), count("Languages")), (1, 2));
}

#[tokio::test]
async fn more_people_than_a_call_takes_are_imported() {
    let community = Community::found().await;
    // Some calls are full by number, and some by size.
    let bio = |number: u32| "b".repeat(if number < 600 { 0 } else { 2000 });
    let lines = (0..1201).map(|number| format!("p{number}@example.org,{}\n", bio(number)));
    community.file(format!("email,bio\n{}bad,\n\"not closed,\n", lines.collect::<String>()));
    let said = refusal(community.import(&["--source", "Sheet", "--json"])).await;
    assert!(said.contains("lines were refused: 2"), "{said}");
    let refused: Vec<_> = community.refused().into_iter().map(|refused| refused["line"].clone()).collect();
    assert_eq!(refused, [json!(1203), json!(1204)]);
    community.members().await;
    let count: i64 = community.office.database.value("SELECT count(*) FROM community.members").await;
    assert_eq!((count, community.sources().await), (1201, vec!["Sheet".to_owned()]));
}

#[tokio::test]
async fn what_is_no_column_is_said_before_anything_is_imported() {
    let community = Community::found().await;
    for (text, expected) in [
        ("", "it does not begin with a line of columns"),
        ("email,shoe size\nann@example.org,40\n", "the column \"shoe size\" is not known"),
        ("email,custom:Level\nann@example.org,3\n", "the column \"custom:Level\" is of no custom field"),
        ("full_name\nAnn\n", "there is neither a column \"id\" nor a column \"email\""),
    ] {
        community.file(text);
        let said = refusal(community.import(&[])).await;
        assert!(said.starts_with("connectus: cannot import people.csv: ") && said.contains(expected), "{said}");
    }
    assert_eq!((community.members().await, community.sources().await), (Vec::new(), Vec::new()));
    community.file("email\n");
    assert_eq!(printed(community.import(&[])).await, "0 imported, 0 refused.\n");
    let said = refusal(community.office.of_communities(&["import", NOBODY, "people.csv"])).await;
    assert_eq!(said, "connectus: there is no such community\n");
    let said = refusal(community.office.of_communities(&["import", &community.id, "nowhere.csv"])).await;
    assert!(said.starts_with("connectus: cannot read nowhere.csv: "), "{said}");
    community.file("email\nann@example.org\n");
    let said = refusal(community.import(&["--source", " "])).await;
    assert!(said.starts_with("connectus: source: is required; the import stopped after line 0"), "{said}");
    let mut away = community.import(&["--patience", "0"]);
    away.env("CONNECTUS_COMMUNITY_URL", "http://127.0.0.1:1");
    let said = refusal(away).await;
    assert!(said.contains("http://127.0.0.1:1") && said.contains("not available"), "{said}");
}

#[tokio::test]
async fn services_apart_are_each_called_where_they_are() {
    let (database, mail) = (Database::new().await, MailServer::start().await);
    let suite = Topology::Apart.start(&database, &mail, 10).await;
    let help = organization(&suite.api, &mail, "Help").await;
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("people.csv"), "email\nann@example.org\n").unwrap();
    let run = |arguments: &[&str]| {
        let mut command = connectus("community");
        command.args(arguments).current_dir(&folder).env("CONNECTUS_SERVICE_SECRET", SECRET);
        for service in ["auth", "community"] {
            let address = suite.role(service).address;
            command.env(format!("CONNECTUS_{}_URL", service.to_uppercase()), format!("http://{address}"));
        }
        printed(command)
    };
    let id = run(&["create", "--organization", &help.email, "Friends"]).await;
    let id = id.trim_end();
    let token = run(&["token", id, "x"]).await;
    let mut community = CommunityServiceClient::new(suite.role("community").channel());
    community.get_token_status(as_caller(token.trim_end(), GetTokenStatusRequest {})).await.unwrap();
    assert_eq!(run(&["import", id, "people.csv"]).await, "1 imported, 0 refused.\n");
}

#[tokio::test]
async fn the_role_itself_says_what_it_needs() {
    let said = refusal(connectus("community")).await;
    assert!(said.contains("CONNECTUS_AUTH_URL is not set"), "{said}");
    let mut both = connectus("community");
    both.args(["--grpc-listen", "127.0.0.1:0", "token", "x", "y"]);
    assert!(refusal(both).await.contains("--grpc-listen"));
    let mut nameless = connectus("community");
    nameless.args(["create", "x"]);
    assert!(refusal(nameless).await.contains("--organization"));
}
