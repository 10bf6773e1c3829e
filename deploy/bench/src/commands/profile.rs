//! `profile`: where the time of a processor goes, by `perf`: a flame graph for each path whose cost is a target, and who waits for one
//! while passwords are hashed.

mod flame;
mod waits;

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use tokio::process::Command;

use super::{
    Measuring,
    paths::{Kind, Scene},
};
use crate::{
    Outcome,
    machine::{self, Machine},
    requests::Path,
    results,
    rounds::Plan,
    suite::{self, Topology},
    tools,
};

pub(crate) use waits::Waits;

pub(crate) const RESULTS: &str = "profile.json";

/// What is profiled, with the name of its flame graph. What needs separate roles comes first.
const PROFILED: [(Topology, Path, &str); 4] = [
    (Topology::Apart, Path::Account, "read-apart"),
    (Topology::Together, Path::Account, "read-all"),
    (Topology::Together, Path::Login, "login"),
    (Topology::Together, Path::CreateExperience, "new-experience"),
];

/// How many functions of each are shown.
const SHOWN: usize = 12;

/// What costs most.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Profile {
    pub(crate) machine: Machine,
    pub(crate) paths: Vec<Profiled>,
    /// How threads wait for a processor while accounts are read, alone and while others log in, by the names of the threads.
    pub(crate) waits: Vec<(String, BTreeMap<String, Waits>)>,
}

/// What costs most of one path.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Profiled {
    /// The path, and the roles.
    pub(crate) name: String,
    /// The file of its flame graph.
    pub(crate) file: String,
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
    let mut scene = Scene::start(*measuring.rows.first().ok_or("--rows is empty")?).await?;
    let mut profile = Profile { machine: Machine::this(), paths: Vec::new(), waits: Vec::new() };
    for (topology, path, file) in PROFILED {
        if topology == Topology::Together {
            scene.stop_apart().await?;
        }
        profile.paths.push(profiled(&scene, topology, path, file, &measuring.plan()).await?);
    }
    profile.waits = waits_beside_logins(&scene, &measuring.plan()).await?;
    scene.stop().await?;
    results::keep(RESULTS, &profile)
}

async fn profiled(scene: &Scene, topology: Topology, path: Path, file: &str, plan: &Plan) -> Outcome<Profiled> {
    let (suite, roles) = match topology {
        Topology::Apart => (scene.apart()?, "by separate roles"),
        Topology::Together => (&scene.together, "in `all`"),
    };
    let name = format!("`{}` {roles}", path.name());
    let requests = path.requests(&scene.database, &scene.people).await?;
    scene.database.forget_attempts().await?;
    tools::wrk(&suite.url, &requests, plan.connections, plan.warm_up.max(Duration::from_secs(1))).await?;
    scene.database.forget_attempts().await?;
    let data = machine::target().join("bench/perf.data");
    let pids: Vec<String> = suite.pids().map(|pid| pid.to_string()).collect();
    let mut record = Command::new("perf");
    // No frame pointers are kept: the stacks are unwound afterwards, by the tables that panics need.
    record.args(["record", "--quiet", "--freq", "299", "--call-graph", "dwarf,65528", "--pid", &pids.join(",")]);
    record.arg("--output").arg(&data).args(["--", "sleep", &plan.time.as_secs().to_string()]);
    let load = tools::wrk(&suite.url, &requests, plan.connections, plan.time + Duration::from_secs(1));
    let (_, status) = tokio::try_join!(load, async { Ok(record.status().await?) })?;
    if !status.success() {
        return Err("perf cannot record".into());
    }
    flame::draw(&data, &name, &machine::root().join(format!("deploy/bench/flame-{file}.svg"))).await?;
    let mut report = Command::new("perf");
    report.args(["report", "--stdio", "--no-children", "--call-graph", "none", "--sort", "dso,symbol"]);
    report.args(["--field-separator", "\t", "--input"]).arg(&data);
    let said = String::from_utf8(report.output().await?.stdout)?;
    let costs: Vec<Cost> = said.lines().filter_map(cost).take(SHOWN).collect();
    println!("{name}:");
    for Cost { percent, object, function } in &costs {
        println!("{percent:>6.2} %  {function}  ({object})");
    }
    Ok(Profiled { name, file: format!("flame-{file}.svg"), costs })
}

async fn waits_beside_logins(scene: &Scene, plan: &Plan) -> Outcome<Vec<(String, BTreeMap<String, Waits>)>> {
    let data = machine::target().join("bench/perf-sched.data");
    let mut all = Vec::new();
    for subject in Kind::ReadsBesideLogins.subjects(scene, &[]).await? {
        scene.database.forget_attempts().await?;
        let load = plan.run(&subject, plan.time + Duration::from_secs(1));
        let (_, waits) = tokio::try_join!(load, waits::record(&data, plan.time))?;
        println!("{}: {waits:?}", subject.name);
        all.push((subject.name, waits));
    }
    Ok(all)
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
