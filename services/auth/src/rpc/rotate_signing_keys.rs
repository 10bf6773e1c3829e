//! RotateSigningKeys: a new key takes over.

use connectus_platform::identity;
use connectus_proto::auth::v1::{RotateSigningKeysRequest, RotateSigningKeysResponse};
use tonic::Request;

use super::{Answer, Auth};

pub(super) async fn rotate_signing_keys(
    auth: &Auth,
    request: Request<RotateSigningKeysRequest>,
) -> Answer<RotateSigningKeysResponse> {
    identity::service(&request)?;
    let key_id = auth.keys.rotate().await?;
    Ok(RotateSigningKeysResponse { key_id }.into())
}
