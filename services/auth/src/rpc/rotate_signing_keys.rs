//! RotateSigningKeys: a new key takes over.

use connectus_proto::auth::v1::RotateSigningKeysResponse;

use super::{Answer, Auth};

pub(super) async fn rotate_signing_keys(auth: &Auth) -> Answer<RotateSigningKeysResponse> {
    let key_id = auth.keys.rotate().await?;
    Ok(RotateSigningKeysResponse { key_id }.into())
}
