//! The table of what many requests take, in deploy/README.md.

use std::{fmt::Write, fs};

use crate::{
    Outcome,
    figures::Figures,
    machine,
    meter::POSTGRES,
    requests::{DAY, Path},
    results::{Grown, Growth},
};

const BEGIN: &str = "<!-- growing -->\n";
const END: &str = "<!-- /growing -->\n";

/// How many requests a second are counted for.
const RATES: [f64; 3] = [1.0, 100.0, 10_000.0];
const ROLES: [&str; 6] = ["gateway", "auth", "account", "experience", "social", "community"];
/// How much of a core a replica is to use: the rest is for moments with more.
const USED: f64 = 0.6;
/// Of each role, so that one may end.
const FEWEST: f64 = 2.0;
/// What a replica may open, by default.
const CONNECTIONS: f64 = 16.0;
/// What deploy/kubernetes/production has.
const MAX_CONNECTIONS: f64 = 400.0;

pub(in crate::commands) fn write(growth: &Growth) -> Outcome<()> {
    let Some(largest) = growth.sizes.last() else { return Ok(()) };
    let path = machine::root().join("deploy/README.md");
    let text = fs::read_to_string(&path)?;
    let place = |mark: &str| text.find(mark).ok_or_else(|| format!("{} has no {}", path.display(), mark.trim()));
    let (begin, end) = (place(BEGIN)? + BEGIN.len(), place(END)?);
    let tables =
        format!("{}\n\n{}\n{}\n{}", growth.machine.sentence(), costs(growth)?, replicas(largest)?, bytes(growth)?);
    Ok(fs::write(&path, format!("{}{tables}{}", &text[..begin], &text[end..]))?)
}

fn mix(grown: &Grown) -> Outcome<&Figures> {
    let mix = grown.paths.get(Path::Mix.name()).ok_or("the mix was not measured")?;
    Ok(&mix.median)
}

/// What a request costs, by path.
fn costs(growth: &Growth) -> Outcome<String> {
    let mut table = "| accounts | request | a second | gateway | auth | account | experience | social | community | PostgreSQL | statements |\n\
        |---|---|---|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for grown in &growth.sizes {
        for (name, series) in &grown.paths {
            let figures = &series.median;
            write!(table, "| {} | {} | {:.0} |", thousands(grown.accounts as f64), code(name), figures.rate)?;
            for part in ROLES.iter().chain([&POSTGRES]) {
                write!(table, " {} |", microseconds(figures.cpu_of(part), figures.cpu_of_all()))?;
            }
            writeln!(table, " {:.1} |", figures.statements)?;
        }
    }
    Ok(table)
}

/// What many of them take.
fn replicas(grown: &Grown) -> Outcome<String> {
    let mix = mix(grown)?;
    let mut table =
        "| requests a second | gateway | auth | account | experience | social | community | PostgreSQL, cores | \
        connections, at most | log (WAL), MB/s | grows by, GB a day | the next limit |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n"
            .to_owned();
    for rate in RATES {
        let counts: Vec<f64> =
            ROLES.iter().map(|role| (rate * mix.cpu_of(role) / 1e6 / USED).ceil().max(FEWEST)).collect();
        // The gateway has none.
        let connections: f64 = counts[1..].iter().sum::<f64>() * CONNECTIONS;
        let cores = rate * mix.cpu_of(POSTGRES) / 1e6 / USED;
        write!(table, "| {} |", thousands(rate))?;
        for count in counts {
            write!(table, " {count:.0} |")?;
        }
        let (log, growth, limit) =
            (rate * mix.log_bytes / 1e6, rate * kept(grown) * 86_400.0 / 1e9, next_limit(cores, connections));
        writeln!(table, " {cores:.1} | {connections:.0} | {log:.2} | {growth:.1} | {limit} |")?;
    }
    Ok(table)
}

/// What stays in the database of a request of the mix, in bytes: experiences with what is told of them, and activities.
fn kept(grown: &Grown) -> f64 {
    let share =
        |wanted: Path| DAY.iter().find(|(path, _)| *path == wanted).map_or(0.0, |(_, share)| *share as f64 / 100.0);
    share(Path::CreateExperience) * (grown.bytes_of_experience + grown.bytes_of_social)
        + share(Path::Activity) * grown.bytes_of_activity
}

/// What is used up first when there is more than that.
fn next_limit(cores: f64, connections: f64) -> String {
    let too_many = if connections > MAX_CONNECTIONS {
        format!("; past `max_connections` ({MAX_CONNECTIONS:.0})")
    } else {
        String::new()
    };
    match cores {
        ..=1.0 => format!("none: the fewest replicas would do more{too_many}"),
        _ => format!("the processors of PostgreSQL: {cores:.0} cores{too_many}"),
    }
}

/// What the database takes.
fn bytes(growth: &Growth) -> Outcome<String> {
    let mut table = "| accounts | all of it, GB | an account | an experience | a post or notification | an activity |\n|---|---|---|---|---|---|\n".to_owned();
    for grown in &growth.sizes {
        writeln!(
            table,
            "| {} | {:.2} | {:.0} B | {:.0} B | {:.0} B | {:.0} B |",
            thousands(grown.accounts as f64),
            grown.bytes / 1e9,
            grown.bytes_of_account,
            grown.bytes_of_experience,
            grown.bytes_of_social,
            grown.bytes_of_activity
        )?;
    }
    Ok(table)
}

fn code(name: &str) -> String {
    if name.contains('/') { format!("`{name}`") } else { name.to_owned() }
}

/// Less than a hundredth of all is what the part does anyway.
fn microseconds(cost: f64, all: f64) -> String {
    if cost < all / 100.0 { "-".to_owned() } else { format!("{cost:.0}") }
}

/// A number with a space before each three digits.
fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_threes() {
        assert_eq!([1.0, 999.0, 10_000.0, 1_000_000.0].map(thousands), ["1", "999", "10 000", "1 000 000"]);
    }

    #[test]
    fn the_next_limit_is_what_is_used_up_first() {
        assert!(next_limit(0.5, 160.0).starts_with("none"));
        assert_eq!(next_limit(33.0, 416.0), "the processors of PostgreSQL: 33 cores; past `max_connections` (400)");
    }
}
