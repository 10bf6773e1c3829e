//! `grow`: what a request costs each role among few and among many accounts, and what that comes to for many requests.

pub(super) mod table;

use std::collections::BTreeMap;

use super::Measuring;
use crate::{
    Outcome,
    database::Database,
    load,
    machine::Machine,
    people::People,
    requests::{DAY, Path},
    results::{self, Grown, Growth},
    rounds::{Load, Plan, Subject},
    suite::{self, Suite, Topology},
    tools,
};

pub(crate) const RESULTS: &str = "growth.json";

/// A suite of some size that runs.
struct Place {
    database: Database,
    suite: Suite,
    people: People,
    grown: Grown,
}

pub(super) async fn run(measuring: &Measuring) -> Outcome<()> {
    tools::require(&["wrk"])?;
    suite::build().await?;
    let mut places = Vec::new();
    for accounts in &measuring.rows {
        places.push(Place::start(*accounts).await?);
    }
    let paths = DAY.iter().map(|(path, _)| *path).chain([Path::Mix]);
    for path in paths.filter(|path| path.name().contains(&measuring.only)) {
        measure(path, &measuring.plan(), &mut places).await?;
    }
    let before = if measuring.only.is_empty() { Vec::new() } else { results::kept::<Growth>(RESULTS)?.sizes };
    let mut growth = Growth { machine: Machine::this(), sizes: Vec::new() };
    for Place { database, suite, mut grown, .. } in places {
        suite.stop().await?;
        database.stop().await;
        let accounts = grown.accounts;
        if let Some(before) = before.iter().find(|size| size.accounts == accounts) {
            grown.keep(before);
        }
        growth.sizes.push(grown);
    }
    results::keep(RESULTS, &growth)?;
    table::write(&growth)
}

/// Measures one path at all sizes in turn: what disturbs the machine disturbs them alike.
async fn measure(path: Path, plan: &Plan, places: &mut [Place]) -> Outcome<()> {
    let mut subjects = Vec::new();
    for Place { database, suite, people, grown } in places.iter() {
        let load = Load::Rest { url: suite.url.clone(), requests: path.requests(database, people).await? };
        let name = format!("{}, {} accounts", path.name(), grown.accounts);
        subjects.push(Subject::new(name, database, &suite.processes(database)?, load));
        database.forget_statements().await?;
    }
    let all = plan.measure(&subjects).await?;
    for (Place { database, grown, .. }, series) in places.iter_mut().zip(all) {
        grown.paths.insert(path.name().to_owned(), series);
        grown.statements.insert(path.name().to_owned(), database.costliest().await?);
    }
    Ok(())
}

impl Place {
    async fn start(accounts: u64) -> Outcome<Self> {
        let database = load::database(accounts).await?;
        database.read_all().await?;
        let grown = sizes(&database, accounts).await?;
        let suite = Suite::start(Topology::Apart, &database).await?;
        let people = People::log_in(&suite, &database).await?;
        Ok(Self { database, suite, people, grown })
    }
}

/// What the database takes, for each thing in it.
async fn sizes(database: &Database, accounts: u64) -> Outcome<Grown> {
    let sizes = database.sizes().await?;
    let bytes = |belongs: &dyn Fn(&str) -> bool| -> f64 {
        sizes.iter().filter(|size| belongs(&size.table)).map(|size| size.bytes as f64).sum()
    };
    let each = async |table: &str, bytes: f64| -> Outcome<f64> {
        Ok(bytes / database.number(&format!("SELECT greatest(count(*), 1) FROM {table}")).await? as f64)
    };
    let social = bytes(&|table| table.starts_with("social."));
    let told = each("social.posts", social).await?.min(each("social.notifications", social).await?) / 2.0;
    Ok(Grown {
        accounts,
        bytes_of_account: each(
            "auth.accounts",
            bytes(&|table| table.starts_with("auth.") || table.starts_with("account.")),
        )
        .await?,
        bytes_of_experience: each("experience.experiences", bytes(&|table| table.starts_with("experience."))).await?,
        bytes_of_social: told,
        bytes_of_activity: each("community.activities", bytes(&|table| table.starts_with("community."))).await?,
        bytes: bytes(&|_| true),
        paths: BTreeMap::new(),
        statements: BTreeMap::new(),
    })
}
