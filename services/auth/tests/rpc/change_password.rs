//! ChangePassword.

use connectus_proto::{
    auth::v1::{ChangePasswordRequest, ChangePasswordResponse},
    common::v1::ErrorReason,
};
use connectus_testkit::{PASSWORD, Person, Suite, invalid_field, refusal};
use futures::future::join_all;
use tonic::{Code, Status};

use crate::support::{NEW_PASSWORD, is_accepted, login, reset_password, reset_token, until_refused};

const PASSWORD_WRONG: (Code, ErrorReason) = (Code::PermissionDenied, ErrorReason::PasswordWrong);

async fn change(suite: &Suite, person: &Person, old: &str, new: &str) -> Result<ChangePasswordResponse, Status> {
    let request = ChangePasswordRequest { password: old.to_owned(), new_password: new.to_owned() };
    Ok(suite.auth().change_password(person.asks(request)).await?.into_inner())
}

#[tokio::test]
async fn the_new_password_counts_and_every_other_session_ends() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let elsewhere = suite.login(&ann.email, PASSWORD).await;
    let changed = change(&suite, &ann, PASSWORD, NEW_PASSWORD).await.unwrap();
    until_refused(&suite, &ann.token).await;
    until_refused(&suite, &elsewhere).await;
    assert!(is_accepted(&suite, &changed.access_token).await, "who changed it stays logged in");
    login(&suite, &ann.email, PASSWORD).await.unwrap_err();
    login(&suite, &ann.email, NEW_PASSWORD).await.unwrap();
    let mail = suite.mail.next_about(&ann.email, "Your password was changed").await;
    assert!(!mail.text.contains("http"), "a notice has no link that could be forged: {}", mail.text);
}

#[tokio::test]
async fn who_does_not_know_the_password_changes_nothing() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    assert_eq!(refusal(change(&suite, &ann, "a wrong password", NEW_PASSWORD).await), PASSWORD_WRONG);
    assert_eq!(refusal(change(&suite, &ann, &"x".repeat(129), NEW_PASSWORD).await), PASSWORD_WRONG);
    assert!(is_accepted(&suite, &ann.token).await);
    login(&suite, &ann.email, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_new_password_has_the_rules_of_a_first_one() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for bad in ["", "short12", "password", &"x".repeat(129)] {
        assert_eq!(invalid_field(change(&suite, &ann, PASSWORD, bad).await), "new_password", "{bad}");
    }
}

#[tokio::test]
async fn a_link_that_was_mailed_before_works_no_more() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let link = reset_token(&suite, &ann.email).await;
    change(&suite, &ann, PASSWORD, NEW_PASSWORD).await.unwrap();
    reset_password(&suite, &link, "yet another password").await.unwrap_err();
    login(&suite, &ann.email, NEW_PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_session_that_is_over_changes_nothing_though_this_replica_has_not_heard_of_it() {
    let suite = Suite::start().await;
    for ended in ["locked_at = now()", "session_generation = session_generation + 1"] {
        let name = if ended.starts_with("locked") { "Ann" } else { "Ben" };
        let person = suite.user(name).await;
        suite.database.execute(&format!("UPDATE auth.accounts SET {ended} WHERE id = '{}'", person.id)).await;
        let answer = change(&suite, &person, PASSWORD, NEW_PASSWORD).await;
        assert_eq!(refusal(answer), (Code::Unauthenticated, ErrorReason::TokenInvalid), "{ended}");
    }
}

#[tokio::test]
async fn of_several_changes_at_once_one_wins() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let passwords: Vec<String> = (0..6).map(|number| format!("password of change {number}")).collect();
    let answers = join_all(passwords.iter().map(|new| change(&suite, &ann, PASSWORD, new))).await;
    let won: Vec<&String> =
        passwords.iter().zip(&answers).filter(|(_, answer)| answer.is_ok()).map(|(new, _)| new).collect();
    assert_eq!(won.len(), 1, "{answers:?}");
    login(&suite, &ann.email, won[0]).await.unwrap();
    let sessions = format!("SELECT count(*) FROM auth.sessions WHERE account_id = '{}'", ann.id);
    assert_eq!(suite.database.value::<i64>(&sessions).await, 2, "the winner's, and that of the login after");
}
