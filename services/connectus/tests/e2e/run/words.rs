//! What the README says is true.

use std::{collections::BTreeSet, path::PathBuf, process::Stdio};

use nix::sys::signal::Signal;
use tokio::process::Command;

use super::{Alone, folder};
use crate::process::connectus;

const README: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md"));

/// The commands of a section, in the order in which they are to be typed.
fn commands(section: &str) -> Vec<&'static str> {
    let (_, text) = README.split_once(&format!("\n## {section}\n")).expect("the section");
    let text = text.split("\n## ").next().unwrap_or_default();
    text.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap_or_default()).collect()
}

/// The tools that the test command installs for itself come first.
fn path() -> String {
    let tools = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.tools/bin"));
    format!("{}:{}", tools.display(), std::env::var("PATH").unwrap_or_default())
}

async fn has_buf() -> bool {
    let version = Command::new("buf").arg("--version").env("PATH", path()).stdout(Stdio::null()).status().await;
    version.is_ok_and(|status| status.success())
}

#[tokio::test]
async fn the_tour_works_as_written() {
    let mut blocks = commands("A tour");
    assert_eq!(blocks.len(), 2, "one block with curl, one with buf");
    if !has_buf().await {
        println!("the block with buf is skipped: deploy/test.sh installs it");
        blocks.truncate(1);
    }
    let folder = folder();
    let suite = Alone::start(folder.path()).await;
    let address = suite.api.url().trim_start_matches("http://");
    let tour = blocks.concat().replace("127.0.0.1:8080", address).replace("127.0.0.1:50051", &suite.grpc.to_string());
    let python = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.tools");
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", &tour]).env("PATH", path()).env("PYTHONPATH", python);
    let output = bash.output().await.unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    assert!(out.contains(r#""first_name":"Ann""#) && out.contains(r#""is_verified":true"#), "{out}\n{err}");
    if blocks.len() == 2 {
        assert!(out.contains(r#""firstName": "Ann""#) && out.contains("VALIDATION_STATE_VERIFIED"), "{out}\n{err}");
    }
    assert_eq!(suite.end(Signal::SIGTERM).await.code(), Some(0));
}

#[tokio::test]
async fn the_operators_commands_work_as_written() {
    let blocks = commands("For operators");
    let folder = folder();
    let suite = Alone::start(folder.path()).await;
    let tour = blocks.concat().replace("cargo run --release --quiet --", env!("CARGO_BIN_EXE_connectus"));
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", &tour]).current_dir(&folder).env("USER", "olga");
    for service in ["AUTH", "ACCOUNT", "EXPERIENCE", "SOCIAL", "COMMUNITY"] {
        bash.env(format!("CONNECTUS_{service}_URL"), format!("http://{}", suite.grpc));
    }
    let output = bash.output().await.unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && err.is_empty(), "{out}\n{err}");
    for expected in [
        "2 imported",
        "It is verified.",
        "Spoke with their treasurer.",
        "locked",
        "unlocked",
        "tried again",
        "1 imported, 0 refused.",
    ] {
        assert!(out.contains(expected), "{expected} is not in:\n{out}");
    }
    let organization = suite.api.get("/v1/accounts/5b46f0bb0000000000000001", None).await.ok();
    assert_eq!(organization["is_verified"], true);
}

#[tokio::test]
async fn every_operators_command_is_in_the_readme() {
    let (_, section) = README.split_once("\n## For operators\n").unwrap();
    let section = section.split("\n## ").next().unwrap_or_default();
    let (of_admin, of_communities) = section.split_once("`connectus community <command>`").unwrap();
    for (role, text) in [("admin", of_admin), ("community", of_communities)] {
        assert_eq!(commands_in_table(text), commands_in_help(role).await, "{role}");
    }
}

async fn commands_in_help(role: &str) -> BTreeSet<String> {
    let help = connectus(role).arg("--help").output().await.unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let (_, list) = help.split_once("Commands:\n").unwrap();
    let list = list.split("\n\n").next().unwrap_or_default();
    let names = list.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names.filter(|name| !name.is_empty() && *name != "help").map(str::to_owned).collect()
}

fn commands_in_table(text: &str) -> BTreeSet<String> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")).flat_map(|row| {
        let cell = row.split(" | ").next().unwrap_or_default();
        cell.split(", `").filter_map(|command| command.split([' ', '`']).next())
    });
    rows.map(str::to_owned).collect()
}

#[tokio::test]
async fn every_setting_is_in_the_help_and_in_the_readme() {
    let mut in_help = BTreeSet::new();
    for role in ["all", "gateway", "auth", "account", "experience", "migrate", "postgres", "admin"] {
        let help = connectus(role).arg("--help").output().await.unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        let names = help.split("[env: ").skip(1).filter_map(|rest| rest.split(['=', ']']).next());
        in_help.extend(names.map(str::to_owned));
    }
    let (_, table) = README.split_once("\n## Configuration\n").unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let cells = rows.filter_map(|row| row.split('|').nth(1));
    let in_readme = cells.flat_map(|cell| cell.split(',')).map(|name| name.trim().trim_matches('`').to_owned());
    assert_eq!(in_readme.collect::<BTreeSet<_>>(), in_help);
}
