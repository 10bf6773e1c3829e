//! What keeps the suite from starting is one clear line, and exit code 1.

use connectus_testkit::Database;
use nix::unistd::Uid;
use tokio::{net::TcpListener, process::Command};

use super::{Alone, command, folder};
use crate::process::{connectus, free_address};

/// Runs a command that must be refused, and returns the line that it says.
async fn refusal(mut command: Command) -> String {
    let output = command.output().await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

fn all_with(settings: &[(&str, &str)]) -> Command {
    let mut command = connectus("all");
    command.env("CONNECTUS_LISTEN", "127.0.0.1:0").env("CONNECTUS_GRPC_LISTEN", "127.0.0.1:0");
    command.envs(settings.iter().copied());
    command
}

#[tokio::test]
async fn a_port_in_use_is_named_with_its_setting() {
    let (folder, taken) = (folder(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let address = taken.local_addr().unwrap();
    for (gateway, grpc, setting) in
        [(address, free_address(), "CONNECTUS_LISTEN"), (free_address(), address, "CONNECTUS_GRPC_LISTEN")]
    {
        let said = refusal(command(folder.path(), gateway, grpc)).await;
        assert!(said.contains(&address.to_string()) && said.contains(setting), "{said}");
    }
}

#[tokio::test]
async fn a_bad_setting_is_named() {
    for (setting, value) in [
        ("CONNECTUS_LISTEN", "here"),
        ("CONNECTUS_GRPC_LISTEN", "127.0.0.1:99999"),
        ("CONNECTUS_PUBLIC_URL", "ftp://example.org"),
        ("CONNECTUS_SITE_URL", "example.org"),
        ("CONNECTUS_DATABASE_CONNECTIONS", "0"),
        ("DATABASE_READ_URL", "mysql://localhost/x"),
        ("SMTP_URL", "mail.example.org"),
        ("CONNECTUS_SERVICE_SECRET", "short"),
        ("CONNECTUS_ACCESS_MAX_AGE", "0"),
        ("CONNECTUS_TOKEN_TTL", "5"),
        ("CONNECTUS_KEY_ROTATION", "0"),
        ("CONNECTUS_HASH_CONCURRENCY", "x"),
        ("CONNECTUS_RATE_LIMIT", "0"),
        ("CONNECTUS_MAX_STREAMS", "0"),
        ("CONNECTUS_REQUEST_TIMEOUT", "0"),
        ("CONNECTUS_CORS_ORIGINS", "*"),
        ("CONNECTUS_TRUSTED_PROXIES", "my-proxy"),
        ("CONNECTUS_LOG", "a=b=c"),
        ("CONNECTUS_LOG_FORMAT", "xml"),
    ] {
        let database = Database::new().await;
        let said = refusal(all_with(&[("DATABASE_URL", database.url()), (setting, value)])).await;
        assert!(said.contains(setting), "{setting}: {said}");
    }
}

#[tokio::test]
async fn a_replica_of_no_database_is_refused() {
    let said = refusal(all_with(&[("DATABASE_READ_URL", "postgres://localhost/x")])).await;
    assert!(said.contains("DATABASE_URL"), "{said}");
}

#[tokio::test]
async fn a_bad_sender_is_named() {
    let database = Database::new().await;
    let settings = [("DATABASE_URL", database.url()), ("SMTP_URL", "smtp://127.0.0.1:1"), ("MAIL_FROM", "nobody")];
    assert!(refusal(all_with(&settings)).await.contains("MAIL_FROM"));
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_named_without_its_password() {
    let url = "postgres://connectus:hunter2@127.0.0.1:1/connectus";
    for role in ["all", "migrate"] {
        let mut command = connectus(role);
        command.env("DATABASE_URL", url);
        if role == "all" {
            command.env("CONNECTUS_LISTEN", "127.0.0.1:0").env("CONNECTUS_GRPC_LISTEN", "127.0.0.1:0");
        }
        let said = refusal(command).await;
        assert!(said.contains("127.0.0.1:1/connectus") && !said.contains("hunter2"), "{said}");
    }
    assert!(refusal(all_with(&[("DATABASE_URL", "mysql://localhost/x")])).await.contains("postgres://"));
}

#[tokio::test]
async fn a_database_that_says_nothing_is_not_waited_for_for_ever() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();
    let mut migrate = connectus("migrate");
    migrate.env("DATABASE_URL", format!("postgres://connectus@{address}/connectus"));
    let said = refusal(migrate).await;
    assert!(said.contains(&address.to_string()) && said.contains("does not answer"), "{said}");
}

#[tokio::test]
async fn data_in_use_is_refused() {
    let folder = folder();
    let suite = Alone::start(folder.path()).await;
    let said = refusal(command(folder.path(), free_address(), free_address())).await;
    assert!(said.contains("running already"), "{said}");
    suite.api.get("/healthz", None).await.ok();
}

/// Where PostgreSQL is installed cannot be hidden from a process, but by a root who gives it another view of the machine.
#[tokio::test]
async fn without_postgresql_it_says_how_to_install_it() {
    if !cfg!(target_os = "linux") || !Uid::effective().is_root() {
        println!("skipped: it takes root on Linux to hide an installation");
        return;
    }
    let hide = "for bin in /usr/lib/postgresql /usr/local/pgsql $(dirname $(readlink -f $(command -v initdb || echo /nowhere/x))); do \
                [ -d $bin ] && mount -t tmpfs none $bin; done; PATH=/nowhere exec \"$0\" all --listen 127.0.0.1:0 --grpc-listen 127.0.0.1:0";
    let mut command = Command::new("unshare");
    let folder = folder();
    command.args(["--mount", "sh", "-c", hide, env!("CARGO_BIN_EXE_connectus")]).current_dir(folder.path());
    let said = refusal(command).await;
    assert!(said.contains("no PostgreSQL") && said.contains("install"), "{said}");
}
