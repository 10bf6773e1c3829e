//! What the tests of auth share.

use connectus_platform::status;
use connectus_proto::{
    account::v1::GetSettingsRequest,
    auth::v1::{
        IntrospectTokenRequest, IntrospectTokenResponse, ListSigningKeysRequest, LoginRequest, LoginResponse,
        RegisterRequest, RequestPasswordResetRequest, ResendVerificationRequest, ResetPasswordRequest, SigningKey,
        VerifyEmailRequest,
    },
    common::v1::ErrorReason,
};
use connectus_testkit::{Database, Suite, as_caller, eventually, refusal};
use jsonwebtoken::dangerous::insecure_decode;
use serde_json::Value;
use tonic::{Code, Status};

/// A password that is good, and nobody's at first.
pub(crate) const NEW_PASSWORD: &str = "staple battery horse";

/// Why a link that does not work is refused.
pub(crate) const LINK_INVALID: (Code, ErrorReason) = (Code::InvalidArgument, ErrorReason::LinkInvalid);

/// Why somebody who cannot show who they are is not let in.
pub(crate) const LOGIN_REFUSED: (Code, ErrorReason) = (Code::Unauthenticated, ErrorReason::LoginRefused);

pub(crate) async fn register(suite: &Suite, request: RegisterRequest) -> Result<(), Status> {
    suite.auth().register(request).await?;
    Ok(())
}

/// The id of the account that an address has.
pub(crate) async fn account_id(suite: &Suite, email: &str) -> String {
    suite.database.value(&format!("SELECT id::text FROM auth.accounts WHERE email_key = '{email}'")).await
}

/// Registers somebody, and returns the token of the link they are mailed.
pub(crate) async fn register_and_read(suite: &Suite, request: RegisterRequest) -> String {
    let email = request.email.clone();
    register(suite, request).await.unwrap();
    suite.mail.next(&email).await.token().to_owned()
}

pub(crate) async fn login(suite: &Suite, id: &str, password: &str) -> Result<LoginResponse, Status> {
    let request = LoginRequest { id: id.to_owned(), password: password.to_owned() };
    Ok(suite.auth().login(request).await?.into_inner())
}

pub(crate) async fn verify_email(suite: &Suite, token: &str) -> Result<(), Status> {
    suite.auth().verify_email(VerifyEmailRequest { token: token.to_owned() }).await?;
    Ok(())
}

pub(crate) async fn resend_verification(suite: &Suite, email: &str) -> Result<(), Status> {
    suite.auth().resend_verification(ResendVerificationRequest { email: email.to_owned() }).await?;
    Ok(())
}

pub(crate) async fn request_reset(suite: &Suite, email: &str) -> Result<(), Status> {
    suite.auth().request_password_reset(RequestPasswordResetRequest { email: email.to_owned() }).await?;
    Ok(())
}

/// Asks for a new password, and returns the token of the link that is mailed.
pub(crate) async fn reset_token(suite: &Suite, email: &str) -> String {
    request_reset(suite, email).await.unwrap();
    suite.mail.next_about(email, "Choose a new password").await.token().to_owned()
}

pub(crate) async fn reset_password(suite: &Suite, token: &str, password: &str) -> Result<(), Status> {
    let request = ResetPasswordRequest { token: token.to_owned(), password: password.to_owned() };
    suite.auth().reset_password(request).await?;
    Ok(())
}

/// What auth says of a token.
pub(crate) async fn introspect(suite: &Suite, token: &str) -> Result<IntrospectTokenResponse, Status> {
    let request = suite.as_service(IntrospectTokenRequest { token: token.to_owned() });
    Ok(suite.auth_internal().introspect_token(request).await?.into_inner())
}

/// Whether the account service lets somebody with a token in; it fails for any other reason than that the token is bad.
pub(crate) async fn is_accepted(suite: &Suite, token: &str) -> bool {
    match suite.account().get_settings(as_caller(token, GetSettingsRequest {})).await {
        Ok(_) => true,
        answer => {
            assert_eq!(refusal(answer), (Code::Unauthenticated, ErrorReason::TokenInvalid));
            false
        }
    }
}

/// Waits until a suite refuses a token.
pub(crate) async fn until_refused(suite: &Suite, token: &str) {
    eventually("the token is refused", async || (!is_accepted(suite, token).await).then_some(())).await;
}

/// Waits until whatever follows a commit is done.
pub(crate) async fn until_settled(suite: &Suite) {
    eventually("the outbox is empty", async || {
        (suite.database.value::<i64>("SELECT count(*) FROM auth.outbox").await == 0).then_some(())
    })
    .await;
}

/// Waits until a query answers yes.
pub(crate) async fn until(database: &Database, query: &str) {
    eventually(query, async || database.value::<bool>(query).await.then_some(())).await;
}

/// The keys that the suite publishes.
pub(crate) async fn signing_keys(suite: &Suite) -> Vec<SigningKey> {
    suite.auth().list_signing_keys(ListSigningKeysRequest {}).await.unwrap().into_inner().keys
}

/// What a token claims, whoever signed it.
pub(crate) fn claims(token: &str) -> Value {
    insecure_decode(token).unwrap().claims
}

/// The id of the key that a token says it is signed with.
pub(crate) fn key_id(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

/// The invalid fields that a call must be refused for.
pub(crate) fn invalid_fields<T: std::fmt::Debug>(answer: Result<T, Status>) -> Vec<String> {
    let status = answer.unwrap_err();
    let reason = (status.code(), status::reason(&status));
    assert_eq!(reason, (Code::InvalidArgument, Some(ErrorReason::InvalidField)), "{status:?}");
    status::field_errors(&status).into_iter().map(|error| error.field).collect()
}
