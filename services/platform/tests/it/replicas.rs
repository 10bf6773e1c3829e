//! A service of which there are several, under one name: calls are spread, and what comes and goes costs none of them.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use connectus_platform::{
    peer::{self, Channel},
    status,
};
use connectus_proto::{
    auth::v1::{PollAccessRequest, auth_internal_service_client::AuthInternalServiceClient},
    common::v1::ErrorReason,
};
use connectus_testkit::eventually;
use tokio::{
    net::{TcpSocket, TcpStream},
    runtime::{Builder, Runtime},
    task::JoinSet,
    time::Instant,
};
use tonic::{Code, Status};

use crate::probe::{Served, ask};

/// A name, and where it leads to.
#[derive(Clone, Default)]
pub(crate) struct Name(Arc<Mutex<Found>>);

#[derive(Default)]
struct Found {
    /// None where the name cannot be looked up.
    addresses: Option<Vec<SocketAddr>>,
    /// How often it was looked up since it leads there.
    asked: usize,
}

impl Name {
    pub(crate) fn of(addresses: &[SocketAddr]) -> Self {
        let name = Self::default();
        name.lead_to(addresses);
        name
    }

    pub(crate) fn lead_to(&self, addresses: &[SocketAddr]) {
        *self.0.lock().unwrap() = Found { addresses: Some(addresses.to_vec()), asked: 0 };
    }

    fn fail(&self) {
        *self.0.lock().unwrap() = Found::default();
    }

    fn asked(&self) -> usize {
        self.0.lock().unwrap().asked
    }

    /// A way to what it leads to.
    pub(crate) fn channel(&self) -> Channel {
        let found = self.0.clone();
        let resolve = move |host: String, port| {
            assert_eq!((host.as_str(), port), ("many.test", 50051));
            let mut found = found.lock().unwrap();
            found.asked += 1;
            std::future::ready(found.addresses.clone().ok_or_else(|| io::Error::other("no resolver answers")))
        };
        peer::remote_by("http://many.test:50051", resolve).unwrap()
    }
}

/// Three addresses with one port, on a network that no other test has.
pub(crate) fn three() -> [SocketAddr; 3] {
    let (a, b) = (rand::random_range(1..=254), rand::random_range(1..=254));
    let at = |last, port| SocketAddr::from(([127, a, b, last], port));
    let free = std::net::TcpListener::bind(at(1, 0)).unwrap().local_addr().unwrap().port();
    [1, 2, 3].map(|last| at(last, free))
}

/// A replica that can be killed as a process can.
struct Replica {
    runtime: Option<Runtime>,
    served: Served,
}

impl Replica {
    async fn start(address: SocketAddr) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let served = runtime.spawn(Served::start_at(address)).await.unwrap();
        Self { runtime: Some(runtime), served }
    }

    fn answered(&self) -> usize {
        self.served.shared.seen.lock().unwrap().len()
    }

    fn waiting(&self) -> usize {
        self.served.shared.waiting.load(Ordering::Relaxed)
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        self.runtime.take().unwrap().shutdown_background();
    }
}

async fn call(channel: &Channel, cursor: i64) -> Result<(), Status> {
    let request = PollAccessRequest { cursor, uses: Vec::new() };
    AuthInternalServiceClient::new(channel.clone()).poll_access(request).await.map(drop)
}

async fn call_often(channel: &Channel, times: usize) {
    for _ in 0..times {
        call(channel, ask::ANSWER).await.unwrap();
    }
}

fn assert_unavailable(outcome: Result<(), Status>) {
    let status = outcome.unwrap_err();
    assert_eq!((status.code(), status::reason(&status)), (Code::Unavailable, Some(ErrorReason::Unavailable)));
}

async fn refuses(address: SocketAddr) -> Option<()> {
    TcpStream::connect(address).await.is_err().then_some(())
}

