//! The least that a call of tonic costs: gRPC health, answered from memory.

use tokio::net::TcpListener;
use tonic::{service::Routes, transport::server::TcpIncoming};

use super::Rival;
use crate::{Outcome, database::Database};

pub(crate) const PATH: &str = "/grpc.health.v1.Health/Check";

/// Starts it.
pub(crate) async fn start(database: &Database) -> Outcome<Rival> {
    Rival::of_this("tonic, hello world", "hello", database).await
}

/// Is it.
pub(crate) async fn run(address: &str) -> Outcome<()> {
    let (_, service) = tonic_health::server::health_reporter();
    let incoming = TcpIncoming::from(TcpListener::bind(address).await?).with_nodelay(Some(true));
    Ok(tonic::transport::Server::builder().add_routes(Routes::new(service)).serve_with_incoming(incoming).await?)
}
