//! VerifyOrganization.

use connectus_proto::{
    account::v1::{ListNotesRequest, VerifyOrganizationRequest},
    common::v1::ErrorReason,
};
use connectus_testkit::{Suite, invalid_field, refusal};
use tonic::{Code, Status};

use crate::support::{account, admin, organization_of, stored, unknown_id};

async fn verify(suite: &Suite, id: &str, is_verified: bool, operator: &str) -> Result<(), Status> {
    let (account_id, operator) = (id.to_owned(), operator.to_owned());
    let request = VerifyOrganizationRequest { account_id, is_verified, operator };
    admin(suite).verify_organization(suite.as_service(request)).await.map(drop)
}

#[tokio::test]
async fn everybody_sees_whether_an_organization_is_verified_and_a_note_says_by_whom() {
    let suite = Suite::start().await;
    let (help, care) = (suite.organization("Help").await, suite.organization("Care").await);
    for (is_verified, operator) in [(true, "Olga"), (false, "Otto"), (true, "Ole")] {
        verify(&suite, &help.id, is_verified, operator).await.unwrap();
        let seen = account(&suite, None, &help.id).await.unwrap();
        assert_eq!(organization_of(&seen).is_verified, is_verified);
    }
    let request = ListNotesRequest { account_id: help.id.clone(), ..ListNotesRequest::default() };
    let notes = admin(&suite).list_notes(suite.as_service(request)).await.unwrap().into_inner().notes;
    let notes: Vec<_> = notes.iter().map(|note| (&*note.operator, &*note.text)).collect();
    let (yes, no) = ("Verified who the organization is.", "No longer vouches for who the organization is.");
    assert_eq!(notes, [("Ole", yes), ("Otto", no), ("Olga", yes)]);
    assert!(!organization_of(&account(&suite, None, &care.id).await.unwrap()).is_verified);
}

#[tokio::test]
async fn only_organizations_are_verified() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let before = stored(&suite).await;
    for id in [&ann.id, &unknown_id()] {
        let answer = verify(&suite, id, true, "Olga").await;
        assert_eq!(refusal(answer), (Code::NotFound, ErrorReason::OrganizationNotFound));
    }
    for id in ["", "me", "x"] {
        assert_eq!(invalid_field(verify(&suite, id, true, "Olga").await), "account_id", "{id:?}");
    }
    assert_eq!(stored(&suite).await, before);
}

#[tokio::test]
async fn an_operator_has_a_name_of_up_to_a_hundred_characters() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    for operator in ["ß".to_owned(), "ß".repeat(100)] {
        verify(&suite, &help.id, true, &operator).await.unwrap();
    }
    let before = stored(&suite).await;
    for operator in [String::new(), " ".to_owned(), "ß".repeat(101), "a\0b".to_owned()] {
        assert_eq!(invalid_field(verify(&suite, &help.id, false, &operator).await), "operator", "{operator:?}");
    }
    assert_eq!(stored(&suite).await, before);
}

#[tokio::test]
async fn without_its_note_nothing_is_verified() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    suite.database.execute("ALTER TABLE account.notes RENAME TO gone").await;
    let answer = verify(&suite, &help.id, true, "Olga").await;
    assert_eq!(refusal(answer), (Code::Internal, ErrorReason::Internal));
    assert!(!organization_of(&account(&suite, None, &help.id).await.unwrap()).is_verified);
}
