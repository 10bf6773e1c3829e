//! Calls that may be repeated: a repeat with the same `idempotency-key` gets the first answer, and nothing is done twice.
//!
//! The first call claims the key; its answer is kept with it for a day, sealed with a key that the database does not know,
//! since it may hold an access token. An rpc that changes something [completes](complete) the key in its own transaction, so
//! that a call whose answer was lost on the way is not done again, whatever failed.

use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    extract::Request,
    middleware::Next,
    response::Response,
};
use chacha20poly1305::{
    Key, XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit},
};
use connectus_proto::common::v1::ErrorReason;
use diesel::{
    OptionalExtension, QueryResult, QueryableByName,
    sql_types::{Bytea, Double, Nullable},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use http::{HeaderMap, HeaderName, HeaderValue, header::CONTENT_TYPE};
use http_body_util::{BodyExt, Full, Limited};
use prost::Message;
use tonic::{Code, Status};
use uuid::Uuid;

use crate::{
    access::AccessFeed,
    context,
    fields::FieldError,
    identity::{ServiceIdentity, authentication_code},
    status::{self, RETRY_DELAY},
    store::{self, Pool, StoreError, statement},
};

/// The header, and the metadata, that carries the key.
pub const IDEMPOTENCY_KEY_HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// The longest key.
const MAX_KEY_LENGTH: usize = 255;
/// How long the first answer is kept.
const KEPT_FOR: Duration = Duration::from_hours(24);
/// How long a key stays claimed by a call that says no more; longer than any call takes.
const CLAIMED_FOR: Duration = Duration::from_secs(20);
/// The largest request that is taken with a key, in bytes.
const MAX_REQUEST: usize = 1024 * 1024 + 1024;
/// What stands before a message on the wire: a flag, and its length (gRPC over HTTP/2, "Length-Prefixed-Message").
const FRAME_HEADER: usize = 5;

/// The key of a request's headers, if it has one that can be one.
pub fn key_of(headers: &HeaderMap) -> Result<Option<&HeaderValue>, FieldError> {
    let Some(key) = headers.get(IDEMPOTENCY_KEY_HEADER) else { return Ok(None) };
    let is_sane = (1..=MAX_KEY_LENGTH).contains(&key.len()) && key.as_bytes().iter().all(u8::is_ascii_graphic);
    if is_sane {
        Ok(Some(key))
    } else {
        Err(FieldError::new(IDEMPOTENCY_KEY_HEADER.as_str(), "has 1 to 255 visible characters"))
    }
}

/// Keeps first answers.
#[derive(Clone)]
pub(crate) struct Idempotency {
    pool: Pool,
    access: AccessFeed,
    /// What keys and requests are known again by.
    secret: [u8; 32],
    /// What answers are sealed with.
    seal: [u8; 32],
}

/// A key that the call being served has claimed.
#[derive(Clone)]
struct Claim {
    idempotency: Idempotency,
    key: Vec<u8>,
}

tokio::task_local! {
    static CLAIM: Claim;
}

/// What was answered.
#[derive(Debug)]
enum Answer {
    /// A message.
    Done(Vec<u8>),
    /// A failure that no repeat would change.
    Failed(Status),
}

#[derive(QueryableByName)]
struct Kept {
    #[diesel(sql_type = Bytea)]
    fingerprint: Vec<u8>,
    #[diesel(sql_type = Nullable<Bytea>)]
    answer: Option<Vec<u8>>,
}

/// Takes a key that is new, or whose first call or last day is over.
const CLAIM_KEY: &str = "INSERT INTO idempotency_keys AS k (key, fingerprint, expires_at) \
    VALUES ($1, $2, now() + make_interval(secs => $3)) \
    ON CONFLICT (key) DO UPDATE SET fingerprint = $2, answer = NULL, expires_at = excluded.expires_at \
    WHERE k.expires_at < now() RETURNING fingerprint, answer";
const FIND: &str = "SELECT fingerprint, answer FROM idempotency_keys WHERE key = $1";
/// The first answer stays.
const COMPLETE: &str = "UPDATE idempotency_keys SET answer = $2, expires_at = now() + make_interval(secs => $3) \
    WHERE key = $1 AND answer IS NULL";
const RELEASE: &str = "DELETE FROM idempotency_keys WHERE key = $1 AND answer IS NULL";

/// Writes down, in the transaction that does what the call asks for, what it will answer. Without a key it does nothing.
pub async fn complete<M: Message>(conn: &mut AsyncPgConnection, answer: &M) -> QueryResult<()> {
    match CLAIM.try_with(Clone::clone) {
        Ok(claim) => claim.complete_on(conn, &Answer::Done(answer.encode_to_vec())).await,
        Err(_) => Ok(()),
    }
}

/// Whether the call being served has a key: where it has none, what is done by one statement takes no transaction.
#[must_use]
pub fn has_key() -> bool {
    CLAIM.try_with(|_| ()).is_ok()
}

impl Idempotency {
    pub(crate) fn new(pool: Pool, access: AccessFeed, identity: &ServiceIdentity) -> Self {
        Self {
            pool,
            access,
            secret: identity.derive(b"idempotency keys"),
            seal: identity.derive(b"idempotency answers"),
        }
    }

    /// Serves a call, or answers it as it was answered first.
    pub(crate) async fn serve(&self, request: Request, next: Next) -> Response {
        let key = match key_of(request.headers()) {
            // A stream is not held back to be kept.
            _ if context::is_streaming(request.uri().path()) => return next.run(request).await,
            Ok(None) => return next.run(request).await,
            Ok(Some(key)) => match self.key(&request, key) {
                Some(key) => key,
                None => return next.run(request).await,
            },
            Err(error) => return Status::from(error).into_http(),
        };
        let (parts, body) = request.into_parts();
        let Ok(body) = Limited::new(body, MAX_REQUEST).collect().await else {
            return Status::out_of_range("the request is too large").into_http();
        };
        let body = body.to_bytes();
        let claim = Claim { idempotency: self.clone(), key };
        match claim.take(&self.authenticate(&body)).await {
            Ok(None) => claim.serve(Request::from_parts(parts, Body::from(body)), next).await,
            Ok(Some(answer)) => answer.into_response(),
            Err(status) => status.into_http(),
        }
    }

    /// What is stored of a key: it belongs to one rpc and one account, whose token the first call may have revoked. A token of
    /// no account proves nothing here, and no key is kept for it: who has it might get what others were answered.
    fn key(&self, request: &Request, key: &HeaderValue) -> Option<Vec<u8>> {
        let caller = match context::bearer_token(request.headers()) {
            Some(token) => self.access.account_of(token)?,
            None => Uuid::nil(),
        };
        let parts = [request.uri().path().as_bytes(), caller.as_bytes(), key.as_bytes()];
        Some(self.authenticate(&parts.join(&b'\n')))
    }

    /// A code that only who has the secret can make of a text: from the one that is stored nobody guesses a password.
    fn authenticate(&self, text: &[u8]) -> Vec<u8> {
        authentication_code(&self.secret, text).to_vec()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(self.seal))
    }

    fn seal(&self, answer: &Answer) -> Option<Vec<u8>> {
        let nonce: [u8; 24] = rand::random();
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), answer.encode().as_slice()).ok()?;
        Some([&nonce[..], &sealed].concat())
    }

    fn open(&self, sealed: &[u8]) -> Option<Answer> {
        let (nonce, sealed) = sealed.split_first_chunk::<24>()?;
        Answer::decode(&self.cipher().decrypt(&XNonce::from(*nonce), sealed).ok()?)
    }
}

