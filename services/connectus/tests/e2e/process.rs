//! The binary as a process of its own.

use std::{
    env,
    fs::File,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    process::Stdio,
    sync::atomic::{AtomicU16, Ordering},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::process::{Child, Command};

/// A role of the binary, with no setting from the environment of the tests. It is killed when its process is dropped.
pub(crate) fn connectus(role: &str) -> Command {
    role_of(Path::new(env!("CARGO_BIN_EXE_connectus")), role)
}

/// The same of another binary.
pub(crate) fn role_of(binary: &Path, role: &str) -> Command {
    let mut command = Command::new(binary);
    command.arg(role).env_clear().kill_on_drop(true).stdin(Stdio::null());
    for name in ["PATH", "HOME", "TMPDIR"] {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

/// Lets a role run in the background. What it says is only of use to whoever looks for the cause of a failure.
pub(crate) fn run(command: &mut Command) -> Child {
    let said = || if env::var_os("SHOW_LOGS").is_some() { Stdio::inherit() } else { Stdio::null() };
    command.stdout(said()).stderr(said()).spawn().unwrap()
}

/// The same, with its log in a file.
pub(crate) fn run_logging_to(command: &mut Command, log: &File) -> Child {
    command.stdout(Stdio::null()).stderr(log.try_clone().unwrap()).spawn().unwrap()
}

/// Sends a signal to a process.
pub(crate) fn signal(child: &Child, signal: Signal) {
    let pid = child.id().expect("it runs").cast_signed();
    kill(Pid::from_raw(pid), signal).unwrap();
}

/// An address on this machine where nobody listens.
pub(crate) fn free_address() -> SocketAddr {
    at(free_ports(1))
}

/// The first of some ports in a row where nobody listens. They are below those that the system gives away, so that nobody
/// else gets them before they are used.
pub(crate) fn free_ports(count: u16) -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Far from those of another test process, whose number is likely to be near.
    let start = u16::try_from(u64::from(std::process::id()) * 997 % 18_000).unwrap_or(0);
    loop {
        let first = 12_000 + (start + NEXT.fetch_add(count, Ordering::Relaxed)) % 18_000;
        if (first..first + count).all(|port| TcpListener::bind(at(port)).is_ok()) {
            return first;
        }
    }
}

fn at(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}
