//! Who sees what of an account.

use connectus_proto::account::v1::{Account, UserSettings, account::Owner, settings};
use connectus_testkit::{Person, Suite};

use crate::support::{Viewer, account, accounts, update_settings};

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