impl Claim {
    /// Claims the key for a request, or finds the first answer.
    async fn take(&self, fingerprint: &[u8]) -> Result<Option<Answer>, Status> {
        let mut conn = store::connection(&self.idempotency.pool).await?;
        let claim = statement(CLAIM_KEY).bind::<Bytea, _>(&self.key).bind::<Bytea, _>(fingerprint);
        let claimed: QueryResult<Kept> = claim.bind::<Double, _>(CLAIMED_FOR.as_secs_f64()).get_result(&mut conn).await;
        if claimed.optional().map_err(StoreError::from)?.is_some() {
            return Ok(None);
        }
        let found = statement(FIND).bind::<Bytea, _>(&self.key).get_result(&mut conn).await;
        let kept: Option<Kept> = found.optional().map_err(StoreError::from)?;
        match kept {
            Some(kept) if kept.fingerprint != fingerprint => Err(status::failure(
                Code::FailedPrecondition,
                ErrorReason::IdempotencyKeyReused,
                "the idempotency key was used with another request",
            )),
            Some(Kept { answer: Some(sealed), .. }) => match self.idempotency.open(&sealed) {
                Some(answer) => Ok(Some(answer)),
                None => Err(status::internal("the first answer to a repeated call cannot be read")),
            },
            // The first call is under way, or has just given the key up.
            Some(_) | None => Err(status::retry_later(
                Code::Aborted,
                ErrorReason::IdempotencyKeyInUse,
                "the first call with this idempotency key is still being worked on",
                RETRY_DELAY,
            )),
        }
    }

    /// Serves the first call, and keeps its answer, unless a repeat might get a better one.
    async fn serve(self, request: Request, next: Next) -> Response {
        let response = CLAIM.scope(self.clone(), next.run(request)).await;
        let (parts, body) = response.into_parts();
        let Ok(body) = body.collect().await else {
            return status::internal("an answer broke off").into_http();
        };
        let (trailers, body) = (body.trailers().cloned(), body.to_bytes());
        // A failure without a message says in its headers what others say in their trailers.
        self.settle(Answer::of_call(trailers.as_ref().unwrap_or(&parts.headers), &body).as_ref()).await;
        let body = Full::new(body).with_trailers(std::future::ready(trailers.map(Ok)));
        Response::from_parts(parts, Body::new(body))
    }

