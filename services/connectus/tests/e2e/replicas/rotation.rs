//! Signing keys that rotate under load log nobody out.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use connectus_proto::{
    account::v1::{GetSettingsRequest, account_service_client::AccountServiceClient},
    auth::v1::RotateSigningKeysRequest,
};
use connectus_testkit::as_caller;
use futures::future::join_all;
use tonic::transport::Channel;

use super::{Replicas, as_service, auth_internal};
use crate::{
    contract::world::{Member, PASSWORD, login, member},
    topology::Suite,
};

/// How many calls are made, at least.
const CALLS: usize = 10_000;
/// After how many calls the next key is made.
const ROTATE_AFTER: usize = 1_000;
/// How many keys are made.
const ROTATIONS: usize = 4;
/// How many calls are made with a token before the next login.
const CALLS_PER_LOGIN: usize = 100;
/// How many people call at once.
const PEOPLE: usize = 16;

/// A replica, with a connection to its account service.
struct Replica<'a> {
    suite: &'a Suite,
    account: AccountServiceClient<Channel>,
}

impl<'a> Replica<'a> {
    fn of(suite: &'a Suite) -> Self {
        Self { suite, account: AccountServiceClient::new(suite.role("account").channel()) }
    }
}

/// What the load has done.
#[derive(Default)]
struct Progress {
    calls: AtomicUsize,
    /// The keys of the tokens that were used.
    used: Mutex<BTreeSet<String>>,
    /// The keys that were made.
    made: Mutex<Vec<String>>,
}

impl Progress {
    /// Whether there were enough calls, also with tokens of the last key.
    fn is_enough(&self) -> bool {
        let (used, made) = (self.used.lock().unwrap(), self.made.lock().unwrap());
        // On a fast machine the next key may follow before anybody logs in.
        let last_is_used = made.len() == ROTATIONS && made.last().is_some_and(|key| used.contains(key));
        last_is_used && self.calls.load(Ordering::Relaxed) >= CALLS
    }
}

#[tokio::test]
async fn while_keys_rotate_no_token_is_wrongly_refused_in_ten_thousand_calls() {
    let replicas = Replicas::start(&[]).await;
    let Replicas { first, second, mail, .. } = &replicas;
    let people = join_all((0..PEOPLE).map(async |number| member(&first.api, mail, &format!("P{number}")).await)).await;
    let (replicas, progress) = ([first, second].map(Replica::of), Progress::default());
    join_all(people.iter().map(|person| call(&replicas, person, &progress))).await;
    println!("{:?} calls with tokens of {} keys", progress.calls, progress.used.lock().unwrap().len());
}

/// Calls both replicas, with a new token every so often, until it is enough.
async fn call(replicas: &[Replica<'_>; 2], person: &Member, progress: &Progress) {
    let mut tokens = vec![person.token.clone()];
    while !progress.is_enough() {
        let token = login(&replicas[tokens.len() % 2].suite.api, &person.email, PASSWORD).await;
        progress.used.lock().unwrap().insert(jsonwebtoken::decode_header(&token).unwrap().kid.unwrap());
        tokens.push(token);
        for number in 0..CALLS_PER_LOGIN {
            // The newest is used at the other replica first, and in turn with one of those before.
            let token = if number % 4 == 3 { &tokens[number % tokens.len()] } else { &tokens[tokens.len() - 1] };
            let replica = (tokens.len() + number) % 2;
            let refused = read(&replicas[replica], number, token).await.err();
            assert_eq!(refused, None, "after {:?} calls", progress.calls);
            let calls = progress.calls.fetch_add(1, Ordering::Relaxed) + 1;
            if calls.is_multiple_of(ROTATE_AFTER) && calls <= ROTATIONS * ROTATE_AFTER {
                let key = rotate(replicas[calls / ROTATE_AFTER % 2].suite).await;
                progress.made.lock().unwrap().push(key);
            }
        }
    }
}

/// Reads something with a token: most of the time from a service itself, which takes less than through the gateway.
async fn read(replica: &Replica<'_>, number: usize, token: &str) -> Result<(), String> {
    if number % 10 == 9 {
        let answer = replica.suite.api.get("/v1/experiences", Some(token)).await;
        return if answer.status == 200 { Ok(()) } else { Err(format!("{answer:?}")) };
    }
    let answer = replica.account.clone().get_settings(as_caller(token, GetSettingsRequest {})).await;
    answer.map(drop).map_err(|status| format!("{status:?}"))
}

/// Makes a new key, and returns its id.
async fn rotate(replica: &Suite) -> String {
    let request = as_service(RotateSigningKeysRequest { operator: String::new() });
    let answer = auth_internal(replica).rotate_signing_keys(request).await;
    answer.unwrap().into_inner().key_id
}
