//! How many answers that go on are open at once. Behind a proxy all connections come from one address: these have places of
//! their own, so that they leave some to requests that are over in a moment.

use std::{num::NonZeroU16, sync::Arc};

use axum::{body::Body, response::Response};
use connectus_platform::status;
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::Status;

/// The places for answers that go on. Clones share them.
#[derive(Clone)]
pub(crate) struct Streams(Arc<Semaphore>);

/// One answer's place, until it is dropped.
pub(crate) struct Place(OwnedSemaphorePermit);

impl Streams {
    pub(crate) fn new(most: NonZeroU16) -> Self {
        Self(Arc::new(Semaphore::new(most.get().into())))
    }

    /// A place, unless all are taken.
    pub(crate) fn place(&self) -> Result<Place, Status> {
        let place = self.0.clone().try_acquire_owned();
        place.map(Place).map_err(|_| status::overloaded(status::RETRY_DELAY))
    }
}

impl Place {
    /// The same answer, which has the place until its end.
    pub(crate) fn kept_by(self, response: Response) -> Response {
        let pass_on = move |frame| {
            // Whoever passes the frames on has the place.
            let _place = &self.0;
            frame
        };
        response.map(|body| Body::new(body.map_frame(pass_on)))
    }
}
