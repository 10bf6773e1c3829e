//! Notify: another service tells what happened.

use std::collections::{HashMap, HashSet};

use connectus_platform::fields::{self, FieldError};
use connectus_proto::social::v1::{NotifyRequest, NotifyResponse};
use tonic::Request;
use uuid::Uuid;

use super::{Answer, Social};
use crate::{
    domain::{Error, notification::News},
    store,
};

/// How many notices one call tells of.
const MOST: usize = 100;

pub(super) async fn notify(service: &Social, request: Request<NotifyRequest>) -> Answer<NotifyResponse> {
    let notices = request.into_inner().notices;
    fields::list("notices", notices.len(), MOST)?;
    let news: Result<Vec<News>, FieldError> = notices.iter().map(News::new).collect();
    let news = wanted(service, news?).await?;
    store::notifications::add_all(&service.pool, &service.announcement(news)).await?;
    service.outbox.wake();
    Ok(NotifyResponse {}.into())
}

/// What is for accounts that exist, by others that exist and that they may hear of.
async fn wanted(service: &Social, news: Vec<News>) -> Result<Vec<News>, Error> {
    let mut by_actor: HashMap<Option<Uuid>, Vec<News>> = HashMap::new();
    for news in news {
        by_actor.entry(news.actor_id).or_default().push(news);
    }
    let mut wanted = Vec::new();
    for (actor, news) in by_actor {
        let about = news.iter().map(|news| news.account_id).chain(actor);
        // Those that have not blocked the actor, seen by it.
        let relations = service.accounts.relations(actor, about).await?;
        let known: HashSet<Uuid> = relations.into_keys().collect();
        let is_wanted = |news: &News| {
            known.contains(&news.account_id)
                && actor.is_none_or(|actor| known.contains(&actor) && actor != news.account_id)
        };
        wanted.extend(news.into_iter().filter(is_wanted));
    }
    Ok(wanted)
}
