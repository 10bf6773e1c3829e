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
    /// Ended once nothing is measured of it any more: it holds connections.
    apart: Option<Suite>,
    pub(crate) people: People,
}

impl Scene {
    pub(crate) async fn start(rows: u64) -> Outcome<Self> {
        let database = load::database(rows).await?;
        let together = Suite::start(Topology::Together, &database).await?;
        let apart = Some(Suite::start(Topology::Apart, &database).await?);
        let people = People::log_in(&together, &database).await?;
        Ok(Self { database, rows, together, apart, people })
    }

    /// The suite with a process for each role.
    pub(crate) fn apart(&self) -> Outcome<&Suite> {
        self.apart.as_ref().ok_or_else(|| "the separate roles have ended".into())
    }

    /// Ends the separate roles, if they have not ended yet.
    pub(crate) async fn stop_apart(&mut self) -> Outcome<()> {
        match self.apart.take() {
            Some(suite) => suite.stop().await,
            None => Ok(()),
        }
    }

    pub(crate) async fn stop(mut self) -> Outcome<()> {
        self.stop_apart().await?;
        self.together.stop().await?;
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
    if !measuring.only.is_empty() {
        paths.groups = results::kept::<Paths>(RESULTS)?.groups;
    }
    let mut scene = Scene::start(rows).await?;
    for kind in groups::ALL.iter().filter(|kind| kind.name().contains(&measuring.only)) {
        println!("{}:", kind.name());
        let group = measure(*kind, &mut scene, &measuring.plan(), &mut paths.missing).await?;
        replace(&mut paths.groups, group);
        // What was measured stays, whatever becomes of the rest.
        results::keep(RESULTS, &paths)?;
    }
    scene.stop().await
}

/// Measures what is in a group.
pub(crate) async fn measure(
    kind: Kind,
    scene: &mut Scene,
    plan: &Plan,
    missing: &mut Vec<String>,
) -> Outcome<Vec<Group>> {
    if !kind.is_of_both() {
        scene.stop_apart().await?;
    }
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

/// Puts groups in the place of those of the same name.
fn replace(groups: &mut Vec<Group>, new: Vec<Group>) {
    groups.retain(|old| new.iter().all(|group| group.name != old.name));
    groups.extend(new);
}
