//! UpdateAccount: what it changes, and for whom.

use connectus_proto::{
    account::v1::{Account, Gender, User},
    common::v1::{Date, ErrorReason},
};
use connectus_testkit::{Suite, invalid_field, refusal};
use futures::future::join_all;
use tonic::Code;

use crate::support::{account, named, organization_of, update_account, user, user_of};

fn full() -> User {
    User {
        first_name: "Zoë".to_owned(),
        middle_name: "May".to_owned(),
        last_name: "Lee".to_owned(),
        birthday: Some(Date { year: 2000, month: 2, day: 29 }),
        gender: Gender::Female.into(),
    }
}

#[tokio::test]
async fn every_field_of_a_person_can_be_changed_and_stays_so() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let before = account(&suite, Some(&ann), "me").await.unwrap();
    let new = Account {
        avatar_url: "https://example.org/a.png".to_owned(),
        header_url: "https://example.org/h.png".to_owned(),
        ..user(full())
    };
    let paths = ["avatar_url", "header_url", "user.first_name", "user.middle_name", "user.last_name", "user.birthday"];
    let changed = update_account(&suite, &ann, new.clone(), &[&paths[..], &["user.gender"]].concat()).await.unwrap();
    let expected = Account { avatar_url: new.avatar_url, header_url: new.header_url, owner: new.owner, ..before };
    assert_eq!(changed, expected);
    assert_eq!(account(&suite, Some(&ann), "me").await.unwrap(), expected);
}

#[tokio::test]
async fn what_is_not_named_stays_and_is_not_looked_at() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let (before, bens) =
        (account(&suite, Some(&ann), "me").await.unwrap(), account(&suite, Some(&ben), "me").await.unwrap());
    let new = Account {
        id: ben.id.clone(),
        email: "eve@example.org".to_owned(),
        avatar_url: "nonsense".to_owned(),
        posts_count: 7,
        ..user(User { last_name: "Lee".to_owned(), gender: 99, ..User::default() })
    };
    let changed = update_account(&suite, &ann, new, &["user.last_name"]).await.unwrap();
    let expected = User { last_name: "Lee".to_owned(), ..user_of(&before).clone() };
    assert_eq!(changed, Account { owner: user(expected).owner, ..before });
    assert_eq!(account(&suite, Some(&ben), "me").await.unwrap(), bens);
}

#[tokio::test]
async fn what_is_named_and_not_given_becomes_empty() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let paths = ["avatar_url", "user.middle_name", "user.last_name", "user.gender"];
    let new = Account { avatar_url: "https://example.org/a.png".to_owned(), ..user(full()) };
    update_account(&suite, &ann, new, &paths).await.unwrap();
    let emptied = update_account(&suite, &ann, Account::default(), &paths).await.unwrap();
    assert_eq!(emptied.avatar_url, "");
    let kept = user_of(&emptied);
    assert_eq!((&*kept.middle_name, &*kept.last_name, kept.gender()), ("", "", Gender::Unspecified));
    for path in ["user.first_name", "user.birthday"] {
        let answer = update_account(&suite, &ann, Account::default(), &[path]).await;
        assert_eq!(invalid_field(answer), format!("account.{path}"));
    }
}

#[tokio::test]
async fn others_see_the_change_as_far_as_they_may() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    update_account(&suite, &ann, user(full()), &["user.first_name", "user.last_name"]).await.unwrap();
    let seen = account(&suite, None, &ann.id).await.unwrap();
    assert_eq!((&*user_of(&seen).first_name, &*user_of(&seen).last_name, &*seen.email), ("Zoë", "Lee", ""));
}

#[tokio::test]
async fn an_organization_that_takes_another_name_is_no_longer_verified() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    suite.database.execute("UPDATE account.accounts SET is_verified = true").await;
    let path = ["organization.preferred_name"];
    for same in ["Help", " Help "] {
        let kept = update_account(&suite, &help, named(same), &path).await.unwrap();
        assert!(organization_of(&kept).is_verified, "{same:?}");
    }
    let new = Account { avatar_url: "https://example.org/a.png".to_owned(), ..named("Evil") };
    let kept = update_account(&suite, &help, new, &["avatar_url"]).await.unwrap();
    assert_eq!((&*organization_of(&kept).preferred_name, organization_of(&kept).is_verified), ("Help", true));
    let renamed = update_account(&suite, &help, named("help"), &path).await.unwrap();
    assert_eq!((&*organization_of(&renamed).preferred_name, organization_of(&renamed).is_verified), ("help", false));
    let back = update_account(&suite, &help, named("Help"), &path).await.unwrap();
    assert!(!organization_of(&back).is_verified);
    assert_eq!(account(&suite, None, &help.id).await.unwrap(), back);
}

#[tokio::test]
async fn nobody_verifies_themselves() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    for path in ["organization.is_verified", "organization", "organization.opportunity_ids"] {
        let mut new = named("Help");
        if let Some(connectus_proto::account::v1::account::Owner::Organization(organization)) = &mut new.owner {
            organization.is_verified = true;
        }
        assert_eq!(invalid_field(update_account(&suite, &help, new, &[path]).await), "update_mask", "{path}");
    }
    assert!(!organization_of(&account(&suite, None, &help.id).await.unwrap()).is_verified);
}

#[tokio::test]
async fn a_field_of_the_other_type_of_account_is_named() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    for new in [user(full()), Account::default(), named("Help")] {
        for path in ["user.first_name", "user.middle_name", "user.last_name", "user.birthday", "user.gender"] {
            let answer = update_account(&suite, &help, new.clone(), &["avatar_url", path]).await;
            assert_eq!(invalid_field(answer), format!("account.{path}"));
        }
        let answer = update_account(&suite, &ann, new, &["organization.preferred_name"]).await;
        assert_eq!(invalid_field(answer), "account.organization.preferred_name");
    }
}

#[tokio::test]
async fn an_account_that_is_gone_is_not_found() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    suite.database.execute("DELETE FROM account.accounts").await;
    let answer = update_account(&suite, &ann, user(full()), &["user.first_name"]).await;
    assert_eq!(refusal(answer), (Code::NotFound, ErrorReason::AccountNotFound));
}

#[tokio::test]
async fn changes_at_once_are_all_made() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let new = Account {
        avatar_url: "https://example.org/a.png".to_owned(),
        header_url: "https://example.org/h.png".to_owned(),
        ..user(full())
    };
    let paths = ["avatar_url", "header_url", "user.first_name", "user.middle_name", "user.last_name", "user.gender"];
    let changes = paths.iter().map(|path| update_account(&suite, &ann, new.clone(), std::slice::from_ref(path)));
    for answer in join_all(changes).await {
        answer.unwrap();
    }
    let after = account(&suite, Some(&ann), "me").await.unwrap();
    let expected = User { birthday: user_of(&after).birthday, ..full() };
    assert_eq!(user_of(&after), &expected);
    assert_eq!((after.avatar_url, after.header_url), (new.avatar_url, new.header_url));
}
