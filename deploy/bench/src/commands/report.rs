//! `report`: what was measured last, as REPORT.md with its plots.

mod plots;

use std::{fmt::Write, fs};

use super::{grow, paths, profile};
use crate::{
    Outcome,
    figures::Series,
    machine,
    meter::POSTGRES,
    ratios,
    results::{self, Group, Growth, Paths, Statement},
};

pub(super) fn run() -> Outcome<()> {
    let folder = machine::root().join("deploy/bench");
    let measured: Paths = results::kept(paths::RESULTS)?;
    let grown: Option<Growth> = results::kept(grow::RESULTS).ok();
    let mut report = format!("# What was measured\n\n{}\n", measured.machine.sentence());
    report.push_str(
        "[README.md](README.md) says how. Rates are requests a second by 16 connections, unless it says otherwise.\n\n",
    );
    write!(report, "{}", targets(&measured, grown.as_ref())?)?;
    for group in measured.groups.iter().filter(|group| !group.name.starts_with(plots::BY_CONNECTIONS)) {
        write!(report, "{}", table(group)?)?;
    }
    write!(report, "{}{}", all_ratios(&measured)?, facts(&measured)?)?;
    plots::by_connections(&measured, &folder)?;
    report.push_str(
        "## By connections\n\n![rates by connections](connections.svg)\n\n![p99 by connections](latency.svg)\n\n",
    );
    if let Some(grown) = &grown {
        grow::table::write(grown)?;
        plots::by_accounts(grown, &folder)?;
        write!(report, "{}", by_accounts(grown)?)?;
    }
    if let Ok(costs) = results::kept::<profile::Profile>(profile::RESULTS) {
        write!(report, "{}", profiled(&costs)?)?;
    }
    Ok(fs::write(folder.join("REPORT.md"), report)?)
}

fn targets(measured: &Paths, grown: Option<&Growth>) -> Outcome<String> {
    let mut text = "## Targets\n\n| what | wanted | measured | met |\n|---|---|---|---|\n".to_owned();
    let targets = ratios::targets(measured, grown);
    for target in &targets {
        let met = if target.is_met { "yes" } else { "no" };
        writeln!(text, "| {} | {} | {} | {met} |", target.name, target.wanted, target.measured)?;
    }
    for missing in &measured.missing {
        writeln!(text, "\nNot measured: {missing}.")?;
    }
    for target in &targets {
        if let Some(obstacle) = target.obstacle() {
            writeln!(text, "\n**{}**: {obstacle}", target.name)?;
        }
    }
    text.push('\n');
    Ok(text)
}

fn table(group: &Group) -> Outcome<String> {
    let head = "| what | best rate | median | p50, ms | p99, ms | processor, us a request | of it PostgreSQL | memory, MB | statements |";
    let mut text = format!("## {}\n\n{head}\n|---|---|---|---|---|---|---|---|---|\n", group.name);
    for (name, Series { median, best_rate, .. }) in &group.series {
        let memory: f64 = median.memory_mb.iter().filter(|(part, _)| *part != POSTGRES).map(|(_, memory)| memory).sum();
        writeln!(
            text,
            "| {name} | {best_rate:.0} | {:.0} | {:.2} | {:.2} | {:.0} | {:.0} | {} | {} |",
            median.rate,
            median.p50_ms,
            median.p99_ms,
            median.cpu_of_all(),
            median.cpu_of(POSTGRES),
            if_any(memory, 0),
            if_any(median.statements, 1)
        )?;
    }
    text.push('\n');
    Ok(text)
}

/// What is not counted is not there.
fn if_any(value: f64, digits: usize) -> String {
    if value < 0.5 { "-".to_owned() } else { format!("{value:.digits$}") }
}

