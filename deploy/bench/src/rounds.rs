//! Rounds of measurements: each thing in turn, and all again, so that what disturbs the machine disturbs all alike.

use std::time::Duration;

use crate::{
    Outcome,
    database::Database,
    figures::{Figures, Said, Series},
    meter::{self, Processes},
    requests::Request,
    rivals::hash,
    tools,
};

/// How long and how often is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// How long each time.
    pub(crate) time: Duration,
    /// How long before it, uncounted: connections open, and pages come into memory.
    pub(crate) warm_up: Duration,
    pub(crate) rounds: usize,
    pub(crate) connections: u32,
}

/// The load on something.
#[derive(Clone, Debug)]
pub(crate) enum Load {
    /// Requests of HTTP/1.1.
    Rest { url: String, requests: Vec<Request> },
    /// A call of HTTP/2.
    Call { url: String, headers: Vec<&'static str>, body: Vec<u8> },
    /// Few requests of HTTP/1.1, beside which others are made by all connections, if there are any.
    Beside { url: String, requests: Vec<Request>, others: Vec<Request> },
    /// Scripts of SQL, one or the other of them, with nothing between them and PostgreSQL.
    Sql(Vec<String>),
    /// Passwords that are hashed, by this process.
    Hash,
}

/// By how many connections requests are made beside others.
const FEW: u32 = 2;

/// Something to measure: what it is called, its database, who works on it, and the load.
#[derive(Clone)]
pub(crate) struct Subject<'a> {
    pub(crate) name: String,
    pub(crate) database: &'a Database,
    pub(crate) processes: Processes,
    pub(crate) load: Load,
}

impl<'a> Subject<'a> {
    pub(crate) fn new(name: impl Into<String>, database: &'a Database, processes: &Processes, load: Load) -> Self {
        Self { name: name.into(), database, processes: processes.clone(), load }
    }
}

impl Plan {
    /// Measures each of several things in turn, as often as there are rounds.
    pub(crate) async fn measure(&self, subjects: &[Subject<'_>]) -> Outcome<Vec<Series>> {
        let mut figures: Vec<Vec<Figures>> = vec![Vec::new(); subjects.len()];
        for round in 0..self.rounds {
            for (subject, figures) in subjects.iter().zip(&mut figures) {
                let measured = self.once(subject).await?;
                println!(
                    "  {:<60}{}/{}{:>10.0}/s{:>9.2} ms p50{:>9.2} ms p99{:>8.0} us{:>7.2} statements",
                    subject.name,
                    round + 1,
                    self.rounds,
                    measured.rate,
                    measured.p50_ms,
                    measured.p99_ms,
                    measured.cpu_of_all(),
                    measured.statements
                );
                figures.push(measured);
            }
        }
        Ok(figures.into_iter().map(Series::of).collect())
    }

    async fn once(&self, subject: &Subject<'_>) -> Outcome<Figures> {
        let database = subject.database;
        database.forget_attempts().await?;
        database.settle().await?;
        if !self.warm_up.is_zero() {
            self.run(subject, self.warm_up).await?;
            database.forget_attempts().await?;
        }
        let (moment, seconds) = (database.moment().await?, meter::seconds(&subject.processes)?);
        let said = self.run(subject, self.time).await?;
        // Connections that end now are counted with PostgreSQL once it has seen them end.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let (after, used) = (database.moment().await?, meter::seconds(&subject.processes)?);
        // One in ten thousand may be cut off as the time ends.
        if said.requests < 1.0 || said.failed > said.requests / 10_000.0 {
            return Err(format!("{}: {} of {} answers are failures", subject.name, said.failed, said.requests).into());
        }
        let since = |name: &String, now: f64| (now - seconds.get(name).copied().unwrap_or(now)) * 1e6 / said.requests;
        Ok(Figures {
            rate: said.requests / said.seconds,
            p50_ms: said.p50_ms,
            p99_ms: said.p99_ms,
            cpu_us: used.iter().map(|(name, now)| (name.clone(), since(name, *now))).collect(),
            memory_mb: meter::memory(&subject.processes)?,
            statements: (after.statements - moment.statements) as f64 / said.requests,
            log_bytes: (after.log_bytes - moment.log_bytes) as f64 / said.requests,
            connections: database.connections().await?,
        })
    }

    /// Has the load for so long.
    pub(crate) async fn run(&self, subject: &Subject<'_>, time: Duration) -> Outcome<Said> {
        match &subject.load {
            Load::Rest { url, requests } => tools::wrk(url, requests, self.connections, time).await,
            Load::Call { url, headers, body } => tools::h2load(url, headers, body, self.connections, time).await,
            Load::Beside { url, requests, others } if others.is_empty() => tools::wrk(url, requests, FEW, time).await,
            Load::Beside { url, requests, others } => {
                let all = tools::wrk(url, others, self.connections, time);
                Ok(tokio::try_join!(tools::wrk(url, requests, FEW, time), all)?.0)
            }
            Load::Hash => hash::run(time).await,
            Load::Sql(scripts) => tools::pgbench(subject.database, scripts, self.connections, time).await,
        }
    }
}
