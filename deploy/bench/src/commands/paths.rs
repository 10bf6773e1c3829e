//! `paths`: each path beside what else could answer it, in one run.

mod facts;
mod groups;

use super::Measuring;
use crate::{
    Outcome,
    database::Database,
    load,
    machine::Machine,
    people::People,
    results::{self, Group, Paths},
    rounds::Plan,
    suite::{self, Suite, Topology},
    tools,
};

pub(crate) use groups::Kind;

pub(crate) const RESULTS: &str = "paths.json";

/// What all groups have in common.
pub(crate) struct Scene {
    pub(crate) database: Database,
    pub(crate) rows: u64,
    pub(crate) together: Suite,
    pub(crate) apart: Suite,
    pub(crate) people: People,
}

impl Scene {
    pub(crate) async fn start(rows: u64) -> Outcome<Self> {
        let database = load::database(rows).await?;
        let together = Suite::start(Topology::Together, &database).await?;
        let apart = Suite::start(Topology::Apart, &database).await?;
        let people = People::log_in(&together, &database).await?;
        Ok(Self { database, rows, together, apart, people })
    }

    pub(crate) async fn stop(self) -> Outcome<()> {
        self.together.stop().await?;
        self.apart.stop().await?;
        self.database.stop().await;
        Ok(())
    }
}

pub(super) async fn run(measuring: &Measuring) -> Outcome<()> {
    tools::require(&["wrk", "h2load", "pgbench"])?;
    suite::build().await?;
    let rows = *measuring.rows.first().ok_or("--rows is empty")?;
    let mut paths =
        Paths { machine: Machine::this(), groups: Vec::new(), facts: facts::measure().await?, missing: Vec::new() };
    let scene = Scene::start(rows).await?;
    for kind in groups::ALL.iter().filter(|kind| kind.name().contains(&measuring.only)) {
        println!("{}:", kind.name());
        let group = measure(*kind, &scene, &measuring.plan(), &mut paths.missing).await?;
        paths.groups.extend(group);
    }
    scene.stop().await?;
    if !measuring.only.is_empty() {
        merge(&mut paths);
    }
    results::keep(RESULTS, &paths)
}

/// Measures what is in a group.
pub(crate) async fn measure(
    kind: groups::Kind,
    scene: &Scene,
    plan: &Plan,
    missing: &mut Vec<String>,
) -> Outcome<Vec<Group>> {
    let mut measured = Vec::new();
    for plan in kind.plans(plan) {
        // What is compared with runs only while it is.
        let rivals = kind.rivals(scene, missing).await?;
        let subjects = kind.subjects(scene, &rivals).await?;
        let series = plan.measure(&subjects).await?;
        let name = kind.name_at(&plan);
        let names = subjects.iter().map(|subject| subject.name.clone());
        measured.push(Group { name, series: names.zip(series).collect() });
    }
    Ok(measured)
}

/// Takes what was not measured now from the last time.
fn merge(paths: &mut Paths) {
    if let Ok(last) = results::kept::<Paths>(RESULTS) {
        let is_new = |group: &Group| paths.groups.iter().any(|new| new.name == group.name);
        let old: Vec<Group> = last.groups.into_iter().filter(|group| !is_new(group)).collect();
        paths.groups.extend(old);
    }
}
