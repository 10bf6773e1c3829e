//! The body of a request that may have to be sent again. What is read of it is kept, which costs no copy.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use axum::body::{Bytes, HttpBody};
use http_body::Frame;
use tonic::{Status, body::Body};

/// The most that is kept, in bytes. A longer body is sent once.
const MOST: usize = 1024 * 1024;

/// A body, for as many attempts as it takes, one at a time.
pub(super) struct Kept(Arc<Mutex<Source>>);

struct Source {
    body: Body,
    read: Vec<Bytes>,
    size: usize,
    /// Whether all that was read of it is kept.
    is_whole: bool,
    /// The number of the attempt that may read on.
    attempt: u32,
    /// Whether that one has read any of it. A service has not got a message of which nothing was read.
    is_begun: bool,
}

/// A body that is sent for the first time, or again.
struct Attempt {
    source: Arc<Mutex<Source>>,
    number: u32,
    next: usize,
}

impl Kept {
    pub(super) fn new(body: Body) -> Self {
        let source = Source { body, read: Vec::new(), size: 0, is_whole: true, attempt: 0, is_begun: false };
        Self(Arc::new(Mutex::new(source)))
    }

    /// The body from its beginning. Attempts before it get no more of it.
    pub(super) fn attempt(&self) -> Body {
        let number = lock(&self.0).begin();
        Body::new(Attempt { number, source: self.0.clone(), next: 0 })
    }

    /// Takes the body back from an attempt that has read nothing of it, which will get nothing then.
    pub(super) fn take_back(&self) -> bool {
        let mut source = lock(&self.0);
        if !source.is_begun {
            source.attempt += 1;
        }
        !source.is_begun
    }

    /// Whether it can be sent again.
    pub(super) fn is_whole(&self) -> bool {
        lock(&self.0).is_whole
    }
}

impl Source {
    fn begin(&mut self) -> u32 {
        self.attempt += 1;
        self.is_begun = false;
        self.attempt
    }

    fn keep(&mut self, frame: &Frame<Bytes>) {
        match frame.data_ref() {
            Some(data) if self.is_whole && self.size + data.len() <= MOST => {
                self.size += data.len();
                self.read.push(data.clone());
            }
            _ => {
                self.is_whole = false;
                self.read.clear();
            }
        }
    }
}

impl HttpBody for Attempt {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let source = self.source.clone();
        let mut source = lock(&source);
        if source.attempt != self.number {
            return Poll::Ready(Some(Err(Status::cancelled("it is sent elsewhere"))));
        }
        source.is_begun = true;
        if let Some(data) = source.read.get(self.next) {
            self.next += 1;
            return Poll::Ready(Some(Ok(Frame::data(data.clone()))));
        }
        let frame = ready!(Pin::new(&mut source.body).poll_frame(context));
        if let Some(Ok(frame)) = &frame {
            source.keep(frame);
            self.next += 1;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        let source = lock(&self.source);
        // What is sent must have been read, though it be empty.
        source.is_begun && self.next >= source.read.len() && source.body.is_end_stream()
    }
}

fn lock(source: &Mutex<Source>) -> MutexGuard<'_, Source> {
    source.lock().unwrap_or_else(PoisonError::into_inner)
}