fn all_ratios(measured: &Paths) -> Outcome<String> {
    let mut text = "## Ratios\n\nOf the best rates; and of what processors are used for each request, by the medians, the other way \
        around (pgbench's own are not counted).\n\n| what | of rates | of costs |\n|---|---|---|\n"
        .to_owned();
    let costs = ratios::of_costs(measured);
    for (name, ratio) in ratios::of(measured) {
        let cost = costs.get(&name).copied().unwrap_or_default();
        writeln!(text, "| {name} | {ratio:.2} | {cost:.2} |")?;
    }
    text.push('\n');
    Ok(text)
}

fn facts(measured: &Paths) -> Outcome<String> {
    let mut text = "## Start and size\n\nA cold start makes its database first. Memory is without PostgreSQL's.\n\n| what | measured |\n|---|---|\n".to_owned();
    for (name, value) in &measured.facts {
        writeln!(text, "| {name} | {value:.2} |")?;
    }
    text.push('\n');
    Ok(text)
}

fn by_accounts(grown: &Growth) -> Outcome<String> {
    let mut text = format!("## By accounts\n\n{} A process for each role.\n\n| path |", grown.machine.sentence());
    for size in &grown.sizes {
        write!(text, " rate among {} | us a request |", size.accounts)?;
    }
    writeln!(text, " ratio |\n|---|{}---|", "---|---|".repeat(grown.sizes.len()))?;
    for (path, left) in ratios::growth(grown) {
        write!(text, "| {path} |")?;
        for series in grown.sizes.iter().filter_map(|size| size.paths.get(&path)) {
            write!(text, " {:.0} | {:.0} |", series.best_rate, series.median.cpu_of_all())?;
        }
        writeln!(text, " {left:.2} |")?;
    }
    text.push_str("\n![cost by accounts](accounts.svg)\n\n");
    for (path, left) in ratios::growth(grown) {
        if left < ratios::GROWN {
            write!(text, "{}", statements(&path, grown)?)?;
        }
    }
    Ok(text)
}

/// What PostgreSQL's time goes to.
fn statements(path: &str, grown: &Growth) -> Outcome<String> {
    let mut text = String::new();
    for size in &grown.sizes {
        write!(text, "What PostgreSQL does for `{path}` among {}:\n\n", size.accounts)?;
        text.push_str("| part | ms each | statement |\n|---|---|---|\n");
        for Statement { percent, ms, text: statement } in size.statements.get(path).into_iter().flatten() {
            writeln!(text, "| {percent:.1} % | {ms:.2} | `{}` |", statement.replace('|', "\\|"))?;
        }
        text.push('\n');
    }
    Ok(text)
}

fn profiled(profile: &profile::Profile) -> Outcome<String> {
    let mut text = format!(
        "## Where the time of a processor goes\n\n{} Without PostgreSQL, by `perf`: the functions that are on top of the stack.\n\n",
        profile.machine.sentence()
    );
    for profile::Profiled { name, file, costs } in &profile.paths {
        write!(text, "### {name}\n\n![flame graph of {}]({file})\n\n", name.replace('`', ""))?;
        text.push_str("| part | function | of |\n|---|---|---|\n");
        for cost in costs {
            writeln!(text, "| {:.1} % | `{}` | {} |", cost.percent, cost.function, cost.object)?;
        }
        text.push('\n');
    }
    write!(text, "{}", waits(profile)?)?;
    Ok(text)
}

/// How threads wait for a processor.
fn waits(profile: &profile::Profile) -> Outcome<String> {
    let mut text = "### Who waits for a processor\n\nBy `perf sched`: from when a thread could run until it does.\n\n\
        | load | threads | ran, ms | waited on average, ms | at most, ms |\n|---|---|---|---|---|\n"
        .to_owned();
    for (load, waits) in &profile.waits {
        for (thread, profile::Waits { ran_ms, mean_ms, longest_ms }) in waits {
            writeln!(text, "| {load} | `{thread}` | {ran_ms:.0} | {mean_ms:.2} | {longest_ms:.1} |")?;
        }
    }
    Ok(text)
}
