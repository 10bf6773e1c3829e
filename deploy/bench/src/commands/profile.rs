//! `profile`: where the time of a processor goes while accounts are read in role `all`.

use serde::{Deserialize, Serialize};
use tokio::process::Command;

use super::{Measuring, paths::Scene};
use crate::{
    Outcome,
    machine::{self, Machine},
    requests::Path,
    results, suite, tools,
};

pub(crate) const RESULTS: &str = "profile.json";

/// How many functions are shown.
const SHOWN: usize = 25;

/// What costs most.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Profile {
    pub(crate) machine: Machine,
    pub(crate) costs: Vec<Cost>,
}

/// A function, and its part of all samples.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Cost {
    pub(crate) percent: f64,
    pub(crate) object: String,
    pub(crate) function: String,
}

pub(super) async fn run(measuring: &Measuring) -> Outcome<()> {
    tools::require(&["wrk", "perf"])?;
    suite::build_with_names().await?;
    let scene = Scene::start(*measuring.rows.first().ok_or("--rows is empty")?).await?;
    let requests = Path::Account.requests(&scene.database, &scene.people).await?;
    let (url, plan) = (&scene.together.url, measuring.plan());
    tools::wrk(url, &requests, plan.connections, plan.warm_up).await?;
    let file = machine::target().join("bench/perf.data");
    let pid = scene.together.processes(&scene.database)?.get("all").copied().unwrap_or_default().to_string();
    let mut record = Command::new("perf");
    record.args(["record", "--quiet", "--freq", "997", "--pid", &pid, "--output"]).arg(&file);
    record.args(["--", "sleep", &measuring.seconds.to_string()]);
    let load = tools::wrk(url, &requests, plan.connections, plan.time + plan.warm_up);
    let (_, status) = tokio::try_join!(load, async { Ok(record.status().await?) })?;
    if !status.success() {
        return Err("perf cannot record".into());
    }
    let mut report = Command::new("perf");
    report.args(["report", "--stdio", "--no-children", "--sort", "dso,symbol", "--field-separator", "\t", "--input"]);
    let said = String::from_utf8(report.arg(&file).output().await?.stdout)?;
    let costs: Vec<Cost> = said.lines().filter_map(cost).take(SHOWN).collect();
    for Cost { percent, object, function } in &costs {
        println!("{percent:>6.2} %  {function}  ({object})");
    }
    scene.stop().await?;
    results::keep(RESULTS, &Profile { machine: Machine::this(), costs })
}

/// A line of the report: the percentage, where, and what.
fn cost(line: &str) -> Option<Cost> {
    let mut fields = line.split('\t').map(str::trim);
    let percent = fields.next()?.trim_end_matches('%').parse().ok()?;
    let object = fields.next()?.trim_matches(['[', ']']).to_owned();
    let function = fields.next()?;
    let function = function.split_once("] ").map_or(function, |(_, name)| name);
    // Types may be longer than anybody reads.
    let short: String = function.chars().take(110).collect();
    Some(Cost { percent, object, function: short.replace('|', "\\|") })
}
