//! A replica that cannot learn of revocations accepts no token, while the other goes on.

use std::time::{Duration, Instant};

use connectus_proto::auth::v1::{LogoutRequest, auth_service_client::AuthServiceClient};
use connectus_testkit::{as_caller, eventually};
use futures::future::join_all;
use nix::sys::signal::Signal;

use super::{Replicas, SERVICES, Standing, standing, until};
use crate::{contract::world::member, topology::Suite};

/// For how long tokens are accepted without news from auth: longer than a service waits for one answer, so that by then it has given
/// up whatever it asked before auth fell silent.
const MAX_AGE: Duration = Duration::from_secs(4);
/// The services that ask an auth in another process.
const OTHERS: [&str; 2] = ["account", "experience"];

#[tokio::test]
async fn a_replica_cut_off_from_revocations_fails_closed_in_the_stated_time_and_works_again_after() {
    let mut replicas = Replicas::start(&[("CONNECTUS_ACCESS_MAX_AGE", "4")]).await;
    let Replicas { first, second, mail, .. } = &mut replicas;
    let (ann, ben) = (member(&first.api, mail, "Ann").await, member(&first.api, mail, "Ben").await);

    // Its auth says nothing any more.
    first.role("auth").signal(Signal::SIGSTOP);
    fails_closed(first, &ben.token).await;
    until(second, &SERVICES, &ben.token, Standing::Accepted).await;
    AuthServiceClient::new(second.channel()).logout(as_caller(&ben.token, LogoutRequest {})).await.unwrap();
    first.role("auth").signal(Signal::SIGCONT);
    // What was revoked meanwhile is known before anything is accepted.
    tokio::join!(is_refused_from_the_first(first, &ben.token), until(first, &OTHERS, &ann.token, Standing::Accepted),);

    // Its auth is gone.
    first.role_mut("auth").kill().await;
    fails_closed(first, &ann.token).await;
    until(second, &SERVICES, &ann.token, Standing::Accepted).await;
    first.role_mut("auth").start();
    until(first, &OTHERS, &ann.token, Standing::Accepted).await;
}

/// Waits until the services of a replica, which was cut off just now, accept no token.
async fn fails_closed(replica: &Suite, token: &str) {
    let cut_off = Instant::now();
    join_all(OTHERS.map(async |service| {
        loop {
            let asked = cut_off.elapsed();
            match standing(replica, service, token).await {
                Standing::Accepted => assert!(asked < MAX_AGE, "{service} accepts it after {asked:?}"),
                Standing::Unknown => break,
                Standing::Refused => panic!("{service} calls it bad"),
            }
        }
    }))
    .await;
}

/// Waits until the services of a replica know that a token was revoked, and never take it for a good one.
async fn is_refused_from_the_first(replica: &Suite, token: &str) {
    join_all(OTHERS.map(async |service| {
        eventually("it is refused", async || match standing(replica, service, token).await {
            Standing::Accepted => panic!("{service} accepts it"),
            Standing::Refused => Some(()),
            Standing::Unknown => None,
        })
        .await;
    }))
    .await;
}
