//! RotateSigningKeys: a new key before its time.

use connectus_platform::fields;
use connectus_proto::auth::v1::{RotateSigningKeysRequest, RotateSigningKeysResponse};
use tonic::Request;

use super::{Answer, Auth};
use crate::{
    domain::event::{Event, EventKind},
    store,
};

pub(super) async fn rotate_signing_keys(
    auth: &Auth,
    request: Request<RotateSigningKeysRequest>,
) -> Answer<RotateSigningKeysResponse> {
    let operator = fields::text("operator", &request.get_ref().operator, 0..=100)?;
    let key_id = auth.keys.rotate().await?;
    store::events::record(&auth.pool, &Event::by_operator(None, EventKind::KeysRotated, &operator, &key_id)).await?;
    Ok(RotateSigningKeysResponse { key_id }.into())
}