    async fn settle(&self, answer: Option<&Answer>) {
        let settled = async {
            let mut conn = store::connection(&self.idempotency.pool).await?;
            match answer {
                Some(answer) => self.complete_on(&mut conn, answer).await?,
                None => {
                    statement(RELEASE).bind::<Bytea, _>(&self.key).execute(&mut conn).await?;
                }
            }
            Ok::<_, StoreError>(())
        };
        if let Err(error) = settled.await {
            tracing::warn!(%error, "the answer to a call with an idempotency key is not kept");
        }
    }

    async fn complete_on(&self, conn: &mut AsyncPgConnection, answer: &Answer) -> QueryResult<()> {
        let sealed = self.idempotency.seal(answer);
        let sealed = sealed.ok_or_else(|| diesel::result::Error::SerializationError("cannot seal".into()))?;
        let complete = statement(COMPLETE).bind::<Bytea, _>(&self.key).bind::<Bytea, _>(sealed);
        complete.bind::<Double, _>(KEPT_FOR.as_secs_f64()).execute(conn).await?;
        Ok(())
    }
}

impl Answer {
    /// What a call answered, if a repeat would be answered so too.
    fn of_call(headers: &HeaderMap, body: &Bytes) -> Option<Self> {
        let status = Status::from_header_map(headers)?;
        match status.code() {
            Code::Ok => Some(Self::Done(message_of(body)?.to_vec())),
            // The caller's address is verified one day, and that has nothing to do with the call.
            Code::PermissionDenied if status::reason(&status) == Some(ErrorReason::EmailUnverified) => None,
            Code::NotFound | Code::AlreadyExists | Code::PermissionDenied | Code::FailedPrecondition => {
                Some(Self::Failed(status))
            }
            // What is invalid is so again, and what failed may go well.
            _ => None,
        }
    }

    fn encode(&self) -> Vec<u8> {
        match self {
            Self::Done(message) => [&[0], message.as_slice()].concat(),
            Self::Failed(status) => {
                let sent = tonic_types::pb::Status {
                    code: status.code().into(),
                    message: status.message().to_owned(),
                    details: Vec::new(),
                };
                let sent = sent.encode_length_delimited_to_vec();
                [&[1], sent.as_slice(), status.details()].concat()
            }
        }
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (kind, mut rest) = bytes.split_first()?;
        if *kind == 0 {
            return Some(Self::Done(rest.to_vec()));
        }
        let sent = tonic_types::pb::Status::decode_length_delimited(&mut rest).ok()?;
        Some(Self::Failed(Status::with_details(sent.code.into(), sent.message, Bytes::copy_from_slice(rest))))
    }

    fn into_response(self) -> Response {
        match self {
            Self::Failed(status) => status.into_http(),
            Self::Done(message) => {
                let length = u32::try_from(message.len()).unwrap_or(u32::MAX).to_be_bytes();
                let frame = Bytes::from([&[0], &length[..], message.as_slice()].concat());
                let trailers = HeaderMap::from_iter([(Status::GRPC_STATUS, HeaderValue::from_static("0"))]);
                let body = Full::new(frame).with_trailers(std::future::ready(Some(Ok(trailers))));
                let mut response = Response::new(Body::new(body));
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
                response
            }
        }
    }
}

/// The one message of a body; none if there are several, as of a stream.
fn message_of(body: &Bytes) -> Option<&[u8]> {
    let (header, message) = body.split_at_checked(FRAME_HEADER)?;
    let length = u32::from_be_bytes(header.get(1..)?.try_into().ok()?);
    (usize::try_from(length).ok()? == message.len()).then_some(message)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::peer;

    #[test]
    fn what_is_kept_can_be_told_again_and_not_read_without_the_secret() {
        let pool = store::pool(&store::PoolOptions {
            url: "postgres://none".to_owned(),
            read_url: None,
            service: "auth",
            size: 1,
        });
        let of = |identity: ServiceIdentity| {
            let access = AccessFeed::new(peer::local().0, identity.clone(), Duration::from_secs(1));
            Idempotency::new(pool.clone(), access, &identity)
        };
        let (one, other) = (of(ServiceIdentity::random()), of(ServiceIdentity::random()));
        let sealed = one.seal(&Answer::Done(b"a token".to_vec())).unwrap();
        assert!(!sealed.windows(7).any(|part| part == b"a token"));
        assert!(matches!(one.open(&sealed), Some(Answer::Done(message)) if message == b"a token"));
        assert!(other.open(&sealed).is_none());
        let failure = status::invalid_fields(vec![FieldError::new("email", "is required")]);
        let sealed = one.seal(&Answer::Failed(failure.clone())).unwrap();
        let Some(Answer::Failed(told)) = one.open(&sealed) else { unreachable!() };
        assert_eq!(
            (told.code(), told.message(), told.details()),
            (failure.code(), failure.message(), failure.details())
        );
    }
}
