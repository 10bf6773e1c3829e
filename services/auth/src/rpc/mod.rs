//! The rpcs of auth, one file each.

mod admin;
mod change_email;
mod change_password;
mod delete_account;
mod end_session;
mod error;
mod export_data;
mod get_verified_email;
mod guard;
mod introspect_token;
mod issue;
mod list_sessions;
mod list_signing_keys;
mod login;
mod logout;
mod logout_everywhere;
mod poll_access;
mod register;
mod request_password_reset;
mod resend_verification;
mod reset_password;
mod rotate_signing_keys;
mod security_events;
mod time;
mod undo_email_change;
mod verify_email;

use chrono::TimeDelta;
use connectus_platform::{access::AccessFeed, outbox::Outbox, store::Pool};
use connectus_proto::auth::v1::{
    ChangeEmailRequest, ChangeEmailResponse, ChangePasswordRequest, ChangePasswordResponse, DeleteAccountRequest,
    DeleteAccountResponse, EndSessionRequest, EndSessionResponse, ExportDataRequest, GetVerifiedEmailRequest,
    GetVerifiedEmailResponse, IntrospectTokenRequest, IntrospectTokenResponse, ListSecurityEventsRequest,
    ListSecurityEventsResponse, ListSessionsRequest, ListSessionsResponse, ListSigningKeysRequest,
    ListSigningKeysResponse, LoginRequest, LoginResponse, LogoutEverywhereRequest, LogoutEverywhereResponse,
    LogoutRequest, LogoutResponse, PollAccessRequest, PollAccessResponse, RegisterRequest, RegisterResponse,
    RequestPasswordResetRequest, RequestPasswordResetResponse, ResendVerificationRequest, ResendVerificationResponse,
    ResetPasswordRequest, ResetPasswordResponse, RotateSigningKeysRequest, RotateSigningKeysResponse,
    UndoEmailChangeRequest, UndoEmailChangeResponse, VerifyEmailRequest, VerifyEmailResponse,
    auth_internal_service_server::AuthInternalService, auth_service_server::AuthService,
};
use tonic::{Request, Response, Status};

use crate::{delivery::Delivery, hashing::Hasher, keys::KeyRing};

/// What the rpcs work with.
#[derive(Clone)]
pub(crate) struct Auth {
    /// The database.
    pub(crate) pool: Pool,
    /// Which access tokens are good.
    pub(crate) access: AccessFeed,
    /// Hashes passwords.
    pub(crate) hasher: Hasher,
    /// Signs tokens.
    pub(crate) keys: KeyRing,
    /// What follows a commit.
    pub(crate) outbox: Outbox<Delivery>,
    /// How long an access token is good.
    pub(crate) token_ttl: TimeDelta,
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl AuthService for Auth {
    async fn register(&self, request: Request<RegisterRequest>) -> Answer<RegisterResponse> {
        register::register(self, request).await
    }

    async fn login(&self, request: Request<LoginRequest>) -> Answer<LoginResponse> {
        login::login(self, request).await
    }

    async fn verify_email(&self, request: Request<VerifyEmailRequest>) -> Answer<VerifyEmailResponse> {
        verify_email::verify_email(self, request).await
    }

    async fn resend_verification(
        &self,
        request: Request<ResendVerificationRequest>,
    ) -> Answer<ResendVerificationResponse> {
        resend_verification::resend_verification(self, request).await
    }

    async fn request_password_reset(
        &self,
        request: Request<RequestPasswordResetRequest>,
    ) -> Answer<RequestPasswordResetResponse> {
        request_password_reset::request_password_reset(self, request).await
    }

    async fn reset_password(&self, request: Request<ResetPasswordRequest>) -> Answer<ResetPasswordResponse> {
        reset_password::reset_password(self, request).await
    }

    async fn change_password(&self, request: Request<ChangePasswordRequest>) -> Answer<ChangePasswordResponse> {
        change_password::change_password(self, request).await
    }

    async fn change_email(&self, request: Request<ChangeEmailRequest>) -> Answer<ChangeEmailResponse> {
        change_email::change_email(self, request).await
    }

    async fn undo_email_change(&self, request: Request<UndoEmailChangeRequest>) -> Answer<UndoEmailChangeResponse> {
        undo_email_change::undo_email_change(self, request).await
    }

    async fn delete_account(&self, request: Request<DeleteAccountRequest>) -> Answer<DeleteAccountResponse> {
        delete_account::delete_account(self, request).await
    }

    async fn list_sessions(&self, request: Request<ListSessionsRequest>) -> Answer<ListSessionsResponse> {
        list_sessions::list_sessions(self, request).await
    }

    async fn end_session(&self, request: Request<EndSessionRequest>) -> Answer<EndSessionResponse> {
        end_session::end_session(self, request).await
    }

    async fn list_security_events(
        &self,
        request: Request<ListSecurityEventsRequest>,
    ) -> Answer<ListSecurityEventsResponse> {
        security_events::list(self, request).await
    }

    type ExportDataStream = export_data::Records;

    async fn export_data(&self, request: Request<ExportDataRequest>) -> Answer<Self::ExportDataStream> {
        export_data::export_data(self, request).await
    }

    async fn logout(&self, request: Request<LogoutRequest>) -> Answer<LogoutResponse> {
        logout::logout(self, request).await
    }

    async fn logout_everywhere(&self, request: Request<LogoutEverywhereRequest>) -> Answer<LogoutEverywhereResponse> {
        logout_everywhere::logout_everywhere(self, request).await
    }

    async fn list_signing_keys(&self, _: Request<ListSigningKeysRequest>) -> Answer<ListSigningKeysResponse> {
        list_signing_keys::list_signing_keys(self).await
    }
}

#[tonic::async_trait]
impl AuthInternalService for Auth {
    async fn introspect_token(&self, request: Request<IntrospectTokenRequest>) -> Answer<IntrospectTokenResponse> {
        introspect_token::introspect_token(self, request).await
    }

    async fn poll_access(&self, request: Request<PollAccessRequest>) -> Answer<PollAccessResponse> {
        poll_access::poll_access(self, request).await
    }

    async fn rotate_signing_keys(
        &self,
        request: Request<RotateSigningKeysRequest>,
    ) -> Answer<RotateSigningKeysResponse> {
        rotate_signing_keys::rotate_signing_keys(self, request).await
    }

    async fn get_verified_email(&self, request: Request<GetVerifiedEmailRequest>) -> Answer<GetVerifiedEmailResponse> {
        get_verified_email::get_verified_email(self, request).await
    }
}
