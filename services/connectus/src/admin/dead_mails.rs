//! Commands about mails and messages that were put aside, since they could not be delivered.

use clap::{Args, Subcommand};
use connectus_proto::{
    account::v1 as account,
    auth::v1 as auth,
    common::v1::{DeadMessage, ErrorReason},
    community::v1 as community,
    experience::v1 as experience,
    social::v1 as social,
};

use super::security::{Limit, pages};
use crate::desk::{
    CallError, CommandError, Desk,
    output::{Record, time},
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
    pub(super) async fn run(self, desk: &Desk) -> Result<(), CommandError> {
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

async fn list(desk: &Desk, limit: &Limit) -> Result<(), CommandError> {
    let mut messages = Vec::new();
    for keeper in Keeper::ALL {
        let listed =
            pages(limit, async |page_size, page_token| keeper.page(&desk.services, page_size, page_token).await);
        messages.extend(listed.await?.into_iter().map(|message| (keeper.name(), message)));
    }
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
async fn requeue(services: &Services, ids: &[String]) -> Result<i64, CommandError> {
    let mut count = 0;
    if ids.is_empty() {
        for keeper in Keeper::ALL {
            count += keeper.requeue(services, Vec::new()).await?;
        }
    }
    for id in ids {
        count += requeue_one(services, id).await?;
    }
    Ok(count)
}

async fn requeue_one(services: &Services, id: &str) -> Result<i64, CommandError> {
    for keeper in Keeper::ALL {
        if let Some(count) = found(keeper.requeue(services, vec![id.to_owned()]).await)? {
            return Ok(count);
        }
    }
    Err(CommandError::NoSuchMessage(id.to_owned()))
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

/// A service that keeps messages.
#[derive(Clone, Copy)]
enum Keeper {
    Auth,
    Account,
    Experience,
    Social,
    Community,
}

/// Calls an admin rpc of a service: all have the same ones, each with types of its own.
macro_rules! ask {
    ($services:ident, $service:ident, $admin:ident, $rpc:ident, $request:expr) => {
        $services.$service.answer($services.$admin().$rpc($services.sign($request)).await)
    };
}

impl Keeper {
    /// All there are.
    const ALL: [Self; 5] = [Self::Auth, Self::Account, Self::Experience, Self::Social, Self::Community];

    fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Account => "account",
            Self::Experience => "experience",
            Self::Social => "social",
            Self::Community => "community",
        }
    }

    /// A page of its dead messages, newest first, with the next page's token.
    async fn page(
        self,
        services: &Services,
        page_size: i32,
        page_token: String,
    ) -> Result<(Vec<DeadMessage>, String), CallError> {
        match self {
            Self::Auth => {
                let request = auth::ListDeadMessagesRequest { page_size, page_token };
                ask!(services, auth, auth_admin, list_dead_messages, request)
                    .map(|page| (page.messages, page.next_page_token))
            }
            Self::Account => {
                let request = account::ListDeadMessagesRequest { page_size, page_token };
                ask!(services, account, account_admin, list_dead_messages, request)
                    .map(|page| (page.messages, page.next_page_token))
            }
            Self::Experience => {
                let request = experience::ListDeadMessagesRequest { page_size, page_token };
                ask!(services, experience, experience_admin, list_dead_messages, request)
                    .map(|page| (page.messages, page.next_page_token))
            }
            Self::Social => {
                let request = social::ListDeadMessagesRequest { page_size, page_token };
                ask!(services, social, social_admin, list_dead_messages, request)
                    .map(|page| (page.messages, page.next_page_token))
            }
            Self::Community => {
                let request = community::ListDeadMessagesRequest { page_size, page_token };
                ask!(services, community, community_admin, list_dead_messages, request)
                    .map(|page| (page.messages, page.next_page_token))
            }
        }
    }

    /// Has it try messages again, and tells how many there were.
    async fn requeue(self, services: &Services, message_ids: Vec<String>) -> Result<i64, CallError> {
        match self {
            Self::Auth => {
                let request = auth::RequeueDeadMessagesRequest { message_ids };
                ask!(services, auth, auth_admin, requeue_dead_messages, request).map(|answer| answer.requeued_count)
            }
            Self::Account => {
                let request = account::RequeueDeadMessagesRequest { message_ids };
                ask!(services, account, account_admin, requeue_dead_messages, request)
                    .map(|answer| answer.requeued_count)
            }
            Self::Experience => {
                let request = experience::RequeueDeadMessagesRequest { message_ids };
                ask!(services, experience, experience_admin, requeue_dead_messages, request)
                    .map(|answer| answer.requeued_count)
            }
            Self::Social => {
                let request = social::RequeueDeadMessagesRequest { message_ids };
                ask!(services, social, social_admin, requeue_dead_messages, request).map(|answer| answer.requeued_count)
            }
            Self::Community => {
                let request = community::RequeueDeadMessagesRequest { message_ids };
                ask!(services, community, community_admin, requeue_dead_messages, request)
                    .map(|answer| answer.requeued_count)
            }
        }
    }
}
