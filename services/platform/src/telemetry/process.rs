//! What the process uses, by the names that Prometheus' own clients give it. Where there is no `/proc`, there is none of it.

use std::{fs, time::SystemTime};

/// How many parts of a second Linux counts processor time in, on every architecture that it tells user space of.
const TICKS_A_SECOND: u64 = 100;

/// Notes when the process started.
pub(super) fn note_start() {
    if let Ok(since) = SystemTime::UNIX_EPOCH.elapsed() {
        metrics::gauge!("process_start_time_seconds").set(since);
    }
}

/// Measures it.
pub(super) fn measure() {
    if let Some(seconds) = fs::read_to_string("/proc/self/stat").ok().as_deref().and_then(cpu_seconds) {
        metrics::counter!("process_cpu_seconds_total").absolute(seconds);
    }
    if let Some(kilobytes) = fs::read_to_string("/proc/self/status").ok().as_deref().and_then(resident_kilobytes) {
        metrics::gauge!("process_resident_memory_bytes").set(f64::from(kilobytes) * 1024.0);
    }
    if let Some(limit) = fs::read_to_string("/proc/self/limits").ok().as_deref().and_then(most_files) {
        metrics::gauge!("process_max_fds").set(limit);
    }
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        metrics::gauge!("process_open_fds").set(u32::try_from(open.count()).unwrap_or(u32::MAX));
    }
}

/// Fields 14 and 15, of the user and of the kernel. The second, the program's name, is in parentheses and may have spaces.
fn cpu_seconds(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some((ticks()? + ticks()?) / TICKS_A_SECOND)
}

fn resident_kilobytes(status: &str) -> Option<u32> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The limit that counts; an unlimited one is not told.
fn most_files(limits: &str) -> Option<u32> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_says_is_read() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 9 0 0 0 250 161 0 0 20 0 1 0 5 1 2";
        assert_eq!(cpu_seconds(stat), Some(4));
        assert_eq!(resident_kilobytes("Name:\ta\nVmRSS:\t    5120 kB\n"), Some(5120));
        let limits = "Limit  Soft Limit  Hard Limit  Units\nMax open files  1024  4096  files\n";
        assert_eq!(most_files(limits), Some(1024));
        assert_eq!((cpu_seconds(""), resident_kilobytes(""), most_files("")), (None, None, None));
    }
}
