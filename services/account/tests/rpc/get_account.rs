//! GetAccount.

use connectus_proto::{
    account::v1::{Gender, Organization, User, account::Owner},
    common::v1::{Date, ErrorReason},
};
use connectus_testkit::{Suite, refusal};
use tonic::Code;

use crate::support::{account, profile, unknown_id};

#[tokio::test]
async fn a_new_account_is_as_it_was_registered() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let seen = account(&suite, Some(&ann), &ann.id).await.unwrap();
    let registered_at: i64 =
        suite.database.value("SELECT floor(extract(epoch FROM created_at))::bigint FROM auth.accounts").await;
    assert_eq!((&seen.id, &seen.email), (&ann.id, &ann.email));
    assert_eq!((seen.avatar_url.as_str(), seen.header_url.as_str()), ("", ""));
    assert_eq!(seen.create_time.unwrap().seconds, registered_at);
    assert_eq!((seen.posts_count, seen.liked_count, seen.shared_count), (0, 0, 0));
    let birthday = Some(Date { year: 1990, month: 4, day: 30 });
    let user = User { first_name: "Ann".to_owned(), birthday, ..User::default() };
    assert_eq!(seen.owner, Some(Owner::User(user)));
}

#[tokio::test]
async fn a_new_organization_is_not_verified() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let seen = account(&suite, None, &help.id).await.unwrap();
    let organization =
        Organization { preferred_name: "Help".to_owned(), is_verified: false, opportunity_ids: Vec::new() };
    assert_eq!(seen.owner, Some(Owner::Organization(organization)));
}

#[tokio::test]
async fn me_is_the_caller() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    for person in [&ann, &help] {
        let (me, own) = (account(&suite, Some(person), "me").await, account(&suite, Some(person), &person.id).await);
        let me = me.unwrap();
        assert_eq!((&me.id, &me.email), (&person.id, &person.email));
        assert_eq!(me, own.unwrap());
    }
}

#[tokio::test]
async fn everything_that_is_stored_is_shown() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for (stored, gender) in [("male", Gender::Male), ("female", Gender::Female), ("other", Gender::Other)] {
        let columns = "avatar_url = 'https://a.test/a', header_url = 'https://a.test/h', posts_count = 1, \
            liked_count = 2, shared_count = 3, middle_name = 'May', last_name = 'Lee'";
        suite.database.execute(&format!("UPDATE account.accounts SET {columns}, gender = '{stored}'")).await;
        let seen = account(&suite, None, &ann.id).await.unwrap();
        assert_eq!((seen.avatar_url.as_str(), seen.header_url.as_str()), ("https://a.test/a", "https://a.test/h"));
        assert_eq!((seen.posts_count, seen.liked_count, seen.shared_count), (1, 2, 3));
        let Some(Owner::User(user)) = seen.owner else { panic!("it is a person's") };
        assert_eq!((user.middle_name.as_str(), user.last_name.as_str()), ("May", "Lee"));
        assert_eq!(user.gender(), gender);
    }
}

#[tokio::test]
async fn an_operator_verifies_an_organization() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    suite.database.execute("UPDATE account.accounts SET is_verified = true").await;
    let seen = account(&suite, None, &help.id).await.unwrap();
    assert!(matches!(seen.owner, Some(Owner::Organization(Organization { is_verified: true, .. }))));
}

#[tokio::test]
async fn nobody_has_an_id_that_is_unknown_or_no_id() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let longer = format!("{}0", ann.id);
    let nil = "00000000-0000-0000-0000-000000000000";
    for id in [&unknown_id(), "", "x", "ME", "me ", "\0", nil, &longer, &"9".repeat(10_000)] {
        for viewer in [None, Some(&ann)] {
            let not_found = (Code::NotFound, ErrorReason::AccountNotFound);
            assert_eq!(refusal(account(&suite, viewer, id).await), not_found, "{id:?}");
            assert_eq!(refusal(profile(&suite, viewer, id).await), not_found, "{id:?}");
        }
    }
}
