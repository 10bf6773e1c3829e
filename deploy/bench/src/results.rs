//! What was measured, kept as files, from which tables and plots are made.

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Outcome, figures::Series, machine, machine::Machine};

/// What growing was measured to come to, by how many accounts there are.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Growth {
    pub(crate) machine: Machine,
    pub(crate) sizes: Vec<Grown>,
}

/// One size of it.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Grown {
    pub(crate) accounts: u64,
    /// Bytes of the database for each account, with its profile and connections, in all schemas but what follows.
    pub(crate) bytes_of_account: f64,
    /// For each experience.
    pub(crate) bytes_of_experience: f64,
    /// For each post or notification.
    pub(crate) bytes_of_social: f64,
    /// For each activity of a community, with its part of members.
    pub(crate) bytes_of_activity: f64,
    /// All of it.
    pub(crate) bytes: f64,
    /// By path, with the roles apart.
    pub(crate) paths: BTreeMap<String, Series>,
    /// By path, what PostgreSQL spends most of its time on.
    #[serde(default)]
    pub(crate) statements: BTreeMap<String, Vec<Statement>>,
}

/// A statement, and what it takes.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Statement {
    /// Its part of the time of all.
    pub(crate) percent: f64,
    /// How long it takes on average.
    pub(crate) ms: f64,
    /// How it begins.
    pub(crate) text: String,
}

/// What paths were measured to do, beside what else could answer them.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Paths {
    pub(crate) machine: Machine,
    pub(crate) groups: Vec<Group>,
    /// Facts that are no rates, by name.
    pub(crate) facts: BTreeMap<String, f64>,
    /// What could not be had, and why.
    pub(crate) missing: Vec<String>,
}

/// What was measured in turn, and may be compared.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) series: Vec<(String, Series)>,
}

impl Grown {
    /// Takes over what was measured before of paths that were not measured now.
    pub(crate) fn keep(&mut self, before: &Self) {
        for (path, series) in &before.paths {
            self.paths.entry(path.clone()).or_insert_with(|| series.clone());
        }
        for (path, statements) in &before.statements {
            self.statements.entry(path.clone()).or_insert_with(|| statements.clone());
        }
    }
}

fn folder() -> PathBuf {
    machine::root().join("deploy/bench/results")
}

/// Keeps results.
pub(crate) fn keep(name: &str, results: &impl Serialize) -> Outcome<()> {
    fs::create_dir_all(folder())?;
    Ok(fs::write(folder().join(name), serde_json::to_string_pretty(results)? + "\n")?)
}

/// Those that were kept.
pub(crate) fn kept<T: DeserializeOwned>(name: &str) -> Outcome<T> {
    let path = folder().join(name);
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}
