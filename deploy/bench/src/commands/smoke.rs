//! `smoke`: whether a ratio has fallen far below the one that is kept. Times are of a machine, and are not looked at.

use std::{collections::BTreeMap, time::Duration};

use super::paths::{self, Kind, Scene};
use crate::{
    Outcome,
    machine::Machine,
    ratios,
    results::{self, Paths},
    rounds::Plan,
    suite, tools,
};

/// The ratios that are kept.
const RATIOS: &str = "ratios.json";
/// What must be left of a ratio.
const LEFT: f64 = 2.0 / 3.0;
const ROWS: u64 = 10_000;
const PLAN: Plan = Plan { time: Duration::from_secs(2), warm_up: Duration::from_secs(1), rounds: 2, connections: 16 };
/// What needs nothing that is not on every machine.
const KINDS: [Kind; 4] = [Kind::ReadQuickly, Kind::Token, Kind::Login, Kind::Write];

pub(super) async fn run(keep: bool) -> Outcome<()> {
    tools::require(&["wrk", "pgbench"])?;
    suite::build().await?;
    let mut scene = Scene::start(ROWS).await?;
    let mut ratios = measure(&mut scene).await?;
    let outcome = if keep {
        results::keep(RATIOS, &ratios)
    } else {
        let kept = results::kept(RATIOS)?;
        if compare(&ratios, &kept).is_err() {
            // What others on the machine have disturbed is better the second time.
            for (name, again) in measure(&mut scene).await? {
                ratios.entry(name).and_modify(|ratio| *ratio = ratio.max(again)).or_insert(again);
            }
        }
        compare(&ratios, &kept)
    };
    scene.stop().await?;
    outcome
}

async fn measure(scene: &mut Scene) -> Outcome<BTreeMap<String, f64>> {
    let mut measured =
        Paths { machine: Machine::this(), groups: Vec::new(), facts: BTreeMap::new(), missing: Vec::new() };
    for kind in KINDS {
        measured.groups.extend(paths::measure(kind, scene, &PLAN, &mut measured.missing).await?);
    }
    Ok(ratios::of(&measured))
}

fn compare(ratios: &BTreeMap<String, f64>, kept: &BTreeMap<String, f64>) -> Outcome<()> {
    let mut fallen = Vec::new();
    for (name, before) in kept {
        let now = ratios.get(name).ok_or_else(|| format!("{name} was not measured"))?;
        println!("{name:<55}{now:>8.2}, kept {before:.2}");
        if *now < before * LEFT {
            fallen.push(format!("{name} is {now:.2}, and was {before:.2}"));
        }
    }
    if fallen.is_empty() { Ok(()) } else { Err(format!("fallen by more than a third: {}", fallen.join("; ")).into()) }
}
