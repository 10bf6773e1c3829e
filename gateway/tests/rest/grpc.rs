//! gRPC on the gateway's port, and what of it is not for outside.

use connectus_platform::{identity::SERVICE_IDENTITY_HEADER, status};
use connectus_proto::{
    account::v1::{
        CreateAccountRequest, GetAccountRequest, GetSettingsRequest, UpdateProfileRequest,
        account_internal_service_client::AccountInternalServiceClient, account_service_client::AccountServiceClient,
    },
    auth::v1::{
        PollAccessRequest, RegisterRequest, RotateSigningKeysRequest,
        auth_internal_service_client::AuthInternalServiceClient, auth_service_client::AuthServiceClient,
    },
    common::v1::ErrorReason,
    experience::v1::{ListExperiencesRequest, experience_service_client::ExperienceServiceClient},
};
use connectus_testkit::{Options, Suite};
use reqwest::{Client, Version};
use tonic::Code;

use crate::support::raw;

#[tokio::test]
async fn every_public_service_answers_native_grpc() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let channel = suite.gateway_channel();
    let me = ann.asks(GetAccountRequest { account_id: "me".to_owned() });
    let account = AccountServiceClient::new(channel.clone()).get_account(me).await.unwrap().into_inner();
    assert_eq!(account.account.unwrap().email, ann.email);
    let list = ListExperiencesRequest { user_id: ann.id.clone(), ..ListExperiencesRequest::default() };
    let list = ExperienceServiceClient::new(channel.clone()).list_experiences(list).await.unwrap().into_inner();
    assert_eq!(list.experiences, []);
    let status = AuthServiceClient::new(channel).register(RegisterRequest::default()).await.unwrap_err();
    assert_eq!(status::reason(&status), Some(ErrorReason::AccountTypeInvalid));
}

#[tokio::test]
async fn errors_keep_their_details_and_the_rpcs_own_names() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let mut account = AccountServiceClient::new(suite.gateway_channel());
    let status = account.update_profile(ann.asks(UpdateProfileRequest::default())).await.unwrap_err();
    assert_eq!((status.code(), status::reason(&status)), (Code::InvalidArgument, Some(ErrorReason::InvalidField)));
    assert_eq!(status::field_errors(&status)[0].field, "profile");
    let status = account.get_settings(GetSettingsRequest {}).await.unwrap_err();
    assert_eq!((status.code(), status::reason(&status)), (Code::Unauthenticated, Some(ErrorReason::TokenMissing)));
    assert!(status.metadata().contains_key("x-request-id"));
}

#[tokio::test]
async fn a_browser_gets_the_trailers_of_what_is_kept_for_repeats_too() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for _ in 0..2 {
        let request = suite.api.request(reqwest::Method::POST, "/connectus.account.v1.AccountService/GetSettings");
        let request = request.header("content-type", "application/grpc-web+proto");
        let request = request.header("idempotency-key", "key").bearer_auth(&ann.token).body(vec![0; 5]);
        let answer = request.send().await.unwrap().bytes().await.unwrap();
        let length = u32::from_be_bytes(answer[1..5].try_into().unwrap()) as usize;
        let trailers = String::from_utf8_lossy(&answer[5 + length..]);
        assert!(trailers.contains("grpc-status:0"), "{answer:?}");
    }
}

#[tokio::test]
async fn a_call_with_a_token_of_the_rest_api_is_not_made_with_it() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let mut request = tonic::Request::new(GetSettingsRequest {});
    request.metadata_mut().insert("x-access-token", ann.token.parse().unwrap());
    let status = AccountServiceClient::new(suite.gateway_channel()).get_settings(request).await.unwrap_err();
    assert_eq!(status::reason(&status), Some(ErrorReason::TokenMissing));
}

#[tokio::test]
async fn internal_services_are_not_to_be_reached_even_with_the_suites_own_identity() {
    let suite = Suite::start().await;
    // The same calls are answered where only the suite itself can make them.
    suite.auth_internal().poll_access(suite.as_service(PollAccessRequest::default())).await.unwrap();
    let mut auth = AuthInternalServiceClient::new(suite.gateway_channel());
    let mut account = AccountInternalServiceClient::new(suite.gateway_channel());
    let poll = auth.poll_access(suite.as_service(PollAccessRequest::default())).await.unwrap_err();
    let rotate = auth.rotate_signing_keys(suite.as_service(RotateSigningKeysRequest::default())).await.unwrap_err();
    let create = account.create_account(suite.as_service(CreateAccountRequest::default())).await.unwrap_err();
    for status in [poll, rotate, create] {
        assert_eq!((status.code(), status.message()), (Code::Unimplemented, "there is no such rpc"));
    }
}

