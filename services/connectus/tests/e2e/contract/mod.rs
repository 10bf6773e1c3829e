//! The published contract, walked row by row through the real gateway.
//!
//! The rows are written down here as the contract has them, and not taken from the gateway. That none is missing is told by
//! the OpenAPI document: it must list exactly what was walked.

mod additions;
mod case;
mod faults;
mod healthy;
mod keys;
mod network;
mod story;
pub(crate) mod world;

use std::collections::BTreeSet;

use connectus_testkit::{MailServer, Server};
use serde_json::Value;

use case::Row;
use world::World;

use crate::{
    seen::Seen,
    topology::{Suite, Topology},
};

/// Long enough that tokens are accepted while auth is out of order.
const PATIENT: u32 = 240;
/// Short enough that the test need not wait for long until they are not.
const STRICT: u32 = 1;

/// What the gateway's own tests cause, each with settings that would be in the way here: a client that is too slow, a rate
/// limit, a deadline.
const ELSEWHERE: [u16; 3] = [408, 429, 504];

#[tokio::test]
async fn the_contract_holds_in_one_process() {
    walk(Topology::Together).await;
}

#[tokio::test]
async fn the_contract_holds_with_a_process_for_each_role() {
    walk(Topology::Apart).await;
}

async fn walk(topology: Topology) {
    let mut server = Server::start().await;
    let (database, mail) = (server.database().await, MailServer::start().await);
    let seen = Seen::new().await;
    let start = async |max_age: u32| {
        let max_age = [("CONNECTUS_ACCESS_MAX_AGE", max_age.to_string())];
        let settings: Vec<_> = seen.settings().into_iter().chain(max_age).collect();
        let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        topology.start_logging_to(Some(&seen.log), &database, &mail, &settings).await
    };
    let suite = start(PATIENT).await;
    story::tell(&suite.api, &mail).await;

    let world = World::make(&suite.api, &database, &mail).await;
    let mut walked = case::check_all(healthy::cases(&world)).await;
    walked.extend(case::check_all(additions::cases(&world)).await);
    walked.extend(case::check_all(network::cases(&world)).await);
    walked.extend(keys::walk(&world, &database).await);
    walked.extend(faults::damaged(&world, &database).await);
    let strict = start(STRICT).await;
    walked.extend(faults::access_unknown(&strict.api, &world, &database).await);
    drop(strict);
    walked.extend(faults::stopped(&world, &mut server).await);

    let documented = documented(&suite).await;
    drop(suite);
    seen.assert_discreet(&world.secrets());
    assert_eq!(walked.difference(&documented).collect::<Vec<_>>(), [] as [&Row; 0], "walked, and not documented");
    assert_eq!(documented.difference(&walked).collect::<Vec<_>>(), [] as [&Row; 0], "documented, and not walked");
    println!("{topology:?}: {} rows of the contract", walked.len());
}

/// What the OpenAPI document lists: every code of every route, with its status and message.
async fn documented(suite: &Suite) -> BTreeSet<Row> {
    let document = suite.api.get("/openapi.json", None).await.ok();
    let mut rows = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let route = format!("{} {path}", method.to_uppercase());
            for (status, response) in operation["responses"].as_object().unwrap() {
                rows.extend(errors(&route, status, response));
            }
        }
    }
    rows.retain(|row| !ELSEWHERE.contains(&row.http));
    rows
}

fn errors(route: &str, status: &str, response: &Value) -> Vec<Row> {
    let http = status.parse().unwrap();
    if http < 400 {
        return Vec::new();
    }
    let page = Row { route: route.to_owned(), code: 0, http, message: String::new() };
    let Some(examples) = response["content"]["application/json"]["examples"].as_object() else { return vec![page] };
    let rows = examples.values().map(|example| {
        let error = &example["value"]["error"];
        let (code, message) = (error["code"].as_u64().unwrap(), error["message"].as_str().unwrap().to_owned());
        Row { code, message, ..page.clone() }
    });
    rows.collect()
}
