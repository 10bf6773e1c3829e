//! Reads what a client of grpc-web still sends when its answer is ready.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use axum::{
    Error,
    body::{Body, BodyDataStream, Bytes},
    extract::Request,
    response::Response,
};
use futures::{Stream, StreamExt};
use http::Version;

use crate::grpc;

/// How much is read of what nobody wants: as much as a server of gRPC commonly takes.
const MAX_UNWANTED: usize = 4 * 1024 * 1024;

/// Keeps the answer to a call back until its request is read. A browser that cannot send all of a request takes the
/// connection for broken, and looks at the answer only if its HTTP status is an error's; that of grpc-web never is.
pub(crate) async fn read_rest<F>(request: Request, answer: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    // HTTP/2 ends one side of a call by itself.
    if grpc::content_type(&request).is_none() || request.version() >= Version::HTTP_2 {
        return answer(request).await;
    }
    let (parts, body) = request.into_parts();
    let body = Lent(Arc::new(Mutex::new(Some(body.into_data_stream()))));
    let response = answer(Request::from_parts(parts, Body::from_stream(body.clone()))).await;
    if let Some(rest) = body.take_back() {
        forget(rest).await;
    }
    response
}

async fn forget(mut rest: BodyDataStream) {
    let mut unwanted = 0;
    while let Some(Ok(piece)) = rest.next().await {
        unwanted += piece.len();
        if unwanted > MAX_UNWANTED {
            return;
        }
    }
}

/// A body that its owner can take back from whoever reads it, for whom it ends then.
#[derive(Clone)]
struct Lent(Arc<Mutex<Option<BodyDataStream>>>);

impl Lent {
    fn take_back(&self) -> Option<BodyDataStream> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Stream for Lent {
    type Item = Result<Bytes, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        body.as_mut().map_or(Poll::Ready(None), |body| body.poll_next_unpin(context))
    }
}
