//! Two replicas of every service: two whole suites of processes on one database, with a gateway before either.

mod cut_off;
mod revocation;
mod rotation;

use connectus_platform::{identity::ServiceIdentity, status};
use connectus_proto::{
    auth::v1::{IntrospectTokenRequest, auth_internal_service_client::AuthInternalServiceClient},
    common::v1::ErrorReason,
};
use connectus_testkit::{Database, MailServer, eventually};
use futures::future::join_all;
use tonic::Request;

use crate::topology::{SECRET, Suite, Topology};

/// The services, each of which verifies tokens for itself.
const SERVICES: [&str; 3] = ["auth", "account", "experience"];

/// Two replicas of every service, and their mail server.
struct Replicas {
    first: Suite,
    second: Suite,
    mail: MailServer,
    _database: Database,
}

/// What a service says of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// It is good.
    Accepted,
    /// It is bad.
    Refused,
    /// Whether it was revoked cannot be told now.
    Unknown,
}

impl Replicas {
    async fn start(settings: &[(&str, &str)]) -> Self {
        let (database, mail) = (Database::new().await, MailServer::start().await);
        let first = Topology::Apart.start_with(&database, &mail, settings).await;
        // Either may send a mail: its link leads to the first gateway.
        let public_url = first.api.url().to_owned();
        let settings = [settings, &[("CONNECTUS_PUBLIC_URL", &public_url)]].concat();
        let second = Topology::Apart.start_with(&database, &mail, &settings).await;
        Self { first, second, mail, _database: database }
    }
}

/// What one service of a replica says of a token.
async fn standing(replica: &Suite, service: &str, token: &str) -> Standing {
    let path = match service {
        "auth" => return introspect(replica, token).await,
        "account" => "/v1/settings",
        _ => "/v1/experiences",
    };
    let answer = replica.api.get(path, Some(token)).await;
    if answer.status == 200 {
        return Standing::Accepted;
    }
    match answer.error() {
        (401, 3001, _) => Standing::Refused,
        (500, 3002, _) => Standing::Unknown,
        other => panic!("{service} answers {other:?}"),
    }
}

async fn introspect(replica: &Suite, token: &str) -> Standing {
    let request = as_service(IntrospectTokenRequest { token: token.to_owned() });
    match auth_internal(replica).introspect_token(request).await {
        Ok(answer) if answer.get_ref().active => Standing::Accepted,
        Ok(_) => Standing::Refused,
        Err(status) if status::reason(&status) == Some(ErrorReason::AccessUnknown) => Standing::Unknown,
        Err(status) => panic!("auth answers {status:?}"),
    }
}

/// What only services may ask of a replica's auth.
fn auth_internal(replica: &Suite) -> AuthInternalServiceClient<tonic::transport::Channel> {
    AuthInternalServiceClient::new(replica.role("auth").channel())
}

/// A request as a service of the suite makes it.
fn as_service<M>(message: M) -> Request<M> {
    ServiceIdentity::new(SECRET.as_bytes()).unwrap().sign(Request::new(message))
}

/// Waits until some services of a replica say something of a token.
async fn until(replica: &Suite, services: &[&str], token: &str, expected: Standing) {
    join_all(services.iter().map(async |service| {
        eventually("the services say what is expected", async || {
            (standing(replica, service, token).await == expected).then_some(())
        })
        .await;
    }))
    .await;
}
