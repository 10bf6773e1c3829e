//! A service that works on no call: it speaks as much HTTP/2 as it takes to turn calls away, or to break off.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use connectus_platform::peer::{self, Channel};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What becomes of a call that was sent.
#[derive(Clone, Copy, Debug)]
pub enum Fate {
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
pub struct Rough {
    /// Where it is.
    pub address: SocketAddr,
    calls: Arc<AtomicUsize>,
}

impl Rough {
    /// Starts one on a port of its own.
    pub async fn start(fate: Fate) -> Self {
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

    /// How many calls have come.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    /// A way to it.
    pub fn channel(&self) -> Channel {
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
