//! Who sees what of an account.

use connectus_proto::account::v1::{Account, ConnectionRequestDirection, UserSettings, account::Owner, settings};
use connectus_testkit::{Person, Suite};

use crate::{
    network::{ask, connect, connections_page, remove, requests_page},
    support::{Viewer, account, accounts, update_settings},
};

/// The e-mail address, and the first, middle and last name.
type Seen = (String, String, String, String);

fn private_parts(account: Account) -> Seen {
    let Some(Owner::User(user)) = account.owner else { panic!("it is a person's") };
    (account.email, user.first_name, user.middle_name, user.last_name)
}

/// What a viewer sees of a person, however they ask.
async fn seen(suite: &Suite, viewer: Viewer<'_>, of: &Person) -> Seen {
    let alone = private_parts(account(suite, viewer, &of.id).await.unwrap());
    let together = accounts(suite, viewer, &[&of.id]).await.unwrap().remove(0);
    assert_eq!(private_parts(together), alone, "a batch shows the same");
    alone
}

fn names(email: &str, middle: &str, last: &str) -> Seen {
    (email.to_owned(), "Ann".to_owned(), middle.to_owned(), last.to_owned())
}

async fn ann_lee(suite: &Suite) -> Person {
    let ann = suite.user("Ann").await;
    suite.database.execute("UPDATE account.accounts SET middle_name = 'May', last_name = 'Lee'").await;
    ann
}

async fn hide_full_name(suite: &Suite, person: &Person, hide: bool) {
    let new = settings::Owner::User(UserSettings { is_full_name_visible: !hide, ..UserSettings::default() });
    update_settings(suite, person, new, &["is_full_name_visible"]).await.unwrap();
}

#[tokio::test]
async fn only_the_person_sees_their_address_and_everybody_their_name() {
    let suite = Suite::start().await;
    let ann = ann_lee(&suite).await;
    let (ben, help) = (suite.user("Ben").await, suite.organization("Help").await);
    assert_eq!(seen(&suite, Some(&ann), &ann).await, names(&ann.email, "May", "Lee"));
    for stranger in [None, Some(&ben), Some(&help)] {
        assert_eq!(seen(&suite, stranger, &ann).await, names("", "May", "Lee"), "{stranger:?}");
    }
}

#[tokio::test]
async fn strangers_see_only_the_first_name_of_who_hides_the_full_one() {
    let suite = Suite::start().await;
    let ann = ann_lee(&suite).await;
    let (ben, help) = (suite.user("Ben").await, suite.organization("Help").await);
    hide_full_name(&suite, &ann, true).await;
    assert_eq!(seen(&suite, Some(&ann), &ann).await, names(&ann.email, "May", "Lee"));
    for stranger in [None, Some(&ben), Some(&help)] {
        assert_eq!(seen(&suite, stranger, &ann).await, names("", "", ""), "{stranger:?}");
    }
    hide_full_name(&suite, &ann, false).await;
    assert_eq!(seen(&suite, None, &ann).await, names("", "May", "Lee"));
}

#[tokio::test]
async fn whose_token_is_not_accepted_sees_what_nobody_sees() {
    let suite = Suite::start().await;
    let ann = ann_lee(&suite).await;
    let impostor = Person { token: format!("{}x", ann.token), ..ann.clone() };
    assert_eq!(seen(&suite, Some(&impostor), &ann).await, names("", "May", "Lee"));
}

#[tokio::test]
async fn everybody_sees_the_address_of_an_organization() {
    let suite = Suite::start().await;
    let (help, ben) = (suite.organization("Help").await, suite.user("Ben").await);
    for viewer in [None, Some(&ben), Some(&help)] {
        assert_eq!(account(&suite, viewer, &help.id).await.unwrap().email, help.email);
        assert_eq!(accounts(&suite, viewer, &[&help.id]).await.unwrap()[0].email, help.email);
    }
}

#[tokio::test]
async fn connections_see_the_address_and_the_name_until_they_are_none_any_more() {
    let suite = Suite::start().await;
    let ann = ann_lee(&suite).await;
    let (ben, help) = (suite.user("Ben").await, suite.organization("Help").await);
    hide_full_name(&suite, &ann, true).await;
    for friend in [&ben, &help] {
        connect(&suite, &ann, friend).await;
        assert_eq!(seen(&suite, Some(friend), &ann).await, names(&ann.email, "May", "Lee"));
    }
    assert_eq!(seen(&suite, None, &ann).await, names("", "", ""));
    remove(&suite, &ben, &ann.id).await.unwrap();
    assert_eq!(seen(&suite, Some(&ben), &ann).await, names("", "", ""));
    assert_eq!(seen(&suite, Some(&help), &ann).await, names(&ann.email, "May", "Lee"));
}

#[tokio::test]
async fn who_asks_sees_and_shows_no_more_than_a_stranger() {
    let suite = Suite::start().await;
    let ann = ann_lee(&suite).await;
    let ben = suite.user("Ben").await;
    hide_full_name(&suite, &ann, true).await;
    ask(&suite, &ann.id, std::slice::from_ref(&ben.id)).await;
    for (person, address) in [(&ann, ""), (&ben, "")] {
        let both = ConnectionRequestDirection::Unspecified;
        let (requests, _) = requests_page(&suite, person, both, (1, "")).await.unwrap();
        assert_eq!(requests[0].account.as_ref().unwrap().email, address);
    }
    let outgoing = ConnectionRequestDirection::Outgoing;
    let (mut requests, _) = requests_page(&suite, &ben, outgoing, (1, "")).await.unwrap();
    assert_eq!(private_parts(requests.remove(0).account.unwrap()), names("", "", ""));
}

#[tokio::test]
async fn a_list_of_connections_shows_each_as_the_viewer_may_see_them() {
    let suite = Suite::start().await;
    let ann = ann_lee(&suite).await;
    let (ben, cem) = (suite.user("Ben").await, suite.user("Cem").await);
    hide_full_name(&suite, &ann, true).await;
    connect(&suite, &ben, &ann).await;
    connect(&suite, &cem, &ann).await;
    let of_ben = async |viewer| {
        let (mut accounts, _) = connections_page(&suite, viewer, &ben.id, (0, "")).await.unwrap();
        private_parts(accounts.remove(0))
    };
    for friend in [&ann, &ben, &cem] {
        assert_eq!(of_ben(Some(friend)).await, names(&ann.email, "May", "Lee"));
    }
    assert_eq!(of_ben(None).await, names("", "", ""));
}
