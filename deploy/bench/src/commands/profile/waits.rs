//! How long threads that could run wait for a processor, by the kernel's scheduler.

use std::{collections::BTreeMap, path::Path, time::Duration};

use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::Outcome;

/// Which threads are told of: the database's, those that serve, those that hash, and those that make the load.
const TASKS: [&str; 4] = ["postgres", "tokio-rt-worker", "hashing", "wrk"];

/// How threads of one name have waited.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Waits {
    /// How many milliseconds all of them ran.
    pub(crate) ran_ms: f64,
    pub(crate) mean_ms: f64,
    pub(crate) longest_ms: f64,
}

/// Records how all threads of the machine wait for so long.
pub(super) async fn record(data: &Path, time: Duration) -> Outcome<BTreeMap<String, Waits>> {
    let mut record = Command::new("perf");
    record.args(["sched", "record", "--all-cpus", "--output"]).arg(data);
    let recorded = record.args(["--", "sleep", &time.as_secs().to_string()]).output().await?;
    if !recorded.status.success() {
        return Err("perf cannot record the scheduler".into());
    }
    let mut report = Command::new("perf");
    report.args(["sched", "latency", "--input"]).arg(data);
    let said = String::from_utf8_lossy(&report.output().await?.stdout).into_owned();
    Ok(said.lines().filter_map(waits).filter(|(task, _)| TASKS.contains(&task.as_str())).collect())
}

/// A line of the report: the name with how many there are, how long they ran, how often, and their delays.
fn waits(line: &str) -> Option<(String, Waits)> {
    let mut fields = line.split('|').map(str::trim);
    let (task, _) = fields.next()?.rsplit_once(':')?;
    let ran_ms = milliseconds(fields.next()?)?;
    let mut delays = fields.skip(1).map(milliseconds);
    Some((task.to_owned(), Waits { ran_ms, mean_ms: delays.next()??, longest_ms: delays.next()?? }))
}

/// `avg:   0.706 ms`, or the same without a word before it.
fn milliseconds(field: &str) -> Option<f64> {
    field.strip_suffix("ms")?.split_whitespace().last()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_perf_is_read() {
        let line = "  postgres:(12)         |   1004.303 ms |        5 | avg:   0.706 ms | max:   3.401 ms | max start:   542.660086 s | ";
        let read = waits(line).map(|(task, waits)| (task, waits.ran_ms, waits.mean_ms, waits.longest_ms));
        assert_eq!(read, Some(("postgres".to_owned(), 1004.303, 0.706, 3.401)));
        assert!(waits("  Task | Runtime ms | Switches | Avg delay ms | Max delay ms |").is_none());
    }
}
