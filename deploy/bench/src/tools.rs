//! The programs that make the load, and what they say of it.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use tokio::process::Command;

use crate::{Outcome, database::Database, figures::Said, machine, requests::Request};

const SCRIPT: &str = include_str!("wrk.lua");

/// What each program comes with on Debian.
const PACKAGES: &[(&str, &str)] = &[
    ("wrk", "wrk"),
    ("h2load", "nghttp2-client"),
    ("pgbench", "postgresql"),
    ("node", "nodejs"),
    ("npm", "npm"),
    ("perf", "linux-perf"),
];

/// Whether a program can be run.
fn has(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// Fails where a program is missing, and says what to do.
pub(crate) fn require(programs: &[&str]) -> Outcome<()> {
    let missing: Vec<&str> = programs.iter().filter(|program| !has(program)).copied().collect();
    if missing.is_empty() {
        return Ok(());
    }
    let named = PACKAGES.iter().filter(|(name, _)| missing.contains(name));
    let packages: Vec<&str> = named.map(|(_, package)| *package).collect();
    Err(format!("this needs {}; install it: apt-get install -y {}", missing.join(", "), packages.join(" ")).into())
}

/// Asks a server by HTTP/1.1 for so long, by so many connections at once.
pub(crate) async fn wrk(url: &str, requests: &[Request], connections: u32, time: Duration) -> Outcome<Said> {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let folder = machine::target().join("bench");
    // Two may run at once.
    let turn = COUNTER.fetch_add(1, Ordering::Relaxed) % 2;
    let (script, list) = (folder.join(format!("wrk-{turn}.lua")), folder.join(format!("requests-{turn}")));
    let mut lines = String::new();
    for Request { method, path, header: (name, value), body } in requests {
        writeln!(lines, "{method}\t{path}\t{name}\t{value}\t{body}")?;
    }
    fs::write(&script, SCRIPT)?;
    fs::write(&list, lines)?;
    let mut command = Command::new("wrk");
    command.args(["--threads", "1", "--timeout", "10s", "--connections", &connections.to_string()]);
    command
        .args(["--duration", &format!("{}s", time.as_secs())])
        .arg("--script")
        .arg(script)
        .arg(url)
        .arg("--")
        .arg(list);
    let said = output(command).await?;
    let line =
        said.lines().find_map(|line| line.strip_prefix("BENCH ")).ok_or_else(|| format!("wrk failed: {said}"))?;
    let numbers = line.split(' ').map(str::parse).collect::<Result<Vec<f64>, _>>()?;
    let [requests, microseconds, p50, p99, refused, failed] = numbers[..] else {
        return Err("wrk says too little".into());
    };
    Ok(Said { requests, seconds: microseconds / 1e6, p50_ms: p50 / 1e3, p99_ms: p99 / 1e3, failed: refused + failed })
}

/// Asks a server by HTTP/2, with one call at a time on each connection.
pub(crate) async fn h2load(
    url: &str,
    headers: &[&str],
    body: &[u8],
    connections: u32,
    time: Duration,
) -> Outcome<Said> {
    let folder = machine::target().join("bench");
    let (data, log) = (folder.join("call"), folder.join("calls.log"));
    fs::write(&data, body)?;
    let _ = fs::remove_file(&log);
    let mut command = Command::new("h2load");
    command.args(["--threads", "1", "--max-concurrent-streams", "1", "--clients", &connections.to_string()]);
    command.args(["--duration", &time.as_secs().to_string()]).arg("--data").arg(data);
    command.arg(format!("--log-file={}", log.display()));
    for header in headers {
        command.args(["--header", header]);
    }
    let said = output(command.arg(url)).await?;
    let mut times = Vec::new();
    let mut failed = 0.0;
    // The moment, the status, and how long it took in microseconds.
    for line in fs::read_to_string(&log)?.lines() {
        let mut fields = line.split('\t');
        let (status, took) = (fields.nth(1).unwrap_or_default(), fields.next().unwrap_or_default());
        if status != "200" {
            failed += 1.0;
        }
        times.push(took.parse::<f64>()?);
    }
    if times.is_empty() {
        return Err(format!("h2load failed: {said}").into());
    }
    times.sort_by(f64::total_cmp);
    let percentile = |part: f64| times[((times.len() - 1) as f64 * part) as usize] / 1e3;
    let (p50_ms, p99_ms) = (percentile(0.5), percentile(0.99));
    Ok(Said { requests: times.len() as f64, seconds: time.as_secs_f64(), p50_ms, p99_ms, failed })
}

/// Sees that a call of gRPC or grpc-web is answered by a message: a failure has none, and the status of success.
pub(crate) async fn check_call(url: &str, headers: &[&str], body: &[u8]) -> Outcome<()> {
    let client = reqwest::Client::builder().http2_prior_knowledge().build()?;
    let mut request = client.post(url).body(body.to_vec());
    for (name, value) in headers.iter().filter_map(|header| header.split_once(": ")) {
        request = request.header(name, value);
    }
    let answer = request.send().await?.error_for_status()?.bytes().await?;
    if answer.len() > 5 && answer[0] == 0 { Ok(()) } else { Err(format!("{url} answers no message").into()) }
}

/// Has PostgreSQL run scripts, one or the other of them, with nothing in between.
pub(crate) async fn pgbench(
    database: &Database,
    scripts: &[String],
    connections: u32,
    time: Duration,
) -> Outcome<Said> {
    let folder = machine::target().join("bench");
    let log = folder.join("pgbench.log");
    for old in logs(&folder)? {
        fs::remove_file(old)?;
    }
    let mut command = Command::new("pgbench");
    command.args([
        "--no-vacuum",
        "--protocol",
        "prepared",
        "--jobs",
        "1",
        "--log",
        "--client",
        &connections.to_string(),
    ]);
    command.arg("--log-prefix").arg(&log).args(["--time", &time.as_secs().to_string()]);
    for (number, script) in scripts.iter().enumerate() {
        let file = folder.join(format!("script-{number}.sql"));
        fs::write(&file, script)?;
        command.arg("--file").arg(file);
    }
    command.arg(database.url().replace("postgres://", "postgresql://"));
    let said = output(&mut command).await?;
    let mut times = Vec::new();
    for log in logs(&folder)? {
        // The client, the number of the transaction, and how long it took in microseconds.
        let lines = fs::read_to_string(log)?;
        times.extend(lines.lines().filter_map(|line| line.split(' ').nth(2)?.parse::<f64>().ok()));
    }
    if times.is_empty() {
        return Err(format!("pgbench failed: {said}").into());
    }
    times.sort_by(f64::total_cmp);
    let percentile = |part: f64| times[((times.len() - 1) as f64 * part) as usize] / 1e3;
    let (p50_ms, p99_ms) = (percentile(0.5), percentile(0.99));
    Ok(Said { requests: times.len() as f64, seconds: time.as_secs_f64(), p50_ms, p99_ms, failed: 0.0 })
}

/// The files that pgbench has written its times into.
fn logs(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let is_log = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("pgbench.log"));
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    Ok(entries.into_iter().map(|entry| entry.path()).filter(|path| is_log(path)).collect())
}

/// What a program says, whether it went well or not.
async fn output(mut command: impl std::borrow::BorrowMut<Command>) -> Outcome<String> {
    let output = command.borrow_mut().kill_on_drop(true).output().await?;
    Ok(format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}
