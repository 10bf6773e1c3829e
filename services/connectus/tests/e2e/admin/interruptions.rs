//! An import that is interrupted: killed, or left alone by the services.

use std::{fs, path::Path};

use connectus_testkit::eventually;
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{
    Office, command,
    documents::{OLD_PASSWORD, experience, export, id, user, with},
    printed, refusal,
};
use crate::{
    contract::world::login,
    process::{free_address, run, signal},
    topology::SECRET,
};

/// How many people the file has.
const MANY: u32 = 700;

fn progress(file: &Path) -> Option<Value> {
    let kept = fs::read(file.with_file_name("accounts.json.progress")).ok()?;
    Some(serde_json::from_slice(&kept).unwrap())
}

/// So many people, of whom the first is refused.
fn many(folder: &Path) -> std::path::PathBuf {
    let hash = super::documents::hash();
    let one = user(0, "Ann");
    let person = |number: u32| {
        let fields = json!({"_id": {"$oid": id(number)}, "email": format!("p{number}@example.org"), "password": hash});
        with(one.clone(), &fields)
    };
    let mut people: Vec<Value> = (0..MANY).map(person).collect();
    people[0]["birthday"] = json!("never");
    export(folder, &people)
}

#[tokio::test]
async fn one_that_is_killed_goes_on_where_it_was() {
    let office = Office::open().await;
    let file = many(office.folder.path());
    let arguments = ["import", file.to_str().unwrap()];
    let mut import = run(&mut office.command(&arguments));
    let far_enough = |kept: &Value| kept["pass"] == "people" && kept["lines"].as_u64().unwrap() >= 200;
    eventually("it is far enough", async || progress(&file).filter(far_enough)).await;
    signal(&import, Signal::SIGKILL);
    import.wait().await.unwrap();
    let kept = progress(&file).expect("it was not done yet")["lines"].as_u64().unwrap();
    assert!(kept < u64::from(MANY), "it was not done yet");

    let mut again = office.command(&arguments);
    let output = again.arg("--json").output().await.unwrap();
    assert_eq!(output.status.code(), Some(1), "one line is refused");
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    let (imported, existed) = (summary["imported"].as_u64().unwrap(), summary["existed"].as_u64().unwrap());
    assert_eq!((imported + existed, &summary["refused"]), (u64::from(MANY) - 1, &json!(1)));
    // Some were done after it was kept the last time: fewer than a hundred, and those that were under way.
    assert!(existed < 150 && kept >= 200, "what was done is not done again: {summary}, {kept}");
    let report = fs::read_to_string(file.with_file_name("accounts.json.refused.jsonl")).unwrap();
    assert_eq!(report.lines().count(), 1, "{report}");
    for schema in ["auth", "account"] {
        let count: i64 = office.database.value(&format!("SELECT count(*) FROM {schema}.accounts")).await;
        assert_eq!(count, i64::from(MANY) - 1);
    }
    login(&office.api, &id(MANY - 1), OLD_PASSWORD).await;
    assert_eq!(progress(&file), None);
}

#[tokio::test]
async fn from_the_start_it_goes_through_everything_again() {
    let office = Office::open().await;
    let file = export(office.folder.path(), &[user(1, "Ann"), user(2, "Bob")]);
    // As if both were done.
    let metadata = fs::metadata(&file).unwrap();
    let modified = metadata.modified().unwrap().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
    let kept = format!(
        r#"{{"file": {{"length": {length}, "modified_nanoseconds": {modified}}}, "pass": "blocks", "lines": 2,
            "end": {length}, "imported": 2, "existed": 0, "refused": 0, "report_length": 0}}"#,
        length = metadata.len()
    );
    fs::write(file.with_file_name("accounts.json.progress"), &kept).unwrap();
    office.admin(&["import", file.to_str().unwrap()]).await;
    let count: i64 = office.database.value("SELECT count(*) FROM auth.accounts").await;
    assert_eq!(count, 0, "it believed what was kept");
    fs::write(file.with_file_name("accounts.json.progress"), &kept).unwrap();
    office.admin(&["import", file.to_str().unwrap(), "--from-start"]).await;
    login(&office.api, &id(1), OLD_PASSWORD).await;
}

#[tokio::test]
async fn a_service_that_comes_back_in_time_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".connectus")).unwrap();
    fs::write(folder.path().join(".connectus/service-secret"), SECRET).unwrap();
    let file = export(folder.path(), &[user(1, "Ann")]);
    let away = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let grpc = away.local_addr().unwrap();
    let import = printed(command(folder.path(), grpc, &["import", file.to_str().unwrap()]));
    let suite = async {
        // It has tried in vain.
        drop(away.accept().await.unwrap());
        drop(away);
        Office::open_at(folder, grpc).await
    };
    let (printed, office) = tokio::join!(import, suite);
    assert_eq!(printed, "1 imported, 0 there already, 0 refused.\n");
    login(&office.api, &id(1), OLD_PASSWORD).await;
}

#[tokio::test]
async fn one_that_is_left_alone_stops_and_goes_on_later() {
    let office = Office::open().await;
    let ann = with(user(1, "Ann"), &json!({"experiences": [experience(11, "", false, false)]}));
    let file = export(office.folder.path(), &[ann, user(2, "Bob")]);
    let nobody = format!("http://{}", free_address());
    let mut import = office.command(&["import", file.to_str().unwrap(), "--patience", "1"]);
    import.env("CONNECTUS_EXPERIENCE_URL", &nobody);
    let said = refusal(import).await;
    assert!(said.contains(&nobody) && said.contains("goes on after line 0"), "{said}");
    let credentials = json!({"id": id(1), "password": OLD_PASSWORD});
    let answer = office.api.post("/v1/auth/login", None, &credentials).await;
    assert_eq!(answer.error().1, 3101, "nobody logs in before everything is there");
    office.admin(&["import", file.to_str().unwrap()]).await;
    let token = login(&office.api, &id(1), OLD_PASSWORD).await;
    assert_eq!(office.api.get("/v1/experiences", Some(&token)).await.ok().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn with_the_wrong_secret_no_line_is_refused() {
    let office = Office::open().await;
    let file = export(office.folder.path(), &[user(1, "Ann")]);
    let mut import = office.command(&["import", file.to_str().unwrap()]);
    import.env("CONNECTUS_SERVICE_SECRET", "another secret, which is long enough for one");
    let said = refusal(import).await;
    assert!(said.contains("has another secret") && said.contains("goes on after line 0"), "{said}");
    assert!(!file.with_file_name("accounts.json.refused.jsonl").exists());
}
