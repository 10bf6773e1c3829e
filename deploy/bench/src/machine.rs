//! On what was measured, and what of.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde::{Deserialize, Serialize};

/// What a report begins with.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Machine {
    pub(crate) date: String,
    pub(crate) commit: String,
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) memory_gb: u64,
    pub(crate) kernel: String,
    pub(crate) rust: String,
    pub(crate) postgres: String,
    pub(crate) command: String,
}

impl Machine {
    pub(crate) fn this() -> Self {
        let says = |program: &str, arguments: &[&str]| -> String {
            let output = Command::new(program).args(arguments).current_dir(root()).output();
            output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
        };
        let field = |file: &str, name: &str| -> String {
            let text = fs::read_to_string(file).unwrap_or_default();
            let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
            line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        let kilobytes = field("/proc/meminfo", "MemTotal");
        let kilobytes: u64 = kilobytes.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or_default();
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        Self {
            date: chrono::Utc::now().format("%Y-%m-%d").to_string(),
            commit: says("git", &["rev-parse", "--short=12", "HEAD"]),
            processor: field("/proc/cpuinfo", "model name"),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_gb: kilobytes.div_ceil(1 << 20),
            kernel: says("uname", &["-sr"]),
            rust: says("rustc", &["--version"]),
            postgres: says("pg_config", &["--version"]),
            command: format!("cargo run --release -p connectus-bench -- {}", arguments.join(" ")),
        }
    }

    /// In a sentence.
    pub(crate) fn sentence(&self) -> String {
        format!(
            "Measured on {} at commit `{}` with {} cores of {}, {} GB of memory, {}, {}, {}, by `{}`.",
            self.date,
            self.commit,
            self.cores,
            self.processor,
            self.memory_gb,
            self.kernel,
            self.postgres,
            self.rust,
            self.command
        )
    }
}

/// The project's folder.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
