//! ListExperiences: what a person did, newest first.

use connectus_platform::{identity, ids, page::Page, peer::on_behalf};
use connectus_proto::experience::v1::{ListExperiencesRequest, ListExperiencesResponse};
use tonic::{Request, Status};
use uuid::Uuid;

use super::{Answer, Experiences, decode};
use crate::{accounts, domain::Error, store};

pub(super) async fn list_experiences(
    service: &Experiences,
    request: Request<ListExperiencesRequest>,
) -> Answer<ListExperiencesResponse> {
    let user_id = subject(&request)?;
    let ListExperiencesRequest { page_size, page_token, .. } = request.into_inner();
    let page = Page::new(page_size, &page_token)?;
    let (known, listed) = tokio::join!(
        accounts::require_user(&service.account, on_behalf(user_id.to_string())),
        store::experiences::list(&service.pool, user_id, page),
    );
    known?;
    let mut experiences = listed?;
    let next_page_token = page.cut(&mut experiences, |experience| experience.id);
    let experiences = experiences.into_iter().map(Into::into).collect();
    Ok(ListExperiencesResponse { experiences, next_page_token }.into())
}

/// Whose experiences are asked for.
fn subject(request: &Request<ListExperiencesRequest>) -> Result<Uuid, Status> {
    match request.get_ref().user_id.as_str() {
        identity::ME => Ok(decode::user(request)?.account_id),
        id => Ok(ids::parse(id).ok_or(Error::UserNotFound)?),
    }
}
