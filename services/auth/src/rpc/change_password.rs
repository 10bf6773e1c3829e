//! ChangePassword: a new password by who knows the old one.

use chrono::Utc;
use connectus_platform::{context, identity};
use connectus_proto::auth::v1::{ChangePasswordRequest, ChangePasswordResponse};
use tonic::Request;

use super::{
    Answer, Auth, guard,
    issue::{Issued, issue},
};
use crate::{domain::password::Password, store};

pub(super) async fn change_password(
    auth: &Auth,
    request: Request<ChangePasswordRequest>,
) -> Answer<ChangePasswordResponse> {
    let caller = identity::caller(&request)?;
    let ChangePasswordRequest { password, new_password } = request.into_inner();
    let new_password = Password::choose("new_password", &new_password)?;
    let account = guard::confirm_password(auth, &caller, &password).await?;
    let hash = auth.hasher.hash(&new_password).await?;
    let begin = async |generation| {
        let Issued { session, access_token, expire_time } =
            issue(auth, &account, generation, context::client(), Utc::now()).await?;
        Ok((session, ChangePasswordResponse { access_token, expire_time: Some(expire_time) }))
    };
    let response = store::passwords::change(&auth.pool, &account, &hash, begin).await?;
    auth.outbox.wake();
    Ok(response.into())
}
