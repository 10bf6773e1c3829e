//! DeletePost: an account takes back what it has said.

use connectus_platform::{identity, ids};
use connectus_proto::social::v1::{DeletePostRequest, DeletePostResponse};
use tonic::Request;

use super::super::{Answer, Social};
use crate::{domain::Error, store};

pub(super) async fn delete_post(service: &Social, request: Request<DeletePostRequest>) -> Answer<DeletePostResponse> {
    let author = identity::caller(&request)?.account_id;
    let id = ids::parse(&request.get_ref().post_id).ok_or(Error::PostNotFound)?;
    store::posts::delete(&service.pool, author, id).await?;
    service.outbox.wake();
    Ok(DeletePostResponse {}.into())
}
