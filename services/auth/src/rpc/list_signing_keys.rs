//! ListSigningKeys: what tokens verify with.

use connectus_proto::auth::v1::ListSigningKeysResponse;

use super::Auth;

pub(super) fn list_signing_keys(auth: &Auth) -> ListSigningKeysResponse {
    ListSigningKeysResponse { keys: auth.keys.published() }
}
