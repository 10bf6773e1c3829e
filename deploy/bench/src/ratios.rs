//! Ratios of what was measured in one run, which other machines should come to as well, and what each is to be.

use std::collections::BTreeMap;

use crate::{
    figures::Series,
    requests::Path,
    results::{Growth, Paths},
};

const ALL: &str = "in `all`";
const APART: &str = "a process for each role";
const AXUM: &str = "axum by hand";
const READ: &str = "GET /v1/accounts/:id";
const GRPC: &str = "gRPC GetAccount";

/// A ratio: what it is called, the group, what is divided by what, and the least that is wanted, if anything is.
struct Ratio {
    name: &'static str,
    group: &'static str,
    of: &'static str,
    to: &'static str,
    wanted: Option<f64>,
}

const fn ratio(
    name: &'static str,
    group: &'static str,
    of: &'static str,
    to: &'static str,
    wanted: Option<f64>,
) -> Ratio {
    Ratio { name, group, of, to, wanted }
}

const RATIOS: [Ratio; 14] = [
    ratio("a read in `all`, to axum by hand", READ, ALL, AXUM, Some(1.0)),
    ratio("a read by separate roles, to axum by hand", READ, APART, AXUM, Some(0.7)),
    ratio("a read by separate roles, to Envoy's transcoder", READ, APART, "Envoy, JSON to gRPC", Some(1.3)),
    ratio("a read by separate roles, to Fastify", READ, APART, "Fastify", Some(2.0)),
    ratio("a read in `all`, to pgbench", READ, ALL, "pgbench, the same statement", None),
    ratio("a read with a token, to one without", "GET /v1/account", ALL, "without a token, by id", Some(0.87)),
    ratio("a login, to its bare hash", "POST /v1/auth/login", ALL, "the bare hash", Some(0.95)),
    ratio("a new experience, to pgbench", "POST /v1/experiences", ALL, "pgbench, the same statements", None),
    ratio("gRPC of the service, to tonic's hello world", GRPC, "in `all`, the service", "tonic, hello world", None),
    ratio(
        "gRPC through the gateway, to that of the service",
        GRPC,
        "in `all`, through the gateway",
        "in `all`, the service",
        None,
    ),
    ratio(
        "grpc-web, to gRPC through the gateway",
        GRPC,
        "in `all`, by grpc-web",
        "in `all`, through the gateway",
        None,
    ),
    ratio("grpc-web by separate roles, to Envoy's filter", GRPC, "apart, by grpc-web", "Envoy, grpc-web", None),
    ratio(
        "gRPC by separate roles, to that in `all`",
        GRPC,
        "apart, through the gateway",
        "in `all`, through the gateway",
        None,
    ),
    ratio("a read by separate roles, to one in `all`", READ, APART, ALL, None),
];

/// What the slowest hundredth of reads may take while others log in, as a multiple of what they take alone.
const SLOWER: f64 = 3.0;
/// What is to be left of a path's rate among a hundred times as many accounts.
pub(crate) const GROWN: f64 = 0.9;

/// What stands in the way of targets, by how their names begin, as far as profiles and what was tried have shown.
const OBSTACLES: [(&str, &str); 5] = [
    (
        "a read by separate roles, to axum by hand",
        "Each read crosses the network of this machine twice, and what the processes take to wake each other is as much as what they do \
        (`flame-read-apart.svg`: the kernel's parts). Reads that come together already share one rpc and one statement; fewer layers, \
        one layer around a request, and up to four such reads at a time were tried: one or two are best. So is one thread for each role, \
        where two had 0.85 of its rate.",
    ),
    (
        "a read by separate roles, to Fastify",
        "axum by hand, in one process, comes to hardly more than 2 itself: two processes would have to do what that does in one, and much \
        of what they do is the kernel's, for the network between them (`flame-read-apart.svg`). A log that is filtered once for all \
        brought it from 1.4 to 1.6.",
    ),
    (
        "a login, to its bare hash",
        "Nine parts of ten are the hash (`flame-login.svg`). The rest is half PostgreSQL and half all else, thinly spread: code and data \
        that are out of the caches, since each hash goes through 19 MiB. A login was seven statements and is three, of which only one \
        waits for the disk, by the connections that were used last.",
    ),
    (
        "p99 of reads while others log in",
        "Threads that hash give way to all others, but not at once: this kernel lets a thread go on until its next tick, which comes each 4 \
        ms, and alone a read takes less than one: the table at the end of this page has who waited how long. Across sessions it may do \
        worse: a process of PostgreSQL, each of which is one (`kernel.sched_autogroup_enabled`), was seen to wait 135 ms for a processor \
        whose time only a hash and the load were using. Without that grouping it was 7, the middle of four rounds, and each round's p99 \
        was that tick. SCHED_IDLE, more niceness, and longer slices for these threads, and shorter ones for the others, were tried, \
        and change nothing across sessions. A hash that pauses would help, for which its library has no way.",
    ),
    (
        "`GET /v1/search` among the most accounts, to the fewest",
        "Of a hundred times as many people a hundred times as many have a name, or nearly: pages are full that were not, and up to 2000 are \
        ranked. It was 0.32 with trigrams. Names are found by whole words now, a rare one of which narrows a common one; typos by the \
        words that names have, of which these million have 22 thousand; and a word that many have in the order of names, which takes \
        PostgreSQL 1.3 ms for `smith` where it took 8.6. What is left are words of some hundreds or thousands, who are all fetched to be \
        ranked, and typos beside a common word. A table of words in the order of names would spare the first, for three rows more a \
        name. Among ten million, all other paths kept at least 0.90 of their rate among one million, and this one 0.48.",
    ),
];

