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

/// What is for accounts that exist, by others that exist and that they may hear of, in the order in which it is told.
async fn wanted(service: &Social, mut news: Vec<News>) -> Result<Vec<News>, Error> {
    let mut about: HashMap<Option<Uuid>, Vec<Uuid>> = HashMap::new();
    for news in &news {
        about.entry(news.actor_id).or_default().extend(news.actor_id.into_iter().chain([news.account_id]));
    }
    let mut known: HashMap<Option<Uuid>, HashSet<Uuid>> = HashMap::new();
    for (actor, about) in about {
        // Those that have not blocked the actor, seen by it.
        known.insert(actor, service.accounts.relations(actor, about).await?.into_keys().collect());
    }
    let is_known = |actor, account: Uuid| known.get(&actor).is_some_and(|known| known.contains(&account));
    news.retain(|news| {
        is_known(news.actor_id, news.account_id)
            && news.actor_id.is_none_or(|actor| is_known(news.actor_id, actor) && actor != news.account_id)
    });
    Ok(news)
}
