//! The server and the process that started it: this test program again, in another role.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use connectus_postgres::Binaries;

use crate::{finds_mark, folder, is_running, leave_mark, start};

/// Tells the program that it is the other process, and where its data is.
const DATA: &str = "CONNECTUS_TEST_DATA";

/// A command that runs one test of this program and nothing else.
fn this_program(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("process::{test}"), "--nocapture"]);
    command
}

/// The process that starts a server, says the server's process id, and waits for its end.
async fn serve(data: &str) {
    let server = start(Path::new(data)).await.unwrap();
    leave_mark(&server).await;
    println!("\nserver {}", server.pid().unwrap());
    std::future::pending::<()>().await;
}

/// Waits for the process to say the server's process id.
fn pid_of_server(parent: &mut Child) -> u32 {
    let lines = BufReader::new(parent.stdout.take().unwrap()).lines().map_while(Result::ok);
    lines.into_iter().find_map(|line| line.strip_prefix("server ")?.parse().ok()).expect("it starts")
}

#[tokio::test]
async fn a_server_ends_with_the_process_that_started_it_however_that_ends() {
    if let Ok(data) = std::env::var(DATA) {
        return serve(&data).await;
    }
    let folder = folder();
    let data = folder.path().join("data");
    let mut parent = this_program("a_server_ends_with_the_process_that_started_it_however_that_ends");
    let mut parent = parent.env(DATA, &data).stdout(Stdio::piped()).spawn().unwrap();
    let server = pid_of_server(&mut parent);
    assert!(is_running(server));
    parent.kill().unwrap();
    parent.wait().unwrap();

    // Whoever starts it again need not wait for the other to be gone.
    let again = start(&data).await.unwrap();
    assert!(!is_running(server));
    assert!(finds_mark(&again).await);
    again.stop().await;
}

#[test]
fn where_there_is_no_postgresql_the_way_to_install_it_is_said() {
    let test = "where_there_is_no_postgresql_the_way_to_install_it_is_said";
    if std::env::var_os(DATA).is_some() {
        match Binaries::find() {
            Ok(binaries) => println!("\nfound {binaries:?}"),
            Err(error) => println!("\nerror {error}"),
        }
        return;
    }
    let mut child = this_program(test);
    let Some(mut child) = without_usual_places(&mut child) else {
        println!("skipped: the places where PostgreSQL is installed cannot be hidden here");
        return;
    };
    let output = child.env(DATA, "").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let sentence = said.lines().find_map(|line| line.strip_prefix("error ")).unwrap_or_else(|| panic!("{said}"));
    assert!(sentence.starts_with("there is no PostgreSQL on this machine: install it ("), "{sentence}");
    assert!(sentence.ends_with("), or set DATABASE_URL to one elsewhere"), "{sentence}");
    if fs::read_to_string("/etc/os-release").is_ok_and(|system| system.lines().any(|line| line == "ID=debian")) {
        assert!(sentence.contains("(sudo apt-get install postgresql)"), "{sentence}");
    }
}

/// The command where the usual places are empty, if this system lets us hide what is in them.
fn without_usual_places(command: &mut Command) -> Option<Command> {
    let hide = "for place in /usr/lib/postgresql /usr/pgsql-* /opt/homebrew/opt /usr/local/opt; do \
                if [ -d $place ]; then mount -t tmpfs none $place || exit 9; fi; done; ";
    let shell = |script: &str| {
        let mut hidden = Command::new("unshare");
        hidden.args(["--mount", "--map-root-user", "/bin/sh", "-c", &format!("{hide}{script}"), "sh"]);
        hidden
    };
    if !shell("true").output().is_ok_and(|output| output.status.success()) {
        return None;
    }
    let mut hidden = shell("PATH= exec \"$@\"");
    hidden.arg(command.get_program()).args(command.get_args());
    Some(hidden)
}
