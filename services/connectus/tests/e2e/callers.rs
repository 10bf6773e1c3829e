//! Who may call what, of every rpc that the contracts have.

use connectus_platform::status;
use connectus_proto::common::v1::ErrorReason;
use connectus_testkit::{Suite, refusal};
use prost_reflect::MethodDescriptor;
use tonic::{Code, Request};

use crate::raw::{call, contracts, internal_rpcs, name, public_rpcs};

#[tokio::test]
async fn what_is_for_services_and_operators_is_for_nobody_else() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let rpcs = internal_rpcs();
    assert!(rpcs.len() > 20, "{}", rpcs.len());
    for rpc in rpcs.iter().map(name) {
        for request in [Request::new(Vec::new()), help.asks(Vec::new())] {
            let answer = call(&suite.channel(), &rpc, request).await;
            assert_eq!(refusal(answer), (Code::PermissionDenied, ErrorReason::ServiceIdentityRequired), "{rpc}");
        }
        let proven = call(&suite.gateway_channel(), &rpc, suite.as_service(Vec::new())).await;
        assert_eq!(proven.unwrap_err().code(), Code::Unimplemented, "{rpc} is not on the gateway");
    }
}

#[tokio::test]
async fn what_needs_a_caller_refuses_nobody_before_anything_else() {
    let suite = Suite::start().await;
    let (needing, others): (Vec<_>, Vec<_>) = public_rpcs().into_iter().partition(needs_caller);
    assert!(needing.len() > 20 && !others.is_empty());
    for rpc in needing.iter().map(name) {
        let answer = call(&suite.gateway_channel(), &rpc, Request::new(Vec::new())).await;
        assert_eq!(refusal(answer), (Code::Unauthenticated, ErrorReason::TokenMissing), "{rpc}");
    }
    for rpc in others.iter().map(name) {
        let answer = call(&suite.gateway_channel(), &rpc, Request::new(Vec::new())).await;
        let reason = answer.err().and_then(|status| status::reason(&status));
        assert_ne!(reason, Some(ErrorReason::TokenMissing), "{rpc} does not say that it needs a caller");
    }
}

#[tokio::test]
async fn what_needs_a_communitys_token_refuses_whoever_has_none() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let rpcs: Vec<_> = public_rpcs().into_iter().filter(|rpc| has(rpc, "community_token_required")).collect();
    assert!(rpcs.len() > 15, "{}", rpcs.len());
    for rpc in rpcs.iter().map(name) {
        for request in [Request::new(Vec::new()), help.asks(Vec::new()), suite.as_service(Vec::new())] {
            let answer = call(&suite.channel(), &rpc, request).await;
            assert_eq!(refusal(answer), (Code::Unauthenticated, ErrorReason::CommunityTokenInvalid), "{rpc}");
        }
    }
    let others = public_rpcs().into_iter().filter(|rpc| name(rpc).contains("CommunityService/"));
    assert_eq!(others.count(), rpcs.len(), "each says that it needs one");
}

fn needs_caller(rpc: &MethodDescriptor) -> bool {
    has(rpc, "caller_required")
}

/// Whether an rpc has an option.
fn has(rpc: &MethodDescriptor, option: &str) -> bool {
    let option = contracts().get_extension_by_name(&format!("connectus.common.v1.{option}")).expect("the option");
    rpc.options().get_extension(&option).as_bool() == Some(true)
}
