//! What one replica revokes, every service of the other refuses.

use std::time::{Duration, Instant};

use connectus_proto::auth::v1::{LogoutRequest, auth_service_client::AuthServiceClient};
use connectus_testkit::as_caller;
use serde_json::json;

use super::{Replicas, SERVICES, Standing, until};
use crate::{
    contract::world::{PASSWORD, login, member, reset_token},
    topology::Suite,
};

/// What a revocation may take to reach every replica.
const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_token_revoked_through_one_gateway_is_refused_everywhere_within_a_second() {
    let replicas = Replicas::start(&[]).await;
    let Replicas { first, second, mail, .. } = &replicas;
    let ann = member(&first.api, mail, "Ann").await;
    let other = login(&second.api, &ann.email, PASSWORD).await;
    for (replica, token) in [(first, &other), (second, &other), (second, &ann.token)] {
        until(replica, &SERVICES, token, Standing::Accepted).await;
    }

    AuthServiceClient::new(first.channel()).logout(as_caller(&ann.token, LogoutRequest {})).await.unwrap();
    tokio::join!(refused_within_a_second(first, &ann.token), refused_within_a_second(second, &ann.token));
    until(second, &SERVICES, &other, Standing::Accepted).await;

    let link = reset_token(&second.api, mail, &ann.email).await;
    let choice = json!({"token": link, "password": "staple battery horse"});
    second.api.post("/v1/auth/reset-password", None, &choice).await.ok();
    tokio::join!(refused_within_a_second(first, &other), refused_within_a_second(second, &other));
    let token = login(&first.api, &ann.email, "staple battery horse").await;
    until(second, &SERVICES, &token, Standing::Accepted).await;
}

/// Waits until every service of a replica refuses a token, which was revoked just now.
async fn refused_within_a_second(replica: &Suite, token: &str) {
    let revoked = Instant::now();
    until(replica, &SERVICES, token, Standing::Refused).await;
    assert!(revoked.elapsed() < SECOND, "it took {:?}", revoked.elapsed());
}
