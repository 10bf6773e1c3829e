//! Two replicas of every role under a steady load, which are ended or killed and started again: no call is lost that could be kept.
//!
//! What is done, and to which replica, follows from a seed, which is printed; `CONNECTUS_CALM_SEED` does the same again. The short
//! form is for every day; CONTRIBUTING.md says how to run the long one.

mod door;
pub(crate) mod fleet;
pub(crate) mod gateways;
pub(crate) mod people;
pub(crate) mod truth;

use std::{env, time::Duration};

use connectus_testkit::{Api, Behaviour, Database, MailServer, eventually};
use futures::future::join_all;
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use tokio::{
    sync::{Mutex, MutexGuard},
    time::Instant,
};

use crate::{
    contract::world::{Member, member},
    release::Release,
};
use fleet::{Fleet, REPLICAS};
use gateways::Gateways;
use people::{Call, Deed, People};
use truth::is_whole;

/// How long it may take others to notice that a process is gone, on a machine that has a lot to do: until then they send to it.
const NOTICE: Duration = Duration::from_millis(250);
/// What a post is read from, and in which service.
const HELD: [(&str, &str); 2] =
    [("social", "social.posts"), ("account", "account.accounts, account.connections, account.blocks")];
/// How many reads wait for it when that is killed.
const READS: i64 = 6;
/// How many mails are under way when those who send them are killed.
const UNDER_WAY: i64 = 4;
/// How many calls are answered between a kill and what comes before and after it.
const CALLS_BETWEEN: usize = 40;

/// There is but one steady load at a time: a machine has enough to do with it.
static TURN: Mutex<()> = Mutex::const_new(());

/// Everything that runs.
struct Calm {
    fleet: Fleet,
    people: People,
    random: StdRng,
    seed: u64,
    mail: MailServer,
    database: Database,
    _turn: MutexGuard<'static, ()>,
}

