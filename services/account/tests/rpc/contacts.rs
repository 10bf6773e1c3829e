//! GetContact, HasConnectionRequest, DisableEmailNotifications and GetSharedIdentity: what the suite asks of accounts.

use connectus_proto::{
    account::v1::{
        DisableEmailNotificationsRequest, GetContactRequest, GetContactResponse, GetSharedIdentityRequest,
        GetSharedIdentityResponse, HasConnectionRequestRequest, UserSettings, settings,
    },
    common::v1::ErrorReason,
};
use connectus_testkit::{Suite, invalid_field, refusal};
use tonic::{Code, Status};

use crate::{
    network::{accept, block_one, decline, remove, request},
    support::{unknown_id, update_settings, user_settings},
};

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

async fn is_waiting(suite: &Suite, from: &str, to: &str) -> Result<bool, Status> {
    let request = HasConnectionRequestRequest { account_id: to.to_owned(), from_account_id: from.to_owned() };
    let answer = suite.account_internal().has_connection_request(suite.as_service(request)).await?;
    Ok(answer.into_inner().is_waiting)
}

#[tokio::test]
async fn a_request_waits_until_it_is_answered_or_taken_back() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let waits = async || {
        (is_waiting(&suite, &ann.id, &ben.id).await.unwrap(), is_waiting(&suite, &ben.id, &ann.id).await.unwrap())
    };
    assert_eq!(waits().await, (false, false));
    for answer in ["decline", "remove", "accept"] {
        request(&suite, &ann, &ben.id, "Hello").await.unwrap();
        assert_eq!(waits().await, (true, false), "{answer}");
        match answer {
            "decline" => decline(&suite, &ben, &ann.id).await.unwrap(),
            "remove" => remove(&suite, &ann, &ben.id).await.unwrap(),
            _ => accept(&suite, &ben, &ann.id).await.unwrap(),
        }
        assert_eq!(waits().await, (false, false), "{answer}");
    }
    assert_eq!(invalid_field(is_waiting(&suite, &ann.id, "x").await), "account_id");
    assert_eq!(invalid_field(is_waiting(&suite, "", &ann.id).await), "from_account_id");
}

/// What a person shares with an organization.
async fn shared(suite: &Suite, id: &str, organization: &str) -> Result<GetSharedIdentityResponse, Status> {
    let (account_id, organization_id) = (id.to_owned(), organization.to_owned());
    let request = suite.as_service(GetSharedIdentityRequest { account_id, organization_id });
    Ok(suite.account_internal().get_shared_identity(request).await?.into_inner())
}

#[tokio::test]
async fn a_person_shares_a_name_unless_they_say_no() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let named = GetSharedIdentityResponse { is_shared: true, full_name: "Ann".to_owned() };
    let nothing = GetSharedIdentityResponse::default();
    assert_eq!(shared(&suite, &ann.id, &help.id).await.unwrap(), named);
    for (share_with_communities, expected) in [(false, &nothing), (true, &named)] {
        let new = settings::Owner::User(UserSettings { share_with_communities, ..UserSettings::default() });
        update_settings(&suite, &ann, new, &["share_with_communities"]).await.unwrap();
        assert_eq!(shared(&suite, &ann.id, &help.id).await.unwrap(), *expected);
    }
    block_one(&suite, &ann, &help.id).await.unwrap();
    assert_eq!(shared(&suite, &ann.id, &help.id).await.unwrap(), nothing);
    for other in [&help.id, &unknown_id()] {
        assert_eq!(shared(&suite, other, &help.id).await.unwrap(), nothing, "nobody, or no person");
    }
    assert_eq!(invalid_field(shared(&suite, "x", &help.id).await), "account_id");
    assert_eq!(invalid_field(shared(&suite, &ann.id, "x").await), "organization_id");
}
