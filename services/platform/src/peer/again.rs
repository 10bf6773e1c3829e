//! A call that changes nothing is made once more when its connection breaks, as long as few are.

use std::{
    convert::identity,
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::body::Bytes;
use futures::{StreamExt, stream};
use http_body_util::{BodyExt, BodyStream, StreamBody};
use tonic::{Status, body::Body};
use tower::ServiceExt;

use super::{Channel, call::Broken, kept::Kept};
use crate::context;

/// How many calls earn one that is made again.
const CALLS_FOR_ONE: u32 = 10;
/// How many may be made again at once after a time without trouble: about what is under way with one replica.
const MOST: u32 = 100;
/// How much of an answer is waited for before it is passed on, in bytes. One that is longer may break off.
const WAITED_FOR: usize = 1024 * 1024;

/// The same way to a service, on which calls that `may_repeat` by their path are made once more where their connection breaks.
/// At most a tenth of all calls are, so that a service in trouble is not asked twice as much.
pub fn again(channel: Channel, may_repeat: impl Fn(&str) -> bool + Send + Sync + 'static) -> Channel {
    let budget = Arc::new(Budget::full());
    Channel::new(move |request| {
        let (channel, budget) = (channel.clone(), budget.clone());
        let may_repeat = may_repeat(request.uri().path());
        async move {
            budget.earn();
            if may_repeat { twice(channel, request, &budget).await } else { channel.oneshot(request).await }
        }
    })
}

async fn twice(
    channel: Channel,
    request: http::Request<Body>,
    budget: &Budget,
) -> Result<http::Response<Body>, Status> {
    let (head, body) = request.into_parts();
    let body = Kept::new(body);
    let is_streaming = context::is_streaming(head.uri.path());
    let once = async || {
        let answer = channel.clone().oneshot(http::Request::from_parts(head.clone(), body.attempt())).await?;
        if is_streaming { Ok(answer) } else { whole(answer).await }
    };
    match once().await {
        Err(status) if is_broken(&status) && body.is_whole() && budget.spend() => once().await,
        outcome => outcome,
    }
}

fn is_broken(status: &Status) -> bool {
    status.source().is_some_and(<dyn Error>::is::<Broken>)
}

/// Waits for the rest of an answer of which there is a beginning.
async fn whole(answer: http::Response<Body>) -> Result<http::Response<Body>, Status> {
    let (head, mut body) = answer.into_parts();
    let (mut frames, mut size) = (Vec::new(), 0);
    let read = async {
        while size <= WAITED_FOR {
            let Some(frame) = body.frame().await else { return Ok(true) };
            let frame = frame.map_err(|cause| {
                tracing::debug!(%cause, "an answer broke off");
                Broken::status()
            })?;
            size += frame.data_ref().map_or(0, Bytes::len);
            frames.push(Ok(frame));
        }
        Ok(false)
    };
    let is_whole = tokio::time::timeout(context::time_left(), read).await;
    let is_whole = is_whole.map_err(|_| context::deadline_exceeded()).and_then(identity)?;
    let rest = stream::iter((!is_whole).then(|| BodyStream::new(body))).flatten();
    Ok(http::Response::from_parts(head, Body::new(StreamBody::new(stream::iter(frames).chain(rest)))))
}

/// What may be made again, counted in calls that earn it.
struct Budget(AtomicU32);

impl Budget {
    fn full() -> Self {
        Self(AtomicU32::new(MOST * CALLS_FOR_ONE))
    }

    fn earn(&self) {
        let earn = |saved| (saved < MOST * CALLS_FOR_ONE).then_some(saved + 1);
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, earn);
    }

    fn spend(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |saved| saved.checked_sub(CALLS_FOR_ONE)).is_ok()
    }
}