/// A target, and what was measured.
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) wanted: String,
    pub(crate) measured: String,
    pub(crate) is_met: bool,
}

impl Target {
    /// What stands in its way, if it is not met and that is known.
    pub(crate) fn obstacle(&self) -> Option<&'static str> {
        let (_, known) = OBSTACLES.iter().find(|(name, _)| self.name.starts_with(name))?;
        (!self.is_met).then_some(*known)
    }
}

/// Ratios by name, so far as what they divide was measured.
pub(crate) fn of(paths: &Paths) -> BTreeMap<String, f64> {
    let found = RATIOS.iter().filter_map(|ratio| Some((ratio.name.to_owned(), value(paths, ratio)?)));
    found.collect()
}

/// The same of what processors are used for each request.
pub(crate) fn of_costs(paths: &Paths) -> BTreeMap<String, f64> {
    let found = RATIOS.iter().filter_map(|ratio| {
        let (of, to) = (series(paths, ratio.group, ratio.of)?, series(paths, ratio.group, ratio.to)?);
        Some((ratio.name.to_owned(), of.cheaper_than(to)))
    });
    found.collect()
}

fn value(paths: &Paths, ratio: &Ratio) -> Option<f64> {
    Some(series(paths, ratio.group, ratio.of)?.of_other(series(paths, ratio.group, ratio.to)?))
}

fn series<'a>(paths: &'a Paths, group: &str, name: &str) -> Option<&'a Series> {
    let group = paths.groups.iter().find(|found| found.name == group)?;
    group.series.iter().find(|(found, _)| found == name).map(|(_, series)| series)
}

/// What is left of each path's rate among the most accounts, of that among the fewest.
pub(crate) fn growth(growth: &Growth) -> BTreeMap<String, f64> {
    let (Some(few), Some(many)) = (growth.sizes.first(), growth.sizes.last()) else { return BTreeMap::new() };
    let left = |(path, series): (&String, &Series)| Some((path.clone(), series.of_other(few.paths.get(path)?)));
    many.paths.iter().filter_map(left).collect()
}

/// Each target, met or not.
pub(crate) fn targets(paths: &Paths, grown: Option<&Growth>) -> Vec<Target> {
    let mut targets = Vec::new();
    for ratio in &RATIOS {
        if let (Some(wanted), Some(value)) = (ratio.wanted, value(paths, ratio)) {
            targets.push(at_least(ratio.name.to_owned(), wanted, value));
        }
    }
    let beside = "reads beside logins";
    let slowest = |name: &str| series(paths, beside, name).map(|series| series.median.p99_ms);
    if let (Some(alone), Some(others)) = (slowest("reads alone"), slowest("reads while others log in")) {
        targets.push(at_most("p99 of reads while others log in, to alone", SLOWER, others / alone, ""));
    }
    for (path, left) in grown.map(growth).unwrap_or_default() {
        if path != Path::Mix.name() {
            targets.push(at_least(format!("`{path}` among the most accounts, to the fewest"), GROWN, left));
        }
    }
    for (fact, most, unit) in [
        ("memory of all, idle, MB", 60.0, " MB"),
        ("warm start of all, s", 1.0, " s"),
        ("release binary, MB", 30.0, " MB"),
    ] {
        if let Some(value) = paths.facts.get(fact) {
            targets.push(at_most(
                fact.split(", MB").next().unwrap_or(fact).trim_end_matches(", s"),
                most,
                *value,
                unit,
            ));
        }
    }
    targets
}

fn at_least(name: String, wanted: f64, value: f64) -> Target {
    Target { name, wanted: format!("at least {wanted:.2}"), measured: format!("{value:.2}"), is_met: value >= wanted }
}

fn at_most(name: &str, wanted: f64, value: f64, unit: &str) -> Target {
    let (wanted_text, measured) = (format!("at most {wanted:.0}{unit}"), format!("{value:.2}{unit}"));
    Target { name: name.to_owned(), wanted: wanted_text, measured, is_met: value <= wanted }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{figures::Figures, machine::Machine, results::Group};

    fn at(rate: f64) -> Series {
        Series::of(vec![Figures { rate, ..Figures::default() }, Figures { rate: rate / 2.0, ..Figures::default() }])
    }

    #[test]
    fn a_target_is_met_by_the_best_of_what_was_measured() {
        let series = vec![(ALL.to_owned(), at(90.0)), ("the bare hash".to_owned(), at(100.0))];
        let groups = vec![Group { name: "POST /v1/auth/login".to_owned(), series }];
        let (facts, missing) = ([("warm start of all, s".to_owned(), 0.5)].into(), Vec::new());
        let paths = Paths { machine: Machine::this(), groups, facts, missing };
        let targets = targets(&paths, None);
        let said: Vec<_> = targets.iter().map(|target| (target.measured.as_str(), target.is_met)).collect();
        assert_eq!(said, [("0.90", false), ("0.50 s", true)]);
    }
}
