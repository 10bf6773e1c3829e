//! What operators do: the rpcs of `AuthAdminService`, which leave the work to the stores.

use chrono::{DateTime, Utc};
use connectus_platform::{
    fields::{self, FieldError},
    outbox::dead,
    page::Page,
    token::TokenAccountType,
};
use connectus_proto::{
    auth::v1::{
        FindAccountRequest, FindAccountResponse, ImportCredentialsRequest, ImportCredentialsResponse,
        ListDeadMessagesRequest, ListDeadMessagesResponse, LockAccountRequest, LockAccountResponse,
        RequeueDeadMessagesRequest, RequeueDeadMessagesResponse, SearchSecurityEventsRequest,
        SearchSecurityEventsResponse, UnlockAccountRequest, UnlockAccountResponse,
        auth_admin_service_server::AuthAdminService,
    },
    common::v1::AccountType,
};
use tonic::Request;
use uuid::Uuid;

use super::{Answer, Auth, security_events};
use crate::{
    domain::{
        Error,
        account::{Account, LoginId},
        password,
    },
    store,
};

#[tonic::async_trait]
impl AuthAdminService for Auth {
    async fn lock_account(&self, request: Request<LockAccountRequest>) -> Answer<LockAccountResponse> {
        let LockAccountRequest { account_id, operator, reason } = request.into_inner();
        let (id, operator, reason) = act(&account_id, &operator, &reason)?;
        store::locks::lock(&self.pool, id, &operator, &reason).await?;
        Ok(LockAccountResponse {}.into())
    }

    async fn unlock_account(&self, request: Request<UnlockAccountRequest>) -> Answer<UnlockAccountResponse> {
        let UnlockAccountRequest { account_id, operator, reason } = request.into_inner();
        let (id, operator, reason) = act(&account_id, &operator, &reason)?;
        store::locks::unlock(&self.pool, id, &operator, &reason).await?;
        Ok(UnlockAccountResponse {}.into())
    }

    async fn find_account(&self, request: Request<FindAccountRequest>) -> Answer<FindAccountResponse> {
        let id = LoginId::new(&request.get_ref().id);
        let account = store::accounts::find(&self.pool, &id).await?.ok_or(Error::AccountNotFound)?;
        let account_type = match account.account_type {
            TokenAccountType::User => AccountType::User,
            TokenAccountType::Organization => AccountType::Organization,
        };
        Ok(FindAccountResponse { account_id: account.id.to_string(), account_type: account_type.into() }.into())
    }

    async fn search_security_events(
        &self,
        request: Request<SearchSecurityEventsRequest>,
    ) -> Answer<SearchSecurityEventsResponse> {
        security_events::search(self, request).await
    }

    async fn list_dead_messages(&self, request: Request<ListDeadMessagesRequest>) -> Answer<ListDeadMessagesResponse> {
        let ListDeadMessagesRequest { page_size, page_token } = request.into_inner();
        let (messages, next_page_token) = dead::list(&self.pool, Page::new(page_size, &page_token)?).await?;
        Ok(ListDeadMessagesResponse { messages, next_page_token }.into())
    }

    async fn requeue_dead_messages(
        &self,
        request: Request<RequeueDeadMessagesRequest>,
    ) -> Answer<RequeueDeadMessagesResponse> {
        let ids = dead::ids(&request.get_ref().message_ids)?;
        let requeued = dead::requeue(&self.pool, &ids).await?;
        if requeued == 0 && !ids.is_empty() {
            return Err(Error::MessageNotFound.into());
        }
        self.outbox.wake();
        Ok(RequeueDeadMessagesResponse { requeued_count: i64::try_from(requeued).unwrap_or(i64::MAX) }.into())
    }

    async fn import_credentials(
        &self,
        request: Request<ImportCredentialsRequest>,
    ) -> Answer<ImportCredentialsResponse> {
        let request = request.into_inner();
        let operator = operator(&request.operator)?;
        let (account, created_at) = imported(&request)?;
        let existed = if request.validate_only {
            store::import::check(&self.pool, &account).await?
        } else {
            store::import::import(&self.pool, &account, created_at, &operator).await?
        };
        Ok(ImportCredentialsResponse { existed }.into())
    }
}

/// Who does something to whom, and why.
fn act(account_id: &str, by: &str, reason: &str) -> Result<(Uuid, String, String), FieldError> {
    Ok((fields::id("account_id", account_id)?, operator(by)?, fields::text("reason", reason, 0..=500)?))
}

/// The name of an operator.
fn operator(name: &str) -> Result<String, FieldError> {
    fields::text("operator", name, 1..=100)
}

/// The account of the former system, checked.
fn imported(request: &ImportCredentialsRequest) -> Result<(Account, DateTime<Utc>), FieldError> {
    let account_type = match request.account_type() {
        AccountType::User => TokenAccountType::User,
        AccountType::Organization => TokenAccountType::Organization,
        AccountType::Unspecified => return Err(FieldError::new("account_type", "is required")),
    };
    let created_at = request.create_time.and_then(|time| DateTime::from_timestamp(time.seconds, 0));
    let created_at = created_at.ok_or_else(|| FieldError::new("create_time", "is not a time"))?;
    let account = Account {
        id: fields::id("account_id", &request.account_id)?,
        email: fields::email("email", &request.email)?,
        password_hash: password::former_hash("password_hash", &request.password_hash)?,
        account_type,
        email_verified_at: request.email_verified.then_some(created_at),
        session_generation: 0,
        locked_at: None,
    };
    Ok((account, created_at))
}
