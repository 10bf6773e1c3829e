//! People and organizations who use a suite.

use connectus_proto::{
    account::v1::GetAccountRequest,
    auth::v1::{
        LoginRequest, LoginResponse, OrganizationRegistration, RegisterRequest, UserRegistration, VerifyEmailRequest,
        register_request::Owner,
    },
    common::v1::Date,
};
use tonic::Request;

use crate::{Suite, eventually};

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

/// Somebody who is registered, verified and logged in.
#[derive(Clone, Debug)]
pub struct Person {
    /// The account's id.
    pub id: String,
    /// The address, `<name>@example.org`.
    pub email: String,
    /// An access token.
    pub token: String,
}

impl Person {
    /// A request that they make.
    pub fn asks<M>(&self, message: M) -> Request<M> {
        as_caller(&self.token, message)
    }
}

/// A request with an access token.
pub fn as_caller<M>(token: &str, message: M) -> Request<M> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

/// A request of who can wait for what is new: a replica may answer it.
pub fn patient<M>(mut request: Request<M>) -> Request<M> {
    request.metadata_mut().insert("cache-control", "max-stale=60".parse().unwrap());
    request
}

/// The registration of a person of that first name.
pub fn user_registration(name: &str) -> RegisterRequest {
    let birthday = Some(Date { year: 1990, month: 4, day: 30 });
    let owner = Owner::User(UserRegistration { first_name: name.to_owned(), birthday });
    RegisterRequest { email: address(name), password: PASSWORD.to_owned(), owner: Some(owner) }
}

/// The registration of an organization of that name.
pub fn organization_registration(name: &str) -> RegisterRequest {
    let owner = Owner::Organization(OrganizationRegistration { preferred_name: name.to_owned(), is_nonprofit: true });
    RegisterRequest { email: address(name), password: PASSWORD.to_owned(), owner: Some(owner) }
}

fn address(name: &str) -> String {
    format!("{}@example.org", name.to_lowercase().replace(' ', "."))
}

impl Suite {
    /// Somebody with that first name, which nobody else in the suite has.
    pub async fn user(&self, name: &str) -> Person {
        self.settle(user_registration(name)).await
    }

    /// An organization with that name, which no other in the suite has.
    pub async fn organization(&self, name: &str) -> Person {
        self.settle(organization_registration(name)).await
    }

    /// Logs somebody in again.
    pub async fn login(&self, email: &str, password: &str) -> String {
        let request = LoginRequest { id: email.to_owned(), password: password.to_owned() };
        self.auth().login(request).await.unwrap().into_inner().access_token
    }

    async fn settle(&self, registration: RegisterRequest) -> Person {
        let email = registration.email.clone();
        self.auth().register(registration).await.unwrap();
        let token = self.mail.next(&email).await.token().to_owned();
        self.auth().verify_email(VerifyEmailRequest { token }).await.unwrap();
        let login = LoginRequest { id: email.clone(), password: PASSWORD.to_owned() };
        let LoginResponse { access_token: token, account_id: id, .. } =
            self.auth().login(login).await.unwrap().into_inner();
        eventually("the account is there", async || {
            self.account().get_account(GetAccountRequest { account_id: id.clone() }).await.ok()
        })
        .await;
        Person { id, email, token }
    }
}
