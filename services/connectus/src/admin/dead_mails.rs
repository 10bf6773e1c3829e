//! Commands about mails and messages that were put aside, since they could not be delivered.

use clap::{Args, Subcommand};
use connectus_proto::{
    auth::v1 as auth,
    common::v1::{DeadMessage, ErrorReason},
    experience::v1 as experience,
};

use super::{
    AdminError, Desk,
    error::CallError,
    output::{Record, time},
    security::{Limit, pages},
    services::Services,
};

/// What to do with them.
#[derive(Args)]
pub(super) struct Settings {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Lists them, newest first.
    List(Limit),
    /// Tries them again, at once.
    Requeue(Requeue),
}

/// Which ones to try again.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Requeue {
    /// The ids of some, as listed.
    ids: Vec<String>,
    /// All of them.
    #[arg(long)]
    all: bool,
}

impl Settings {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), AdminError> {
        match self.command {
            Command::List(limit) => list(desk, &limit).await,
            Command::Requeue(which) => {
                let count = requeue(&desk.services, &which.ids).await?;
                let sentence =
                    if count == 1 { "1 is tried again.".to_owned() } else { format!("{count} are tried again.") };
                desk.output.done(&sentence, vec![("requeued_count", count.into())])
            }
        }
    }
}

async fn list(desk: &Desk, limit: &Limit) -> Result<(), AdminError> {
    let services = &desk.services;
    let of_auth = pages(limit, async |page_size, page_token| {
        let request = auth::ListDeadMessagesRequest { page_size, page_token };
        let answer = services.auth_admin().list_dead_messages(services.sign(request)).await;
        let answer = services.auth.answer(answer)?;
        Ok((answer.messages, answer.next_page_token))
    });
    let of_experience = pages(limit, async |page_size, page_token| {
        let request = experience::ListDeadMessagesRequest { page_size, page_token };
        let answer = services.experience_admin().list_dead_messages(services.sign(request)).await;
        let answer = services.experience.answer(answer)?;
        Ok((answer.messages, answer.next_page_token))
    });
    let of_auth = of_auth.await?.into_iter().map(|message| ("auth", message));
    let mut messages: Vec<_> =
        of_auth.chain(of_experience.await?.into_iter().map(|message| ("experience", message))).collect();
    // Their ids grow with time.
    messages.sort_unstable_by(|(_, one), (_, other)| other.id.cmp(&one.id));
    messages.truncate(limit.most());
    let records = messages.into_iter().map(|(service, message)| record(service, message));
    desk.output.list(records.collect(), "There are none.")
}

fn record(service: &str, message: DeadMessage) -> Record {
    vec![
        ("id", message.id.into()),
        ("service", service.into()),
        ("kind", message.kind.into()),
        ("time", time(message.create_time)),
        ("attempts", message.attempts.into()),
        ("last_error", message.last_error.into()),
    ]
}

/// Tries some again, or all if none is named. An id does not say which service has the message.
async fn requeue(services: &Services, ids: &[String]) -> Result<i64, AdminError> {
    if ids.is_empty() {
        return Ok(of_auth(services, Vec::new()).await? + of_experience(services, Vec::new()).await?);
    }
    let mut count = 0;
    for id in ids {
        let of_auth = found(of_auth(services, vec![id.clone()]).await)?;
        let requeued = match of_auth {
            Some(count) => Some(count),
            None => found(of_experience(services, vec![id.clone()]).await)?,
        };
        count += requeued.ok_or_else(|| AdminError::NoSuchMessage(id.clone()))?;
    }
    Ok(count)
}

async fn of_auth(services: &Services, message_ids: Vec<String>) -> Result<i64, CallError> {
    let request = auth::RequeueDeadMessagesRequest { message_ids };
    let answer = services.auth_admin().requeue_dead_messages(services.sign(request)).await;
    Ok(services.auth.answer(answer)?.requeued_count)
}

async fn of_experience(services: &Services, message_ids: Vec<String>) -> Result<i64, CallError> {
    let request = experience::RequeueDeadMessagesRequest { message_ids };
    let answer = services.experience_admin().requeue_dead_messages(services.sign(request)).await;
    Ok(services.experience.answer(answer)?.requeued_count)
}

/// How many were requeued; `None` where the service has no such message.
fn found(requeued: Result<i64, CallError>) -> Result<Option<i64>, CallError> {
    match requeued {
        Ok(0) => Ok(None),
        Ok(count) => Ok(Some(count)),
        Err(error) if error.reason() == Some(ErrorReason::MessageNotFound) => Ok(None),
        Err(error) => Err(error),
    }
}
