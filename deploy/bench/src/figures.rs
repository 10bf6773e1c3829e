//! What one measurement comes to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a load tool says.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) requests: f64,
    pub(crate) seconds: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// How many answers were failures, or none.
    pub(crate) failed: f64,
}

/// What a request costs, and how fast it is.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Figures {
    /// Requests a second.
    pub(crate) rate: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// Microseconds of a processor for each request, of each part.
    pub(crate) cpu_us: BTreeMap<String, f64>,
    /// The most memory that each part has had so far, in megabytes.
    pub(crate) memory_mb: BTreeMap<String, f64>,
    /// Statements for each request; none where services do not ask them.
    pub(crate) statements: f64,
    /// Bytes of PostgreSQL's log for each request.
    pub(crate) log_bytes: f64,
    /// Connections of services to PostgreSQL.
    pub(crate) connections: BTreeMap<String, i64>,
}

/// What several measurements of one thing come to.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Series {
    /// The one whose rate is in the middle, with the p99 that is in the middle: a single stall of the machine is all there is of
    /// the p99 of one.
    pub(crate) median: Figures,
    /// The highest rate.
    pub(crate) best_rate: f64,
    /// All rates, in the order in which they were measured.
    pub(crate) rates: Vec<f64>,
}

impl Series {
    pub(crate) fn of(mut figures: Vec<Figures>) -> Self {
        let rates: Vec<f64> = figures.iter().map(|figures| figures.rate).collect();
        let mut p99s: Vec<f64> = figures.iter().map(|figures| figures.p99_ms).collect();
        p99s.sort_by(f64::total_cmp);
        figures.sort_by(|one, other| one.rate.total_cmp(&other.rate));
        let best_rate = figures.last().map_or(0.0, |figures| figures.rate);
        let middle = figures.len() / 2;
        let median = match figures.get(middle) {
            Some(median) => Figures { p99_ms: p99s[middle], ..median.clone() },
            None => Figures::default(),
        };
        Self { median, best_rate, rates }
    }

    /// Its best rate as a part of another's: the best of several is what others on the machine have disturbed least.
    pub(crate) fn of_other(&self, other: &Self) -> f64 {
        self.best_rate / other.best_rate
    }

    /// Another's cost as a part of its own: the same, were processors all that counts, and others on the machine disturb it less.
    pub(crate) fn cheaper_than(&self, other: &Self) -> f64 {
        other.median.cpu_of_all() / self.median.cpu_of_all()
    }
}

impl Figures {
    /// Of all parts.
    pub(crate) fn cpu_of_all(&self) -> f64 {
        self.cpu_us.values().sum()
    }

    pub(crate) fn cpu_of(&self, part: &str) -> f64 {
        self.cpu_us.get(part).copied().unwrap_or_default()
    }
}
