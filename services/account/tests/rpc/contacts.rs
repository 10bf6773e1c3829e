//! GetContact and DisableEmailNotifications: what mails to an account's owner take.

use connectus_proto::{
    account::v1::{DisableEmailNotificationsRequest, GetContactRequest, GetContactResponse, UserSettings, settings},
    common::v1::ErrorReason,
};
use connectus_testkit::{Suite, invalid_field, refusal};
use tonic::{Code, Status};

use crate::support::{unknown_id, update_settings, user_settings};

async fn contact(suite: &Suite, id: &str) -> Result<GetContactResponse, Status> {
    let request = suite.as_service(GetContactRequest { account_id: id.to_owned() });
    Ok(suite.account_internal().get_contact(request).await?.into_inner())
}

async fn disable(suite: &Suite, id: &str) -> Result<(), Status> {
    let request = suite.as_service(DisableEmailNotificationsRequest { account_id: id.to_owned() });
    suite.account_internal().disable_email_notifications(request).await.map(drop)
}

#[tokio::test]
async fn a_contact_is_what_the_account_says_of_itself() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help Now").await);
    let of_ann = GetContactResponse { name: "Ann".to_owned(), email_notifications: false };
    assert_eq!(contact(&suite, &ann.id).await.unwrap(), of_ann);
    let of_help = GetContactResponse { name: "Help Now".to_owned(), email_notifications: true };
    assert_eq!(contact(&suite, &help.id).await.unwrap(), of_help);
}

#[tokio::test]
async fn mails_end_until_they_are_wanted_again() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let wanted = settings::Owner::User(UserSettings { email_notifications: true, ..UserSettings::default() });
    for _ in 0..2 {
        update_settings(&suite, &ann, wanted.clone(), &["email_notifications"]).await.unwrap();
        assert!(contact(&suite, &ann.id).await.unwrap().email_notifications);
        for _ in 0..2 {
            disable(&suite, &ann.id).await.unwrap();
            assert!(!contact(&suite, &ann.id).await.unwrap().email_notifications);
            assert!(!user_settings(&suite, &ann).await.email_notifications);
        }
    }
    assert!(user_settings(&suite, &ann).await.is_full_name_visible, "other settings stay");
}

#[tokio::test]
async fn nobody_has_no_contact() {
    let suite = Suite::start().await;
    let nobody = unknown_id();
    let expected = (Code::NotFound, ErrorReason::AccountNotFound);
    assert_eq!(refusal(contact(&suite, &nobody).await), expected);
    assert_eq!(refusal(disable(&suite, &nobody).await), expected);
    for id in ["", "me", "x"] {
        assert_eq!(invalid_field(contact(&suite, id).await), "account_id", "{id:?}");
        assert_eq!(invalid_field(disable(&suite, id).await), "account_id", "{id:?}");
    }
}
