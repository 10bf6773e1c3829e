//! What is made again of calls that a service turns away, or whose connection breaks.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use connectus_platform::{
    peer::{self, Channel},
    status,
};
use connectus_proto::{
    auth::v1::{PollAccessRequest, auth_internal_service_client::AuthInternalServiceClient},
    common::v1::ErrorReason,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tonic::{Code, Status};

use crate::{
    probe::{PATH, Served, ask},
    replicas::Name,
};

/// What becomes of a call that was sent.
#[derive(Clone, Copy)]
enum Fate {
    /// A word that nothing was done (`RST_STREAM` with `REFUSED_STREAM`).
    Refused,
    /// The same for all calls of a connection (`GOAWAY`).
    SentAway,
    /// Nothing: the connection ends.
    Cut,
    /// The beginning of an answer, and then the end of the service.
    BrokenOff,
}

/// A service that has one fate for each call, and counts them.
struct Rough {
    address: SocketAddr,
    calls: Arc<AtomicUsize>,
}

impl Rough {
    async fn start(fate: Fate) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, calls) = (listener.local_addr().unwrap(), Arc::<AtomicUsize>::default());
        let counted = calls.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let served = tokio::spawn(serve(stream, fate, counted.clone()));
                if matches!(fate, Fate::BrokenOff) {
                    return served.await;
                }
            }
        });
        Self { address, calls }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    fn channel(&self) -> Channel {
        peer::remote(&format!("http://{}", self.address)).unwrap()
    }
}

/// A frame of HTTP/2 (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, stream: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    [&[0, 0, length, kind, flags], &stream[..], payload].concat()
}

/// Speaks as much HTTP/2 as it takes to have a fate.
async fn serve(mut stream: TcpStream, fate: Fate, calls: Arc<AtomicUsize>) -> std::io::Result<()> {
    const DATA: u8 = 0;
    const HEADERS: u8 = 1;
    const RESET: u8 = 3;
    const SETTINGS: u8 = 4;
    const GOAWAY: u8 = 7;
    stream.write_all(&frame(SETTINGS, 0, [0; 4], &[])).await?;
    stream.read_exact(&mut [0; 24]).await?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await?;
        let [_, high, low, kind, flags, id @ ..] = head;
        stream.read_exact(&mut vec![0; usize::from(high) * 256 + usize::from(low)]).await?;
        let ends_a_call = kind == DATA && flags & 1 == 1;
        if !ends_a_call {
            continue;
        }
        calls.fetch_add(1, Ordering::Relaxed);
        let answer = match fate {
            Fate::Refused => frame(RESET, 0, id, &[0, 0, 0, 7]),
            Fate::SentAway => frame(GOAWAY, 0, [0; 4], &[0; 8]),
            Fate::Cut => return Ok(()),
            // ":status: 200" is the eighth of HPACK's static table.
            Fate::BrokenOff => [frame(HEADERS, 4, id, &[0x88]), frame(DATA, 0, id, &[0, 0])].concat(),
        };
        stream.write_all(&answer).await?;
        if matches!(fate, Fate::SentAway | Fate::BrokenOff) {
            return Ok(());
        }
    }
}

async fn call(channel: &Channel) -> Result<(), Status> {
    let request = PollAccessRequest { cursor: ask::ANSWER, uses: Vec::new() };
    AuthInternalServiceClient::new(channel.clone()).poll_access(request).await.map(drop)
}

fn assert_unavailable(outcome: Result<(), Status>) {
    let status = outcome.unwrap_err();
    assert_eq!((status.code(), status::reason(&status)), (Code::Unavailable, Some(ErrorReason::Unavailable)));
}

#[tokio::test]
async fn a_call_that_one_replica_has_not_worked_on_is_made_at_another() {
    for fate in [Fate::Refused, Fate::SentAway] {
        let (rough, good) = (Rough::start(fate).await, Served::start().await);
        while rough.calls() < 5 {
            // Each channel is new to both.
            let channel = Name::of(&[rough.address, good.address]).channel();
            call(&channel).await.unwrap();
            call(&channel).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_call_that_nobody_works_on_is_given_up() {
    for fate in [Fate::Refused, Fate::SentAway] {
        let rough = Rough::start(fate).await;
        assert_unavailable(call(&rough.channel()).await);
        // Over a new connection there may have been somebody else.
        assert_eq!(rough.calls(), 2);
    }
}

#[tokio::test]
async fn a_call_that_may_have_been_worked_on_is_not_made_again() {
    let rough = Rough::start(Fate::Cut).await;
    assert_unavailable(call(&rough.channel()).await);
    assert_eq!(rough.calls(), 1);
    let channel = peer::again(rough.channel(), |path| path != PATH);
    assert_unavailable(call(&channel).await);
    assert_eq!(rough.calls(), 2);
}

#[tokio::test]
async fn a_call_that_changes_nothing_is_made_once_more() {
    let rough = Rough::start(Fate::Cut).await;
    let channel = peer::again(rough.channel(), |path| path == PATH);
    assert_unavailable(call(&channel).await);
    assert_eq!(rough.calls(), 2);
    for fate in [Fate::Cut, Fate::BrokenOff] {
        let (rough, good) = (Rough::start(fate).await, Served::start().await);
        while rough.calls() == 0 {
            // Each channel is new to both.
            let channel = Name::of(&[rough.address, good.address]).channel();
            call(&peer::again(channel, |path| path == PATH)).await.unwrap();
        }
    }
}

#[tokio::test]
async fn few_calls_are_made_once_more_while_all_fail() {
    let rough = Rough::start(Fate::Cut).await;
    let channel = peer::again(rough.channel(), |_| true);
    for _ in 0..1000 {
        assert_unavailable(call(&channel).await);
    }
    // One for each ten calls, beside the hundred that it begins with.
    assert!((1150..=1200).contains(&rough.calls()), "{}", rough.calls());
}