/// A process that was killed, and in which time it went.
pub(crate) struct Kill {
    pub(crate) replica: usize,
    pub(crate) began: Instant,
    pub(crate) ended: Instant,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_that_are_told_to_end_lose_no_call() {
    ended_one_after_the_other(20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes"]
async fn replicas_that_are_told_to_end_a_hundred_times_lose_no_call() {
    ended_one_after_the_other(100).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_is_killed_loses_no_call_but_those_it_works_on() {
    killed_one_after_the_other(6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes"]
async fn a_replica_that_is_killed_a_hundred_times_loses_no_call_but_those_it_works_on() {
    killed_one_after_the_other(100).await;
}

async fn ended_one_after_the_other(times: usize) {
    let mut calm = Calm::start(false).await;
    let (people, seed) = (calm.people.clone(), calm.seed);
    let ending = async {
        let mut longest = Duration::ZERO;
        for replica in calm.order(times) {
            longest = longest.max(calm.fleet.end(replica).await);
        }
        calm.people.end();
        longest
    };
    let ((), longest) = tokio::join!(people.run(seed), ending);
    let calls = people.calls();
    println!(
        "{} calls, {:.0} a second, while {times} processes ended, each within {longest:?}",
        calls.len(),
        pace(&calls)
    );
    let failed: Vec<_> = calls.iter().filter(|call| call.failure.is_some()).collect();
    assert!(failed.is_empty(), "seed {seed}: {} of {} failed: {failed:#?}", failed.len(), calls.len());
    people.repeat(&calls).await;
    is_whole(&calm.database, &calm.mail, &calls, 0).await;
}

async fn killed_one_after_the_other(times: usize) {
    let mut calm = Calm::start(true).await;
    let (people, seed) = (calm.people.clone(), calm.seed);
    let killing = async {
        let mut kills = Vec::new();
        for replica in calm.order(times) {
            calm.until_called().await;
            let (began, ended) = calm.fleet.kill(replica).await;
            kills.push(Kill { replica, began, ended });
            calm.until_called().await;
            calm.fleet.start_again(replica).await;
        }
        calm.people.end();
        kills
    };
    let ((), kills) = tokio::join!(people.run(seed), killing);
    calm.kill_senders().await;
    for (service, tables) in HELD {
        calm.kill_while_read(service, tables).await;
    }
    let calls = people.calls();
    let failed: Vec<&Call> = calls.iter().filter(|call| call.failure.is_some()).collect();
    println!(
        "{} of {} calls failed, {:.0} a second, while {times} processes were killed",
        failed.len(),
        calls.len(),
        pace(&calls)
    );
    for call in &failed {
        let of_gateway = |kill: &Kill| Fleet::is_gateway(kill.replica) || !call.deed.is_read_by_a_gateway();
        let cause = kills.iter().find(|kill| kill.hits(call) && of_gateway(kill));
        let names: Vec<_> = kills.iter().map(|kill| calm.fleet.name(kill.replica)).collect();
        assert!(cause.is_some(), "seed {seed}, of {names:?} none has done that: {call:#?}");
    }
    truth::hurry(&calm.database).await;
    for call in failed {
        let again = async || people.attempt(call.deed, &call.what).await.ok();
        eventually(&format!("{call:?} is done again"), again).await;
    }
    people.repeat(&calls).await;
    is_whole(&calm.database, &calm.mail, &calls, times).await;
}

/// How many calls there were in a second.
fn pace(calls: &[Call]) -> f64 {
    let (first, last) = (calls.iter().map(|call| call.began).min(), calls.iter().map(|call| call.ended).max());
    let took = first.zip(last).map_or(Duration::MAX, |(first, last)| last - first);
    f64::from(u32::try_from(calls.len()).unwrap()) / took.as_secs_f64()
}

impl Kill {
    /// Whether a call was under way when the process was killed, or began before that could be noticed.
    pub(crate) fn hits(&self, call: &Call) -> bool {
        call.began <= self.ended + NOTICE && call.ended >= self.began
    }
}

impl Calm {
    async fn start(are_killed: bool) -> Self {
        let turn = TURN.lock().await;
        let seed = env::var("CONNECTUS_CALM_SEED").ok().map_or_else(rand::random, |seed| seed.parse().unwrap());
        println!("CONNECTUS_CALM_SEED={seed}");
        let (database, mail) = (Database::new().await, MailServer::start().await);
        truth::prepare(&database).await;
        let fleet = Fleet::start(&Release::this(), &database, &mail).await;
        let addresses = fleet.gateways();
        let api = Api::new(format!("http://{}", addresses[0]));
        let (ann, ben): (Member, Member) = (member(&api, &mail, "Ann").await, member(&api, &mail, "Ben").await);
        let people = People::new(&fleet, Gateways::new(addresses, are_killed), ann, ben).await;
        Self { fleet, people, random: StdRng::seed_from_u64(seed), seed, mail, database, _turn: turn }
    }

    /// Every replica in a random order, and all of them again in another.
    fn order(&mut self, times: usize) -> Vec<usize> {
        let mut order = Vec::new();
        while order.len() < times {
            let mut all: Vec<usize> = (0..REPLICAS).collect();
            all.shuffle(&mut self.random);
            order.extend(all);
        }
        order.truncate(times);
        order
    }

    /// Kills both replicas that send mails while each of some mails is under way, which a kill at random seldom meets.
    async fn kill_senders(&mut self) {
        self.mail.behave(Behaviour::Silent);
        for number in 0..UNDER_WAY {
            self.people.note(Deed::CreateExperience, format!("under way {number}")).await;
        }
        let held = "SELECT count(*) FROM experience.outbox JOIN experience.experiences ON experiences.id = \
            (payload->>'experience_id')::uuid WHERE attempts > 0 AND due_at > now() + interval '1 minute' \
            AND organization_email LIKE 'under-way-%'";
        eventually("each is under way", async || (self.database.value::<i64>(held).await == UNDER_WAY).then_some(()))
            .await;
        let senders = Fleet::replicas_of("experience");
        for sender in senders {
            self.fleet.kill(sender).await;
        }
        self.mail.behave(Behaviour::Accept);
        for sender in senders {
            self.fleet.start_again(sender).await;
        }
    }

    /// Kills a replica of a service while reads wait in it. None of them fails: who asked for it asks again.
    async fn kill_while_read(&mut self, service: &str, tables: &str) {
        let Self { fleet, people, database, .. } = self;
        let [replica, _] = Fleet::replicas_of(service);
        let mut client = database.connect().await;
        let holding = client.transaction().await.unwrap();
        holding.batch_execute(&format!("LOCK TABLE {tables}")).await.unwrap();
        let reads =
            join_all((0..READS).map(|number| people.note(Deed::ReadPost, format!("held in {service} {number}"))));
        let killing = async {
            let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'relation' AND NOT granted";
            eventually("reads wait", async || (database.value::<i64>(waiting).await >= READS).then_some(())).await;
            fleet.kill(replica).await;
            holding.rollback().await.unwrap();
        };
        tokio::join!(reads, killing);
        self.fleet.start_again(replica).await;
    }

    /// Waits until there were some more calls.
    async fn until_called(&self) {
        let before = self.people.answered();
        eventually("there are more calls", async || (self.people.answered() >= before + CALLS_BETWEEN).then_some(()))
            .await;
    }
}
