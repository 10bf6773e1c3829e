//! What may be called again when a connection breaks: what answers a GET, which changes nothing that its client asked for
//! (RFC 9110, section 9.2.1), and what those ask who watch over the services.

use std::{collections::HashSet, sync::LazyLock};

use connectus_platform::peer;
use http::Method;

use crate::{Upstreams, community, rest};

/// What answers a GET and changes something: a link that works once, and an export that is written down.
const CHANGES: [&str; 2] = ["connectus.auth.v1.AuthService/VerifyEmail", "connectus.auth.v1.AuthService/ExportData"];
/// What no route of the published APIs calls.
const OTHERS: [&str; 2] = ["grpc.health.v1.Health/Check", "connectus.auth.v1.AuthService/ListSigningKeys"];

static READS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let routes = rest::routes().filter(|route| route.method == Method::GET);
    let rpcs = routes.flat_map(|route| route.rpcs).filter(|rpc| !CHANGES.contains(rpc));
    let published = rpcs.map(|rpc| (*rpc).to_owned());
    published.chain(community::reads()).chain(OTHERS.map(str::to_owned)).collect()
});

fn is_read(path: &str) -> bool {
    READS.contains(path.trim_start_matches('/'))
}

impl Upstreams {
    /// The same ways, on which what reads is called once more where a connection breaks.
    pub(crate) fn reading_again(self) -> Self {
        let Self { auth, account, experience, social, community } = self;
        let [auth, account, experience, social, community] =
            [auth, account, experience, social, community].map(|channel| peer::again(channel, is_read));
        Self { auth, account, experience, social, community }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_changes_anything_is_a_read() {
        let others = rest::routes().filter(|route| route.method != Method::GET);
        // Some look up what they need before they change anything.
        let changes = others.filter_map(|route| route.rpcs.last());
        let reads: Vec<_> = changes.filter(|rpc| is_read(rpc)).collect();
        assert!(reads.is_empty(), "{reads:?}");
        for rpc in &*READS {
            let (_, method) = rpc.split_once('/').unwrap();
            let reads = ["Get", "BatchGet", "List", "Search", "Find", "Stream", "Export", "Check"];
            assert!(reads.iter().any(|read| method.starts_with(read)), "{rpc}");
        }
    }
}
