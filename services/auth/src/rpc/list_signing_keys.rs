//! ListSigningKeys: what tokens verify with.

use connectus_proto::auth::v1::ListSigningKeysResponse;

use super::{Answer, Auth};

pub(super) async fn list_signing_keys(auth: &Auth) -> Answer<ListSigningKeysResponse> {
    Ok(ListSigningKeysResponse { keys: auth.keys.published().await? }.into())
}
