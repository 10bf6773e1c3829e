//! Commands about security: what happened, and new signing keys.

use clap::Args;
use connectus_proto::auth::v1::{RotateSigningKeysRequest, SearchSecurityEventsRequest, SecurityEvent};

use crate::desk::{
    CallError, CommandError, Desk,
    output::{Record, time},
};

/// The largest page that services give.
const MAX_PAGE_SIZE: u32 = 200;

/// How much of a list to print.
#[derive(Args)]
pub(super) struct Limit {
    /// How many to list at most.
    #[arg(long, default_value = "50", value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

impl Limit {
    /// The same, as a length.
    pub(super) fn most(&self) -> usize {
        usize::try_from(self.limit).unwrap_or(usize::MAX)
    }
}

/// Reads a list up to its limit, page by page: `page` takes a size and a token, and answers with the next page's token.
pub(super) async fn pages<T>(
    limit: &Limit,
    mut page: impl AsyncFnMut(i32, String) -> Result<(Vec<T>, String), CallError>,
) -> Result<Vec<T>, CallError> {
    let (mut all, mut left, mut token) = (Vec::new(), limit.limit, String::new());
    loop {
        let size = left.min(MAX_PAGE_SIZE);
        let (read, next) = page(size.cast_signed(), token).await?;
        all.extend(read);
        left -= size;
        token = next;
        if left == 0 || token.is_empty() {
            return Ok(all);
        }
    }
}

/// The security events of which account.
#[derive(Args)]
pub(super) struct Events {
    /// The account's id; all accounts without one.
    id: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

impl Events {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), CommandError> {
        let services = &desk.services;
        let account_id = self.id.unwrap_or_default();
        let events = pages(&self.limit, async |page_size, page_token| {
            let request = SearchSecurityEventsRequest { account_id: account_id.clone(), page_size, page_token };
            let answer = services.auth_admin().search_security_events(services.sign(request)).await;
            let answer = services.auth.answer(answer)?;
            Ok((answer.events, answer.next_page_token))
        });
        desk.output.list(events.await?.into_iter().map(record).collect(), "Nothing happened.")
    }
}

fn record(event: SecurityEvent) -> Record {
    let kind = event.kind().as_str_name().trim_start_matches("SECURITY_EVENT_KIND_").to_lowercase();
    vec![
        ("time", time(event.create_time)),
        ("account_id", event.account_id.into()),
        ("kind", kind.into()),
        ("address", event.client_address.into()),
        ("device", event.device.into()),
        ("operator", event.operator.into()),
        ("detail", event.detail.into()),
    ]
}

/// Makes a new signing key.
pub(super) async fn rotate_keys(desk: &Desk) -> Result<(), CommandError> {
    let services = &desk.services;
    let request = RotateSigningKeysRequest { operator: desk.operator()? };
    let answer = services.auth_internal().rotate_signing_keys(services.sign(request)).await;
    let key_id = services.auth.answer(answer)?.key_id;
    let sentence = format!("Tokens will be signed with the key {key_id}; those signed before stay valid.");
    desk.output.done(&sentence, vec![("key_id", key_id.into())])
}
