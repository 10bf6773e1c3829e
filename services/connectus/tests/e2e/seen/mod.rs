//! What operators see of a suite: its log and its traces, in which nobody finds an address, a token or a name.

mod collector;
mod traces;

use std::{
    fs::File,
    io::{Read, Seek},
};

use serde_json::Value;

pub(crate) use collector::Collector;

/// Everything that running processes say of themselves.
pub(crate) struct Seen {
    pub(crate) log: File,
    pub(crate) collector: Collector,
}

impl Seen {
    pub(crate) async fn new() -> Self {
        Self { log: tempfile::tempfile().unwrap(), collector: Collector::start().await }
    }

    /// Settings with which processes say all that they can.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        let most = [("CONNECTUS_LOG", "trace".to_owned()), ("CONNECTUS_LOG_FORMAT", "json".to_owned())];
        most.into_iter().chain(self.collector.settings()).collect()
    }

    /// Sees that nothing personal was said, and none of the secrets.
    pub(crate) fn assert_discreet(mut self, secrets: &[&str]) {
        let mut log = String::new();
        self.log.rewind().unwrap();
        self.log.read_to_string(&mut log).unwrap();
        let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
        let has_request = |line: &&Value| !line["request_id"].is_null() || !line["span"]["request_id"].is_null();
        assert!(lines.iter().filter(has_request).count() > 100, "most lines say which request they are about");
        for line in log.lines() {
            keeps(line, secrets);
        }
        let spans = self.collector.spans();
        assert!(spans.iter().any(|span| span.attribute("db.query.text").is_some()));
        for span in &spans {
            keeps(&format!("{span:?}"), secrets);
        }
        println!("{} lines of the log and {} spans are discreet", lines.len(), spans.len());
    }
}

fn keeps(said: &str, secrets: &[&str]) {
    for secret in secrets {
        assert!(!said.contains(secret), "{secret:?} is in {said}");
    }
}
