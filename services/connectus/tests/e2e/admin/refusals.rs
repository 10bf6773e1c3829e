//! What keeps a command from being done is one clear sentence.

use tokio::{net::TcpListener, process::Command};

use super::{OPERATOR, Office, refusal};
use crate::{
    process::{connectus, free_address},
    topology::SECRET,
};

fn admin(arguments: &[&str]) -> Command {
    let mut command = connectus("admin");
    command.args(arguments).env("USER", OPERATOR).env("CONNECTUS_SERVICE_SECRET", SECRET);
    command
}

#[tokio::test]
async fn a_service_that_is_down_is_named_with_its_url() {
    let url = format!("http://{}", free_address());
    for (setting, arguments) in [
        ("CONNECTUS_AUTH_URL", &["rotate-keys"][..]),
        ("CONNECTUS_ACCOUNT_URL", &["notes", "507f1f77bcf86cd799439011"]),
        ("CONNECTUS_AUTH_URL", &["dead-mails", "list"]),
    ] {
        let mut command = admin(arguments);
        for service in ["AUTH", "ACCOUNT", "EXPERIENCE", "SOCIAL", "COMMUNITY"] {
            command.env(format!("CONNECTUS_{service}_URL"), &url);
        }
        let said = refusal(command).await;
        assert!(said.contains(&url) && said.contains(setting) && said.contains("not available"), "{said}");
    }
}

#[tokio::test]
async fn something_else_at_the_url_is_not_taken_for_a_service() {
    let office = Office::open().await;
    // The gateway has the public rpcs only.
    let mut command = office.command(&["rotate-keys"]);
    command.env("CONNECTUS_AUTH_URL", office.api.url());
    let said = refusal(command).await;
    assert!(said.contains(office.api.url()) && said.contains("is not the address of auth"), "{said}");
}

#[tokio::test]
async fn a_service_that_says_nothing_is_not_waited_for_for_ever() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let mut command = admin(&["rotate-keys"]);
    command.env("CONNECTUS_AUTH_URL", &url);
    let said = refusal(command).await;
    assert!(said.contains(&url), "{said}");
}

#[tokio::test]
async fn an_operator_has_a_name() {
    let nameless = |arguments: &[&str]| {
        let mut command = admin(arguments);
        command.env_remove("USER");
        command
    };
    for arguments in [
        &["lock", "x", "--reason", "y"][..],
        &["unlock", "x"],
        &["note", "x", "y"],
        &["verify-organization", "x"],
        &["rotate-keys"],
        &["import", "/dev/null"],
    ] {
        assert!(refusal(nameless(arguments)).await.contains("--operator"), "{arguments:?}");
    }
    let office = Office::open().await;
    let mut command = office.command(&["rotate-keys"]);
    command.env_remove("USER").env("LOGNAME", "leo");
    super::printed(command).await;
    assert_eq!(office.records(&["security-events"]).await[0]["operator"], "leo");
}

#[tokio::test]
async fn a_bad_command_line_is_said_in_one_line() {
    for (arguments, expected) in [
        (&["lock", "x"][..], "--reason"),
        (&["lock"], "ID"),
        (&["notes", "x", "--limit", "0"], "--limit"),
        (&["import", "x", "--patience", "y"], "--patience"),
        (&["fly"], "fly"),
    ] {
        let said = refusal(admin(arguments)).await;
        assert!(said.contains(expected), "{said}");
    }
    let mut command = admin(&["rotate-keys"]);
    command.env("CONNECTUS_AUTH_URL", "auth:50051");
    assert!(refusal(command).await.contains("CONNECTUS_AUTH_URL is not understood"));
}