/// Calls a path with the suite's own identity in native gRPC, and returns `grpc-status`.
async fn native_status(suite: &Suite, path: &str, identity: &str) -> Option<String> {
    let client = Client::builder().http2_prior_knowledge().build().unwrap();
    let request = client.post(format!("{}{path}", suite.api.url())).header("content-type", "application/grpc");
    let request = request.header(SERVICE_IDENTITY_HEADER, identity).header("te", "trailers").body(vec![0; 5]);
    let response = request.send().await.unwrap();
    assert_eq!(response.version(), Version::HTTP_2);
    response.headers().get("grpc-status").map(|status| status.to_str().unwrap().to_owned())
}

fn identity(suite: &Suite) -> String {
    let request = suite.as_service(());
    request.metadata().get(SERVICE_IDENTITY_HEADER).unwrap().to_str().unwrap().to_owned()
}

#[tokio::test]
async fn unknown_services_health_and_reflection_are_not_exposed() {
    let suite = Suite::start().await;
    let identity = identity(&suite);
    for path in [
        "/connectus.auth.v1.AuthInternalService/PollAccess",
        "/connectus.account.v1.AccountInternalService/CreateAccount",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        "/grpc.health.v1.Health/Check",
        "/connectus.auth.v1.AuthService",
        "/connectus.auth.v1.AuthService/",
        "/connectus.auth.v1.AuthService/Nothing",
        "/connectus.auth.v1.AuthService/Login/more",
        "/connectus.auth.v2.AuthService/Login",
        "/healthz",
        "/",
    ] {
        assert_eq!(native_status(&suite, path, &identity).await.as_deref(), Some("12"), "{path}");
    }
}

/// Paths that a careless router could take for the internal service's.
const ODD_PATHS: [&str; 9] = [
    "/connectus.auth.v1.AuthInternalService/PollAccess",
    "//connectus.auth.v1.AuthInternalService/PollAccess",
    "/./connectus.auth.v1.AuthInternalService/PollAccess",
    "/connectus.auth.v1.AuthService/../connectus.auth.v1.AuthInternalService/PollAccess",
    "/connectus.auth.v1.AuthService/%2e%2e%2fconnectus.auth.v1.AuthInternalService%2fPollAccess",
    "/connectus.auth.v1.AuthInternalService%2FPollAccess",
    "/connectus.auth.v1.AuthService%2f..%2fconnectus.auth.v1.AuthInternalService/PollAccess",
    "/%63onnectus.auth.v1.AuthInternalService/PollAccess",
    "http://x/connectus.auth.v1.AuthInternalService/PollAccess",
];

#[tokio::test]
async fn no_odd_path_leads_to_an_internal_service() {
    let suite = Suite::start().await;
    let identity = identity(&suite);
    for path in ODD_PATHS {
        for content_type in
            ["application/grpc-web+proto", "application/grpc-web-text", "application/grpc", "application/json"]
        {
            let head = format!(
                "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {content_type}\r\n\
                 {SERVICE_IDENTITY_HEADER}: {identity}\r\n{SERVICE_IDENTITY_HEADER}: {identity}\r\nContent-Length: 5\r\n\r\n"
            );
            let answer = raw(&suite, &[head.as_bytes(), &[0; 5]].concat()).await;
            let is_refused = answer.contains("grpc-status: 12\r\n") || answer.starts_with("HTTP/1.1 4");
            assert!(is_refused, "{path} as {content_type}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_deadline_that_the_client_sets_is_kept() {
    let suite = Suite::with(Options { gateway: vec!["--request-timeout=5"], ..Options::default() }).await;
    let ann = suite.user("Ann").await;
    let locker = suite.database.connect().await;
    locker.batch_execute("BEGIN; LOCK TABLE account.accounts IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let mut request = tonic::Request::new(GetAccountRequest { account_id: ann.id });
    request.set_timeout(std::time::Duration::from_millis(200));
    let began = std::time::Instant::now();
    let status = AccountServiceClient::new(suite.gateway_channel()).get_account(request).await.unwrap_err();
    // The client may give up by itself a moment before it is told.
    assert!(matches!(status.code(), Code::DeadlineExceeded | Code::Cancelled), "{status:?}");
    assert!(began.elapsed().as_secs() < 3);
}
