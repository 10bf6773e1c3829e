//! StreamNotifications: the caller's notifications as they come.

use std::{collections::VecDeque, time::Duration};

use connectus_platform::{
    fields,
    identity::{self, Caller},
    status,
};
use connectus_proto::{
    common::v1::ErrorReason,
    social::v1::{StreamNotificationsRequest, StreamNotificationsResponse},
};
use futures::{StreamExt, stream, stream::BoxStream};
use tokio::time::Instant;
use tonic::{Code, Request, Status};
use uuid::Uuid;

use super::{Answer, Social};
use crate::{domain::notification::Notification, live::Listener, store};

pub(super) type Notifications = BoxStream<'static, Result<StreamNotificationsResponse, Status>>;

/// How long it waits for what does not answer.
const PAUSE: Duration = Duration::from_millis(200);
/// How often it is made sure that the caller's token is still good.
const RECHECK: Duration = Duration::from_millis(500);
/// How long nothing is sent at most; then there is also a look at what nobody has told of.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How many are read at once.
const BATCH: i64 = 100;

pub(super) async fn stream_notifications(
    service: &Social,
    request: Request<StreamNotificationsRequest>,
) -> Answer<Notifications> {
    let caller = identity::caller(&request)?;
    let last = request.into_inner().last_notification_id;
    // First of all it listens, so that nothing comes in between.
    let listener = service.live.listen(caller.account_id)?;
    let last = match last.as_str() {
        "" => store::notifications::last_id(&service.pool, caller.account_id).await?,
        last => fields::id("last_notification_id", last)?,
    };
    let watch = Watch {
        service: service.clone(),
        caller,
        listener,
        last,
        found: VecDeque::new(),
        heartbeat_at: Instant::now(),
        may_have_more: true,
    };
    Ok(stream::unfold(Some(watch), next).boxed().into())
}

/// A stream, between two messages.
struct Watch {
    service: Social,
    caller: Caller,
    listener: Listener,
    /// The last notification that was read.
    last: Uuid,
    /// What was read, and not sent yet.
    found: VecDeque<Notification>,
    heartbeat_at: Instant,
    /// Whether there may be more than was read.
    may_have_more: bool,
}

async fn next(watch: Option<Watch>) -> Option<(Result<StreamNotificationsResponse, Status>, Option<Watch>)> {
    let mut watch = watch?;
    match watch.next().await {
        Ok(notification) => {
            let last_notification_id = watch.sent(notification.as_ref()).to_string();
            let notification = notification.map(Into::into);
            Some((Ok(StreamNotificationsResponse { notification, last_notification_id }), Some(watch)))
        }
        Err(status) => Some((Err(status), None)),
    }
}

impl Watch {
    /// Waits for the next notification, or for the time to show that the stream is alive.
    async fn next(&mut self) -> Result<Option<Notification>, Status> {
        loop {
            self.require_open()?;
            if let Some(notification) = self.found.pop_front() {
                return Ok(Some(notification));
            }
            if self.heartbeat_at <= Instant::now() {
                self.heartbeat_at = Instant::now() + HEARTBEAT;
                self.may_have_more = true;
                return Ok(None);
            }
            if !self.may_have_more {
                self.wait().await;
                continue;
            }
            match self.read().await {
                // What does not answer now may do so soon; meanwhile the stream goes on.
                Err(status) if status.code() == Code::Unavailable => tokio::time::sleep(PAUSE).await,
                read => read?,
            }
        }
    }

    /// Ends the stream when its session has ended, or the process is about to.
    fn require_open(&self) -> Result<(), Status> {
        if self.service.closing.is_cancelled() {
            return Err(status::failure(Code::Unavailable, ErrorReason::Unavailable, "the service is stopping"));
        }
        Ok(self.service.access.readmit(&self.caller)?)
    }

    /// Up to where the caller has what there is, after a message.
    fn sent(&self, notification: Option<&Notification>) -> Uuid {
        match notification {
            Some(notification) if !self.found.is_empty() => notification.id,
            _ => self.last,
        }
    }

    async fn read(&mut self) -> Result<(), Status> {
        let account_id = self.caller.account_id;
        let read = store::notifications::since(&self.service.pool, account_id, self.last, BATCH).await?;
        let may_have_more = i64::try_from(read.len()).is_ok_and(|length| length == BATCH);
        let last = read.last().map_or(self.last, |notification| notification.id);
        self.found = self.service.accounts.shown(account_id, read).await?.into();
        (self.may_have_more, self.last) = (may_have_more, last);
        Ok(())
    }

    async fn wait(&mut self) {
        tokio::select! {
            () = self.listener.woken() => self.may_have_more = true,
            () = self.service.closing.cancelled() => {}
            () = tokio::time::sleep_until(self.heartbeat_at.min(Instant::now() + RECHECK)) => {}
        }
    }
}
