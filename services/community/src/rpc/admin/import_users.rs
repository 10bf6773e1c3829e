//! Takes in what a source says about many people, and tells what is wrong with whom.

use connectus_platform::fields::{self, FieldError};
use connectus_proto::community::v1::{CustomField, ImportUsersRequest, ImportUsersResponse, InvalidField, RefusedUser};
use uuid::Uuid;

use super::community;
use crate::{
    domain::{
        Error,
        item::{Item, ItemKind},
        structure,
        user::User,
    },
    rpc::Communities,
    store,
};

/// How many users are in a call.
const MOST: usize = 500;

/// Takes in those that nothing is wrong with.
pub(super) async fn import(service: &Communities, request: ImportUsersRequest) -> Result<ImportUsersResponse, Error> {
    let community_id = community(&request.community_id)?;
    let source = structure::name("source", &request.source)?;
    fields::list("users", request.users.len(), MOST)?;
    let source_id = store::structure::source_named(&service.pool, community_id, &source).await?;
    let known = store::structure::custom_fields(&service.pool, community_id).await?;
    let (mut good, mut refused_users) = read(&request, &known);
    if check_tags(service, community_id, &good).await?.is_some() {
        refused_users.extend(take_wrongly_tagged(service, community_id, &mut good).await?);
        refused_users.sort_unstable_by_key(|refused| refused.index);
    }
    let items: Vec<Item> = good.into_iter().map(|(_, user)| Item { source_id, said: ItemKind::User(user) }).collect();
    store::queue::accept_users(&service.pool, community_id, source_id, &items).await?;
    service.wake.wake();
    Ok(ImportUsersResponse { refused_users })
}

/// A user with where it stands in the request.
type Numbered = (usize, User);

/// Reads them, as far as that can be done without the tags that are there.
fn read(request: &ImportUsersRequest, known: &[CustomField]) -> (Vec<Numbered>, Vec<RefusedUser>) {
    let (mut good, mut refused) = (Vec::with_capacity(request.users.len()), Vec::new());
    for (index, user) in request.users.iter().enumerate() {
        match User::new(&path(index), user, known) {
            Ok(user) => good.push((index, user)),
            Err(errors) => refused.push(refusal(index, errors)),
        }
    }
    (good, refused)
}

/// Takes out those that have tags that they may not have.
async fn take_wrongly_tagged(
    service: &Communities,
    community_id: Uuid,
    good: &mut Vec<Numbered>,
) -> Result<Vec<RefusedUser>, Error> {
    let mut refused = Vec::new();
    for numbered in std::mem::take(good) {
        match check_tags(service, community_id, std::slice::from_ref(&numbered)).await? {
            Some(errors) => refused.push(refusal(numbered.0, errors)),
            None => good.push(numbered),
        }
    }
    Ok(refused)
}

/// What is wrong with the tags of some, if anything is.
async fn check_tags(
    service: &Communities,
    community_id: Uuid,
    users: &[Numbered],
) -> Result<Option<Vec<FieldError>>, Error> {
    let paths: Vec<String> = users.iter().map(|(index, _)| format!("{}.tags", path(*index))).collect();
    let wanted: Vec<_> =
        users.iter().zip(&paths).map(|((_, user), path)| (path.as_str(), user.tags.as_slice(), "member")).collect();
    match store::tags::check(&service.pool, community_id, &wanted).await {
        Ok(()) => Ok(None),
        Err(Error::InvalidFields(errors)) => Ok(Some(errors)),
        Err(error) => Err(error),
    }
}

fn path(index: usize) -> String {
    format!("users[{index}]")
}

fn refusal(index: usize, errors: Vec<FieldError>) -> RefusedUser {
    let invalid = |FieldError { field, problem }| InvalidField { field, problem };
    // There are no more than fit.
    let index = i32::try_from(index).unwrap_or(i32::MAX);
    RefusedUser { index, invalid_fields: errors.into_iter().map(invalid).collect() }
}
