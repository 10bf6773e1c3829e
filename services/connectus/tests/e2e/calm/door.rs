//! One address for both replicas of a service, for a release that takes but one. Names with several are not to be had in a test.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_util::task::AbortOnDropHandle;

/// It is closed with this value.
pub(super) struct Door {
    pub(super) address: SocketAddr,
    _open: AbortOnDropHandle<()>,
}

impl Door {
    pub(super) async fn open(replicas: [SocketAddr; 2]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        Self { address, _open: AbortOnDropHandle::new(tokio::spawn(pass_on(listener, replicas))) }
    }
}

/// Leads each connection to one replica, and to the other where nobody listens.
async fn pass_on(listener: TcpListener, replicas: [SocketAddr; 2]) {
    let (mut connections, turn) = (JoinSet::new(), AtomicUsize::new(0));
    while let Ok((mut client, _)) = listener.accept().await {
        let turn = turn.fetch_add(1, Ordering::Relaxed) % 2;
        connections.spawn(async move {
            for address in [replicas[turn], replicas[1 - turn]] {
                if let Ok(mut replica) = TcpStream::connect(address).await {
                    // Which of the two sides breaks off is told to the other.
                    return drop(copy_bidirectional(&mut client, &mut replica).await);
                }
            }
        });
        while connections.try_join_next().is_some() {}
    }
}
