//! A real browser on another origin, which calls through the client in `gateway/web`.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use axum::{Router, extract, response::Html, routing::get};
use connectus_testkit::{Options, Suite};
use tokio::{net::TcpListener, process::Command};

/// How long all of the browser's tests may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// Where the page is served: its origin, and another name of it that no gateway has allowed.
struct Origins {
    allowed: String,
    foreign: String,
}

impl Origins {
    fn at(page: SocketAddr) -> Self {
        Self { allowed: format!("http://{page}"), foreign: format!("http://localhost:{}", page.port()) }
    }

    /// The option of a gateway that allows the page to call. What options are made of stays until the end of the tests.
    fn option(&self) -> &'static str {
        format!("--cors-origins={}", self.allowed).leak()
    }
}

/// An empty page, and beside it what the page cannot find out by itself: the token of the next mail to an address.
fn page(suite: Arc<Suite>) -> Router {
    let token = async |extract::State(suite): extract::State<Arc<Suite>>, extract::Path(to): extract::Path<String>| {
        suite.mail.next(&to).await.token().to_owned()
    };
    Router::new()
        .route("/", get(async || Html("<!doctype html><title>A page</title>")))
        .route("/mail/{address}", get(token))
        .with_state(suite)
}

#[tokio::test]
#[ignore = "needs Node.js and Chromium; deploy/test.sh browser runs it"]
async fn a_page_on_another_origin_can_do_what_people_do_and_reads_every_refusal() {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let origins = Origins::at(listener.local_addr().unwrap());
    let option = origins.option();
    let suite = Arc::new(Suite::with(Options { gateway: vec![option], ..Options::default() }).await);
    let gateway = vec![option, "--rate-limit=1"];
    let limited = Suite::with(Options { gateway, rate_limited: true, ..Options::default() }).await;
    let stuck = Suite::with(Options { gateway: vec![option], ..Options::default() }).await;
    let locker = stuck.database.connect().await;
    locker.batch_execute("BEGIN; LOCK TABLE account.accounts IN ACCESS EXCLUSIVE MODE").await.unwrap();
    tokio::spawn(axum::serve(listener, page(suite.clone())).into_future());

    let mut tests = Command::new("node");
    tests
        .args(["--test-reporter=spec", "build/browser.test.js"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("web"));
    tests.env("PAGE_ORIGIN", &origins.allowed).env("FOREIGN_ORIGIN", &origins.foreign);
    for (name, suite) in [("GATEWAY", &*suite), ("LIMITED_GATEWAY", &limited), ("STUCK_GATEWAY", &stuck)] {
        tests.env(name, suite.api.url());
    }
    let status = tokio::time::timeout(PATIENCE, tests.kill_on_drop(true).status()).await.expect("it ends").unwrap();
    assert!(status.success(), "what failed in the browser is above");
}
