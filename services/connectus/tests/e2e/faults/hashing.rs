//! More logins than passwords can be hashed: reads go on, and who is too many is told at once when to come back.

use std::{sync::Mutex, time::Duration};

use connectus_platform::status;
use connectus_proto::{
    auth::v1::{LoginRequest, auth_service_client::AuthServiceClient},
    common::v1::ErrorReason,
};
use connectus_testkit::{Answer, Database, MailServer, refusal};
use futures::future::join_all;
use serde_json::json;
use tokio::{task::JoinSet, time::Instant};
use tonic::Code;

use crate::{
    contract::world::{PASSWORD, member},
    topology::{Suite, Topology},
};

/// One password is hashed at a time.
const SETTINGS: [(&str, &str); 1] = [("CONNECTUS_HASH_CONCURRENCY", "1")];
/// How many have room: one whose password is hashed, and those who wait.
const ROOM: usize = 33;
/// A bcrypt hash of the former system, of another password, which takes very long to compare with.
const SLOW_HASH: &str = "$2b$16$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW";
/// What a refusal may take.
const AT_ONCE: Duration = Duration::from_millis(750);
/// How many reads are made meanwhile, and what all but one in a hundred of them may take.
const READS: usize = 300;
/// How many there must be before those who wait to log in give up.
const FEWEST_READS: usize = 100;
const P99: Duration = Duration::from_secs(1);

#[tokio::test]
async fn while_hashing_is_saturated_reads_go_on_and_excess_logins_are_refused_at_once() {
    let (database, mail) = (Database::new().await, MailServer::start().await);
    let suite = Topology::Apart.start_with(&database, &mail, &SETTINGS).await;
    let ann = member(&suite.api, &mail, "Ann").await;
    let accounts = format!(
        "INSERT INTO auth.accounts (id, email, email_key, password_hash, account_type, email_verified_at) \
         SELECT gen_random_uuid(), email, email, '{SLOW_HASH}', 'user', now() \
         FROM (SELECT 'slow' || number || '@example.org' FROM generate_series(0, {ROOM}) number) rows (email)"
    );
    database.execute(&accounts).await;
    // The first who is refused tells that all the others have a place.
    let mut logins: JoinSet<Answer> = (0..=ROOM).map(|number| login(&suite, number)).collect();
    is_refused(&logins.join_next().await.unwrap().unwrap());

    for number in 0..10 {
        let began = Instant::now();
        is_refused(&login(&suite, number).await);
        assert!(began.elapsed() < AT_ONCE, "it took {:?}", began.elapsed());
    }
    let request = LoginRequest { id: "slow0@example.org".to_owned(), password: PASSWORD.to_owned() };
    let status = AuthServiceClient::new(suite.channel()).login(request).await.unwrap_err();
    assert_eq!(status::retry_after(&status), Some(Duration::from_secs(1)));
    assert_eq!(refusal::<()>(Err(status)), (Code::ResourceExhausted, ErrorReason::Overloaded));

    let reads = Mutex::new(Vec::new());
    tokio::select! {
        _ = join_all((0..2).map(|_| read(&suite, &ann.token, &reads))) => {}
        // From then on it is not saturated any more.
        _ = logins.join_next() => {}
    }
    let mut took = reads.into_inner().unwrap();
    assert!(took.len() >= FEWEST_READS, "{} reads", took.len());
    took.sort_unstable();
    let p99 = took[took.len() * 99 / 100];
    println!("reads took {:?} in the middle, {p99:?} at the 99th percentile", took[took.len() / 2]);
    assert!(p99 < P99, "reads took {p99:?}");
}

fn is_refused(answer: &Answer) {
    assert_eq!(answer.error(), (503, 3100, "Internal server error.".to_owned()));
    assert_eq!(answer.header("retry-after"), Some("1"));
}

/// Logs somebody in whose password takes very long to compare.
fn login(suite: &Suite, number: usize) -> impl Future<Output = Answer> + use<> {
    let api = suite.api.clone();
    async move {
        let body = json!({"id": format!("slow{number}@example.org"), "password": PASSWORD});
        api.post("/v1/auth/login", None, &body).await
    }
}

/// Reads one after the other, and notes what each took.
async fn read(suite: &Suite, token: &str, took: &Mutex<Vec<Duration>>) {
    for number in 0..READS / 2 {
        let began = Instant::now();
        suite.api.get(["/v1/account", "/v1/experiences"][number % 2], Some(token)).await.ok();
        took.lock().unwrap().push(began.elapsed());
    }
}
