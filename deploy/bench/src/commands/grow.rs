//! `grow`: what a request costs each role among few and among many accounts, and what that comes to for many requests.

mod table;

use std::collections::BTreeMap;

use super::Measuring;
use crate::{
    Outcome,
    database::Database,
    figures::Series,
    load,
    machine::Machine,
    people::People,
    requests::{DAY, Path},
    results::{self, Grown, Growth},
    rounds::{Plan, Subject},
    suite::{self, Suite, Topology},
    tools,
};

pub(crate) const RESULTS: &str = "growth.json";

pub(super) async fn run(measuring: &Measuring) -> Outcome<()> {
    tools::require(&["wrk"])?;
    suite::build().await?;
    let mut growth = Growth { machine: Machine::this(), sizes: Vec::new() };
    for accounts in &measuring.rows {
        growth.sizes.push(grown(*accounts, &measuring.plan(), &measuring.only).await?);
    }
    if measuring.only.is_empty() {
        results::keep(RESULTS, &growth)?;
        table::write(&growth)?;
    }
    Ok(())
}

async fn grown(accounts: u64, plan: &Plan, only: &str) -> Outcome<Grown> {
    println!("among {accounts} accounts, with a process for each role:");
    let database = load::database(accounts).await?;
    let mut grown = sizes(&database, accounts).await?;
    let suite = Suite::start(Topology::Apart, &database).await?;
    let people = People::log_in(&suite, &database).await?;
    let paths = DAY.iter().map(|(path, _)| *path).chain([Path::Mix]);
    for path in paths.filter(|path| path.name().contains(only)) {
        grown.paths.insert(path.name().to_owned(), measured(path, plan, &database, &suite, &people).await?);
    }
    suite.stop().await?;
    database.stop().await;
    Ok(grown)
}

async fn measured(path: Path, plan: &Plan, database: &Database, suite: &Suite, people: &People) -> Outcome<Series> {
    let requests = path.requests(database, people).await?;
    let subject = Subject::rest(path.name(), &suite.processes(database)?, &suite.url, requests);
    plan.measure(database, &[subject]).await?.pop().ok_or_else(|| "nothing was measured".into())
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
    })
}
