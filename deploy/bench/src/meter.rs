//! What processes use, as the kernel tells it.

use std::{collections::BTreeMap, fs};

use crate::Outcome;

/// How often a second the kernel counts; Linux tells it to programs so, whatever it is inside.
const TICKS_PER_SECOND: f64 = 100.0;

/// The processes of a part of what is measured, by the part's name. Of PostgreSQL it is the first one.
pub(crate) type Processes = BTreeMap<String, u32>;

/// What PostgreSQL is called among the parts.
pub(crate) const POSTGRES: &str = "PostgreSQL";

/// Seconds of the processor that each part has used.
pub(crate) fn seconds(processes: &Processes) -> Outcome<BTreeMap<String, f64>> {
    processes.iter().map(|(name, pid)| Ok((name.clone(), family_ticks(*pid)? / TICKS_PER_SECOND))).collect()
}

/// The most memory that each part has had, in megabytes. PostgreSQL's is what its processes have now, each shared page once.
pub(crate) fn memory(processes: &Processes) -> Outcome<BTreeMap<String, f64>> {
    let megabytes = |name: &str, pid: u32| -> Outcome<f64> {
        if name != POSTGRES {
            return field(pid, "status", "VmHWM:");
        }
        let all = children(pid).into_iter().chain([pid]);
        Ok(all.filter_map(|pid| field(pid, "smaps_rollup", "Pss:").ok()).sum())
    };
    processes.iter().map(|(name, pid)| Ok((name.clone(), megabytes(name, *pid)?))).collect()
}

/// The memory that a process has now, in megabytes.
pub(crate) fn resident(pid: u32) -> Outcome<f64> {
    field(pid, "status", "VmRSS:")
}

/// What a process and its children have used, also those that have ended. This process's children are what is measured, and no
/// part of it.
fn family_ticks(pid: u32) -> Outcome<f64> {
    if pid == std::process::id() {
        return ticks(pid, 13..15).ok_or_else(|| "this process cannot be read of".into());
    }
    let own = ticks(pid, 13..17).ok_or("a process that is measured has ended")?;
    // Children that end meanwhile are counted with their parent.
    Ok(own + children(pid).into_iter().filter_map(|child| ticks(child, 13..15)).sum::<f64>())
}

fn children(pid: u32) -> Vec<u32> {
    let list = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    list.split_whitespace().filter_map(|child| child.parse().ok()).collect()
}

/// The sum of some fields of /proc/<pid>/stat: 13 and 14 are the process's own times, 15 and 16 those of ended children.
fn ticks(pid: u32, fields: std::ops::Range<usize>) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name is in brackets, and may have anything in it; the second field ends with it.
    let after = stat.rsplit_once(')')?.1;
    let values: Vec<&str> = after.split_whitespace().collect();
    fields.map(|field| values.get(field - 2)?.parse::<f64>().ok()).sum()
}

/// A field in kilobytes of a file of a process, in megabytes.
fn field(pid: u32, file: &str, name: &str) -> Outcome<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/{file}"))?;
    let line = text.lines().find(|line| line.starts_with(name)).ok_or("the kernel does not tell of memory")?;
    let kilobytes: f64 = line.split_whitespace().nth(1).unwrap_or_default().parse()?;
    Ok(kilobytes / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_process_uses_is_read_of_the_kernel() {
        let this: Processes = [("this".to_owned(), std::process::id())].into();
        assert!(seconds(&this).is_ok_and(|used| used.contains_key("this")));
        assert!(memory(&this).is_ok_and(|used| used.values().all(|megabytes| *megabytes > 0.1)));
    }
}
