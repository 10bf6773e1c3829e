//! The work that follows links: looking at the people of whom organizations have confirmed something, whenever that has changed.
//!
//! Whoever says that something has changed does not say what. What is so is read anew, from those who know it, and written as a whole:
//! it does not matter in which order changes are told of, or how often.

use std::time::Duration;

use chrono::TimeDelta;
use connectus_platform::{
    outbox::DeliveryError,
    store::{Pool, StoreError},
};
use futures::{StreamExt, stream};
use tokio_util::sync::CancellationToken;

use crate::{
    ingestion::Wake,
    peers::{PAGE, People},
    store::{
        links::{self, Survey},
        volunteers::{self, Due},
    },
};

/// How often it is looked for what other replicas noted, or what is due again.
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// How many are taken at once.
const TAKEN: i64 = 32;
/// How many of them are looked at at once.
const CALLS: usize = 4;
/// After how long those who could not be looked at are again. It is longer than it takes; if it is not, they are looked at twice.
const LEASE: TimeDelta = TimeDelta::seconds(15);

/// Looks at those who are due, until the shutdown.
pub(crate) async fn run(pool: Pool, people: People, wake: Wake, shutdown: CancellationToken) {
    while !shutdown.is_cancelled() {
        let is_idle = work_round(&pool, &people).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "volunteers cannot be looked at now");
            true
        });
        if is_idle {
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = wake.woken() => {}
                () = tokio::time::sleep(POLL_INTERVAL) => {}
            }
        }
    }
}

/// Answers whether there was nothing to do.
async fn work_round(pool: &Pool, people: &People) -> Result<bool, StoreError> {
    let (surveys, looks) = tokio::join!(go_on_with_surveys(pool, people), look_at_due(pool, people));
    Ok(surveys? == 0 && looks? == 0)
}

/// Answers how many surveys have come further.
async fn go_on_with_surveys(pool: &Pool, people: &People) -> Result<usize, StoreError> {
    let mut count = 0;
    for survey in links::surveys(pool).await? {
        match go_on(pool, people, &survey).await {
            Ok(()) => count += 1,
            // The others need not wait for it.
            Err(error) => {
                tracing::warn!(community_id = %survey.community_id, ?error, "volunteers cannot be listed now");
            }
        }
    }
    Ok(count)
}

/// Answers how many were due.
async fn look_at_due(pool: &Pool, people: &People) -> Result<usize, StoreError> {
    let due = volunteers::claim(pool, TAKEN, LEASE).await?;
    let count = due.len();
    let look = async |due: Due| {
        if let Err(error) = look_at(pool, people, &due).await {
            tracing::warn!(community_id = %due.community_id, ?error, "a volunteer cannot be looked at now");
        }
    };
    stream::iter(due).for_each_concurrent(CALLS, look).await;
    Ok(count)
}

/// Goes on with a survey: of whom the organization has confirmed something, or, after the link's end, of whom the community knows.
async fn go_on(pool: &Pool, people: &People, survey: &Survey) -> Result<(), DeliveryError> {
    let accounts = if survey.is_linked {
        people.confirmed_accounts(survey.owner_id, survey.after).await?
    } else {
        links::known_volunteers(pool, survey, i64::try_from(PAGE).unwrap_or(i64::MAX)).await?
    };
    let after = accounts.last().copied().filter(|_| accounts.len() >= PAGE);
    Ok(links::go_on(pool, survey, &accounts, after).await?)
}

/// Looks at what a volunteer shares, and writes that.
async fn look_at(pool: &Pool, people: &People, due: &Due) -> Result<(), DeliveryError> {
    let shared = match due.organization_id {
        Some(organization_id) => people.shared(due.account_id, organization_id).await?,
        None => None,
    };
    Ok(volunteers::write(pool, due, shared).await?)
}
