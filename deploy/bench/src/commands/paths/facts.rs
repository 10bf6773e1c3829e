//! What is no rate: how soon the suite is up, how much memory it takes, and how large it is.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::process::{Child, Command};

use crate::{Outcome, database::Database, load, meter, rivals, suite};

/// How long it is left alone before its memory is looked at.
const REST: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_mins(1);

pub(super) async fn measure() -> Outcome<BTreeMap<String, f64>> {
    // Where the database's user gets, too.
    let data = std::env::temp_dir().join(format!("connectus-bench-{}", std::process::id()));
    let (cold, mut process) = start(&data).await?;
    end(&mut process).await?;
    let (warm, mut process) = start(&data).await?;
    tokio::time::sleep(REST).await;
    let idle = meter::resident(process.id().unwrap_or_default())?;
    end(&mut process).await?;
    fs::remove_dir_all(&data)?;
    let database: Database = load::database(10_000).await?;
    let rival = rivals::axum::start(&database).await?;
    let (start_up, memory) = (rival.start_up.as_secs_f64(), meter::resident(rival.pid()?)?);
    drop(rival);
    database.stop().await;
    let facts = [
        ("cold start of all, s", cold),
        ("warm start of all, s", warm),
        ("start of axum by hand, s", start_up),
        ("memory of all, idle, MB", idle),
        ("memory of axum by hand, idle, MB", memory),
        ("release binary, MB", fs::metadata(suite::binary())?.len() as f64 / 1e6),
    ];
    for (name, value) in facts {
        println!("  {name:<40}{value:>8.2}");
    }
    Ok(facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Starts the suite with a PostgreSQL of its own, and answers how long it took until it was ready.
async fn start(data: &Path) -> Outcome<(f64, Child)> {
    let (rest, grpc) = (suite::free_address()?, suite::free_address()?);
    let mut command = suite::role("all");
    command.args(["--listen", &rest, "--grpc-listen", &grpc, "--data-dir"]).arg(data);
    let began = Instant::now();
    let process = command.stdout(Stdio::null()).kill_on_drop(true).spawn()?;
    let client = reqwest::Client::new();
    while began.elapsed() < PATIENCE {
        if let Ok(answer) = client.get(format!("http://{rest}/readyz")).send().await
            && answer.status().is_success()
        {
            return Ok((began.elapsed().as_secs_f64(), process));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Err("the suite does not start".into())
}

/// Ends it as an operator does, so that its PostgreSQL ends too.
async fn end(process: &mut Child) -> Outcome<()> {
    let pid = process.id().ok_or("the suite has ended")?.to_string();
    Command::new("kill").arg(pid).status().await?;
    process.wait().await?;
    Ok(())
}
