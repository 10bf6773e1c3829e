//! Ids of the former system, wherever an id is.

use connectus_proto::account::v1::{
    AddNoteRequest, ImportAccountRequest, ListNotesRequest, OrganizationProfile, SetEmailRequest,
    VerifyOrganizationRequest,
};
use connectus_testkit::Suite;

use crate::support::{
    account, accounts, admin, block, erase, former_organization, former_user, import, organization_of,
    organization_profile, profile, update_organization, user_settings,
};

/// Takes over an account. Answers its former id and its id.
async fn taken_over(suite: &Suite, request: ImportAccountRequest) -> (String, String) {
    let former = request.account.as_ref().unwrap().id.clone();
    import(suite, request).await.unwrap();
    let id = account(suite, None, &former).await.unwrap().id;
    assert_ne!(id, former);
    (former, id)
}

#[tokio::test]
async fn whoever_is_asked_for_by_a_former_id_is_found() {
    let suite = Suite::start().await;
    let (zoe, id) = taken_over(&suite, former_user("Zoë")).await;
    for former in [&*zoe, &zoe.to_uppercase()] {
        assert_eq!(account(&suite, None, former).await.unwrap().id, id);
        profile(&suite, None, former).await.unwrap();
        let found = accounts(&suite, None, &[former, &id]).await.unwrap();
        assert_eq!(found.iter().map(|account| &*account.id).collect::<Vec<_>>(), [&*id]);
    }
}

#[tokio::test]
async fn who_is_named_by_a_former_id_is_blocked_or_belonged_with() {
    let suite = Suite::start().await;
    let (ann, care) = (suite.user("Ann").await, suite.organization("Care").await);
    let (zoe, zoe_id) = taken_over(&suite, former_user("Zoë")).await;
    let (help, help_id) = taken_over(&suite, former_organization("Help")).await;
    block(&suite, &ann, &[&zoe]).await.unwrap();
    assert_eq!(user_settings(&suite, &ann).await.blocked_account_ids, [zoe_id]);
    let new = OrganizationProfile { affiliated_organization_ids: vec![help], ..OrganizationProfile::default() };
    update_organization(&suite, &care, new, &["affiliated_organization_ids"]).await.unwrap();
    assert_eq!(organization_profile(&suite, &care.id).await.affiliated_organization_ids, [help_id]);
}

#[tokio::test]
async fn services_and_operators_may_name_them_too() {
    let suite = Suite::start().await;
    let (help, id) = taken_over(&suite, former_organization("Help")).await;
    let (account_id, operator) = (help.clone(), "Olga".to_owned());
    let verify = VerifyOrganizationRequest { account_id, is_verified: true, operator: operator.clone() };
    admin(&suite).verify_organization(suite.as_service(verify)).await.unwrap();
    let note = AddNoteRequest { account_id: help.clone(), text: "Called.".to_owned(), operator };
    admin(&suite).add_note(suite.as_service(note)).await.unwrap();
    let notes = ListNotesRequest { account_id: help.clone(), ..ListNotesRequest::default() };
    assert_eq!(admin(&suite).list_notes(suite.as_service(notes)).await.unwrap().into_inner().notes.len(), 2);
    let email = SetEmailRequest { account_id: help.clone(), email: "new@example.org".to_owned(), version: 1 };
    suite.account_internal().set_email(suite.as_service(email)).await.unwrap();
    let seen = account(&suite, None, &id).await.unwrap();
    assert_eq!((&*seen.email, organization_of(&seen).is_verified), ("new@example.org", true));
    erase(&suite, &help).await.unwrap();
    account(&suite, None, &id).await.unwrap_err();
}
