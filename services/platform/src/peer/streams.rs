//! The connections for calls that answer a stream. Such a call may stay open for days, unread for part of it: on the connection
//! of all other calls it would take their places, and what is not read of it their room.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http_body_util::BodyExt;
use tonic::{
    body::Body,
    transport::{Channel, Endpoint},
};

/// How many streams one connection has; less than a server allows.
const MOST: usize = 128;
/// How much one stream may hold unread, in bytes.
const STREAM_WINDOW: u32 = 64 * 1024;
/// How much a connection may: more than all of its streams together.
const CONNECTION_WINDOW: u32 = 16 * 1024 * 1024;

/// As many connections as the open streams take.
pub(super) struct Streams {
    endpoint: Endpoint,
    connections: Mutex<Vec<Connection>>,
}

struct Connection {
    channel: Channel,
    /// Each of its streams has a clone.
    place: Place,
}

/// A call's place on a connection, for as long as it is under way.
#[derive(Clone, Default)]
pub(super) struct Place(Arc<()>);

impl Streams {
    pub(super) fn new(endpoint: &Endpoint) -> Self {
        let endpoint = endpoint
            .clone()
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW);
        Self { endpoint, connections: Mutex::default() }
    }

    /// How many are open.
    pub(super) fn open(&self) -> usize {
        self.lock().iter().map(|connection| connection.place.taken()).sum()
    }

    /// A connection with a place for one more stream. Those without any stream are closed, but for the first.
    pub(super) fn connection(&self) -> (Channel, Place) {
        let mut connections = self.lock();
        while connections.len() > 1 && connections.last().is_some_and(|last| last.place.taken() == 0) {
            connections.pop();
        }
        if let Some(free) = connections.iter().find(|connection| connection.place.taken() < MOST) {
            return (free.channel.clone(), free.place.clone());
        }
        let new = Connection { channel: self.endpoint.connect_lazy(), place: Place::default() };
        let free = (new.channel.clone(), new.place.clone());
        connections.push(new);
        free
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// How many others there are.
    pub(super) fn taken(&self) -> usize {
        Arc::strong_count(&self.0) - 1
    }

    /// The same answer, which has the place until its end.
    pub(super) fn kept_by(self, answer: http::Response<Body>) -> http::Response<Body> {
        let pass_on = move |frame| {
            #[expect(clippy::no_effect_underscore_binding, reason = "who passes the frames on has the place")]
            let _place = &self;
            frame
        };
        answer.map(|body| Body::new(body.map_frame(pass_on)))
    }
}
