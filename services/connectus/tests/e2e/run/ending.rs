//! How a process that is told to end takes its leave.

use connectus_testkit::{Api, eventually};
use nix::sys::signal::Signal;
use tonic::transport::Endpoint;
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};

use super::{Alone, command, ended, folder};
use crate::{
    process::{free_address, run, signal},
    topology::until_ready,
};

#[tokio::test]
async fn a_process_says_that_it_will_end_and_goes_on_for_as_long_as_it_is_told_to() {
    let (folder, gateway, grpc) = (folder(), free_address(), free_address());
    let mut patient = command(folder.path(), gateway, grpc);
    let process = run(patient.env("CONNECTUS_DRAIN_WAIT", "300"));
    let mut suite = Alone { process, api: Api::new(format!("http://{gateway}")), grpc };
    until_ready(&suite.api).await;
    let health = async || {
        let channel = Endpoint::from_shared(format!("http://{grpc}")).unwrap().connect_lazy();
        let request = HealthCheckRequest { service: "connectus.auth.v1.AuthService".to_owned() };
        HealthClient::new(channel).check(request).await.unwrap().into_inner().status()
    };
    assert_eq!(health().await, ServingStatus::Serving);
    signal(&suite.process, Signal::SIGTERM);
    for path in ["/healthz", "/readyz"] {
        eventually("it is not ready", async || (suite.api.get(path, None).await.status == 503).then_some(())).await;
    }
    eventually("it does not serve", async || (health().await == ServingStatus::NotServing).then_some(())).await;
    assert_eq!(suite.api.get("/v1/accounts/nobody", None).await.status, 404, "it still takes calls");
    // Who says it twice means at once.
    signal(&suite.process, Signal::SIGTERM);
    assert_eq!(ended(&mut suite.process).await.code(), Some(0));
}