#[tokio::test]
async fn each_replica_gets_its_share_and_so_does_one_that_comes_later() {
    let [first, second, third] = three();
    let (a, b) = (Served::start_at(first).await, Served::start_at(second).await);
    let name = Name::of(&[first, second]);
    let channel = name.channel();
    call_often(&channel, 60).await;
    let seen = |served: &Served| served.shared.seen.lock().unwrap().len();
    assert!(seen(&a) >= 10 && seen(&b) >= 10, "{} and {}", seen(&a), seen(&b));
    let c = Served::start_at(third).await;
    name.lead_to(&[first, second, third]);
    eventually("it is found", async || {
        call_often(&channel, 1).await;
        (seen(&c) > 0).then_some(())
    })
    .await;
    let before = [seen(&a), seen(&b), seen(&c)];
    call_often(&channel, 90).await;
    let shares = [seen(&a) - before[0], seen(&b) - before[1], seen(&c) - before[2]];
    assert!(shares.iter().sum::<usize>() == 90 && shares.iter().all(|share| *share >= 10), "{shares:?}");
}

#[tokio::test]
async fn a_replica_that_is_killed_takes_only_the_calls_with_it_that_it_worked_on() {
    let addresses = three();
    let mut replicas = Vec::new();
    for address in addresses {
        replicas.push(Replica::start(address).await);
    }
    let channel = Name::of(&addresses).channel();
    let mut calls = JoinSet::new();
    for _ in 0..30 {
        let channel = channel.clone();
        calls.spawn(async move { call(&channel, ask::WAIT).await });
    }
    let waiting = |replicas: &[Replica]| replicas.iter().map(Replica::waiting).sum::<usize>();
    eventually("all wait", async || (waiting(&replicas) == 30).then_some(())).await;
    let killed = replicas.pop().unwrap();
    let lost = killed.waiting();
    assert!((5..=15).contains(&lost), "{lost} of 30");
    drop(killed);
    for _ in 0..lost {
        assert_unavailable(calls.join_next().await.unwrap().unwrap());
    }
    for replica in &replicas {
        replica.served.shared.go_on.notify_waiters();
    }
    assert!(calls.join_all().await.iter().all(Result::is_ok));
    // Its address is still among those of the name.
    call_often(&channel, 100).await;
    let shares = [replicas[0].answered(), replicas[1].answered()];
    assert!(shares.iter().sum::<usize>() == 100 && shares.iter().all(|share| *share >= 20), "{shares:?}");
    // One that is back there is found without a call that had to try.
    let back = Replica::start(addresses[2]).await;
    eventually("it is back", async || {
        call_often(&channel, 1).await;
        (back.answered() > 0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_ends_as_it_should_loses_no_call() {
    let addresses @ [first, second, third] = three();
    let stays = [Replica::start(first).await, Replica::start(second).await];
    let ends = Served::start_at(third).await;
    let channel = Name::of(&addresses).channel();
    let (done, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let mut callers = JoinSet::new();
    for _ in 0..8 {
        let (channel, done, stop) = (channel.clone(), done.clone(), stop.clone());
        callers.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                call(&channel, ask::ANSWER).await.unwrap();
                done.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    let shared = ends.shared.clone();
    eventually("it is called", async || (shared.seen.lock().unwrap().len() >= 50).then_some(())).await;
    drop(ends);
    eventually("it is gone", async || refuses(third).await).await;
    let before = done.load(Ordering::Relaxed);
    eventually("there are more calls", async || (done.load(Ordering::Relaxed) >= before + 500).then_some(())).await;
    stop.store(true, Ordering::Relaxed);
    callers.join_all().await;
    drop(stays);
}

#[tokio::test]
async fn a_name_that_cannot_be_looked_up_leads_to_where_it_did() {
    let address = three()[0];
    let _served = Served::start_at(address).await;
    let name = Name::of(&[address]);
    let channel = name.channel();
    call_often(&channel, 1).await;
    name.fail();
    eventually("it is looked up in vain", async || (name.asked() > 0).then_some(())).await;
    call_often(&channel, 10).await;
    name.lead_to(&[]);
    eventually("it is looked up in vain", async || (name.asked() > 0).then_some(())).await;
    call_often(&channel, 10).await;
}

#[tokio::test]
async fn where_all_are_gone_calls_fail_fast_until_one_is_back() {
    let addresses = three();
    let mut replicas = Vec::new();
    for address in addresses {
        replicas.push(Replica::start(address).await);
    }
    let name = Name::of(&addresses);
    let channel = name.channel();
    call_often(&channel, 20).await;
    drop(replicas);
    for address in addresses {
        eventually("it is gone", async || refuses(address).await).await;
    }
    for _ in 0..20 {
        let began = Instant::now();
        assert_unavailable(call(&channel, ask::ANSWER).await);
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    }
    let back = Replica::start(addresses[1]).await;
    call_often(&channel, 1).await;
    // The same where it comes back elsewhere: the call that finds nobody looks.
    drop(back);
    eventually("it is gone", async || refuses(addresses[1]).await).await;
    let elsewhere = Replica::start(three()[0]).await;
    name.lead_to(&[elsewhere.served.address]);
    eventually("it is found", async || call(&channel, ask::ANSWER).await.ok()).await;
}

#[tokio::test]
async fn a_name_is_looked_up_as_the_system_does() {
    // It may be the name of an address of version 6 too, at which there is nobody.
    let served = Served::start().await;
    let channel = peer::remote(&format!("http://localhost:{}", served.address.port())).unwrap();
    call_often(&channel, 20).await;
    assert_unavailable(call(&peer::remote("http://nobody.invalid:50051").unwrap(), ask::ANSWER).await);
}

#[tokio::test]
async fn several_urls_with_an_address_each_are_as_good_as_a_name() {
    let (first, second) = (Replica::start(three()[0]).await, Replica::start(three()[0]).await);
    let [one, other] = [&first, &second].map(|replica| replica.served.address);
    let channel = peer::remote(&format!("http://{one}, http://{other}/")).unwrap();
    call_often(&channel, 40).await;
    assert!(first.answered() >= 5 && second.answered() >= 5, "{} and {}", first.answered(), second.answered());
    drop(first);
    eventually("it is gone", async || refuses(one).await).await;
    call_often(&channel, 40).await;
    // It is back, and its calls come by themselves.
    let back = Replica::start(one).await;
    eventually("it is called", async || {
        call_often(&channel, 1).await;
        (back.answered() > 0).then_some(())
    })
    .await;
    for url in
        ["http://127.0.0.1:1,http://name:1", "http://127.0.0.1:1,127.0.0.1:2", "http://127.0.0.1:1,", "http://a,b:1"]
    {
        assert!(peer::remote(url).is_err(), "{url}");
    }
}

#[tokio::test]
async fn a_name_that_leads_nowhere_is_unavailable_until_it_does() {
    let name = Name::default();
    let channel = name.channel();
    assert_unavailable(call(&channel, ask::ANSWER).await);
    name.lead_to(&[]);
    assert_unavailable(call(&channel, ask::ANSWER).await);
    let served = Served::start_at(three()[0]).await;
    name.lead_to(&[served.address]);
    eventually("it is found", async || call(&channel, ask::ANSWER).await.ok()).await;
}

#[tokio::test]
async fn a_replica_that_does_not_take_connections_holds_no_call_up() {
    let addresses @ [full, there, _] = three();
    // Whoever connects to a place that is full is not answered, as where a whole machine is gone.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(full).unwrap();
    let listener = socket.listen(0).unwrap();
    let mut waiting = Vec::new();
    while let Ok(Ok(stream)) = tokio::time::timeout(Duration::from_millis(300), TcpStream::connect(full)).await {
        waiting.push(stream);
    }
    let _served = Served::start_at(there).await;
    let channel = Name::of(&addresses).channel();
    let began = Instant::now();
    let mut calls = JoinSet::new();
    for _ in 0..60 {
        let channel = channel.clone();
        calls.spawn(async move { call(&channel, ask::ANSWER).await });
    }
    assert!(calls.join_all().await.iter().all(Result::is_ok));
    assert!(began.elapsed() < Duration::from_millis(2500), "{:?}", began.elapsed());
    let began = Instant::now();
    call_often(&channel, 20).await;
    assert!(began.elapsed() < Duration::from_millis(900), "{:?}", began.elapsed());
    drop((listener, waiting));
}
