//! GetVerifiedEmail.

use connectus_proto::auth::v1::{ChangeEmailRequest, GetVerifiedEmailRequest};
use connectus_testkit::{PASSWORD, Suite, invalid_field, people::user_registration};
use tonic::Status;

use crate::support::{account_id, register_and_read, verify_email};

const NEW: &str = "ann.lee@example.com";

async fn verified(suite: &Suite, account_id: &str) -> Result<Option<String>, Status> {
    let request = suite.as_service(GetVerifiedEmailRequest { account_id: account_id.to_owned() });
    Ok(suite.auth_internal().get_verified_email(request).await?.into_inner().email)
}

#[tokio::test]
async fn an_address_is_told_for_as_long_as_it_is_verified() {
    let suite = Suite::start().await;
    let token = register_and_read(&suite, user_registration("Ann")).await;
    let id = account_id(&suite, "ann@example.org").await;
    assert_eq!(verified(&suite, &id).await.unwrap(), None);
    verify_email(&suite, &token).await.unwrap();
    assert_eq!(verified(&suite, &id).await.unwrap().as_deref(), Some("ann@example.org"));
    let session = suite.login("ann@example.org", PASSWORD).await;
    let change = ChangeEmailRequest { password: PASSWORD.to_owned(), email: NEW.to_owned() };
    suite.auth().change_email(connectus_testkit::as_caller(&session, change)).await.unwrap();
    assert_eq!(verified(&suite, &id).await.unwrap(), None);
    let link = suite.mail.next_about(NEW, "Verify your new e-mail address").await;
    verify_email(&suite, link.token()).await.unwrap();
    assert_eq!(verified(&suite, &id).await.unwrap().as_deref(), Some(NEW));
}

#[tokio::test]
async fn nobody_has_no_address() {
    let suite = Suite::start().await;
    suite.user("Ann").await;
    assert_eq!(verified(&suite, "0197c1b0-0000-7000-8000-000000000000").await.unwrap(), None);
    for id in ["", "me", "ann@example.org"] {
        assert_eq!(invalid_field(verified(&suite, id).await), "account_id", "{id:?}");
    }
}
