//! ChangeEmail, its confirmation through the new address, and its undoing through the old one.

use connectus_proto::{
    account::v1::{GetAccountRequest, GetSettingsRequest},
    auth::v1::{ChangeEmailRequest, RegisterRequest, UndoEmailChangeRequest},
    common::v1::ErrorReason,
};
use connectus_testkit::{
    Mail, PASSWORD, Person, Suite, as_caller, eventually, invalid_field, people::user_registration, refusal,
};
use tonic::{Code, Status};

use crate::support::{
    LINK_INVALID, LOGIN_REFUSED, NEW_PASSWORD, is_accepted, login, resend_verification, reset_password, reset_token,
    until_refused, until_settled, verify_email,
};

const NEW: &str = "ann.lee@example.com";
const UNVERIFIED: (Code, ErrorReason) = (Code::PermissionDenied, ErrorReason::EmailUnverified);
const NOT_LOGGED_IN: (Code, ErrorReason) = (Code::FailedPrecondition, ErrorReason::LoginEmailUnverified);

async fn change(suite: &Suite, person: &Person, email: &str) -> Result<(), Status> {
    change_with(suite, &person.token, PASSWORD, email).await
}

async fn change_with(suite: &Suite, token: &str, password: &str, email: &str) -> Result<(), Status> {
    let request = ChangeEmailRequest { password: password.to_owned(), email: email.to_owned() };
    suite.auth().change_email(as_caller(token, request)).await?;
    Ok(())
}

async fn undo(suite: &Suite, token: &str) -> Result<(), Status> {
    suite.auth().undo_email_change(UndoEmailChangeRequest { token: token.to_owned() }).await?;
    Ok(())
}

/// The mail that tells the address before.
async fn notice(suite: &Suite, email: &str) -> Mail {
    suite.mail.next_about(email, "Your e-mail address is being changed").await
}

/// The mail with the link that confirms the new address.
async fn confirmation(suite: &Suite, email: &str) -> Mail {
    suite.mail.next_about(email, "Verify your new e-mail address").await
}

async fn until_unverified(suite: &Suite, token: &str) {
    eventually("the account counts as unverified", async || {
        let answer = suite.account().get_settings(as_caller(token, GetSettingsRequest {})).await;
        answer.is_err().then(|| assert_eq!(refusal(answer), UNVERIFIED))
    })
    .await;
}

/// Waits until a token of an account whose address was unverified is good again.
async fn until_accepted(suite: &Suite, token: &str) {
    eventually("the account counts as verified", async || {
        suite.account().get_settings(as_caller(token, GetSettingsRequest {})).await.ok()
    })
    .await;
}

/// Waits until the account service knows an address.
async fn until_known(suite: &Suite, token: &str, email: &str) {
    eventually("the account service knows the address", async || {
        let request = as_caller(token, GetAccountRequest { account_id: "me".to_owned() });
        let account = suite.account().get_account(request).await.ok()?.into_inner().account?;
        (account.email == email).then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_address_changes_once_it_is_confirmed_and_until_then_the_account_is_unverified() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    change(&suite, &ann, NEW).await.unwrap();
    until_unverified(&suite, &ann.token).await;
    assert_eq!(refusal(login(&suite, &ann.email, PASSWORD).await), NOT_LOGGED_IN);
    assert_eq!(refusal(login(&suite, NEW, PASSWORD).await), LOGIN_REFUSED);
    let mail = confirmation(&suite, NEW).await;
    verify_email(&suite, mail.token()).await.unwrap();
    // Nobody was logged out, and everybody knows the new address.
    until_accepted(&suite, &ann.token).await;
    until_known(&suite, &ann.token, NEW).await;
    login(&suite, NEW, PASSWORD).await.unwrap();
    assert_eq!(refusal(login(&suite, &ann.email, PASSWORD).await), LOGIN_REFUSED);
    assert_eq!(refusal(verify_email(&suite, mail.token()).await), LINK_INVALID, "a link works once");
}

#[tokio::test]
async fn the_old_address_is_told_and_takes_the_account_back() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    change(&suite, &ann, NEW).await.unwrap();
    let told = notice(&suite, &ann.email).await;
    assert!(told.text.contains(NEW), "{}", told.text);
    verify_email(&suite, confirmation(&suite, NEW).await.token()).await.unwrap();
    until_known(&suite, &ann.token, NEW).await;
    undo(&suite, told.token()).await.unwrap();
    until_refused(&suite, &ann.token).await;
    // Whoever changed it knows the password, which is nobody's now.
    assert_eq!(refusal(login(&suite, &ann.email, PASSWORD).await), LOGIN_REFUSED);
    let reset = suite.mail.next_about(&ann.email, "Choose a new password").await;
    reset_password(&suite, reset.token(), NEW_PASSWORD).await.unwrap();
    let token = login(&suite, &ann.email, NEW_PASSWORD).await.unwrap().access_token;
    until_known(&suite, &token, &ann.email).await;
    assert_eq!(refusal(login(&suite, NEW, NEW_PASSWORD).await), LOGIN_REFUSED);
    assert_eq!(refusal(undo(&suite, told.token()).await), LINK_INVALID, "a link works once");
}

#[tokio::test]
async fn an_undo_before_the_confirmation_withdraws_the_change() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    change(&suite, &ann, NEW).await.unwrap();
    let (told, link) = (notice(&suite, &ann.email).await, confirmation(&suite, NEW).await);
    undo(&suite, told.token()).await.unwrap();
    assert_eq!(refusal(verify_email(&suite, link.token()).await), LINK_INVALID);
}

#[tokio::test]
async fn the_first_owner_undoes_every_change_since_and_a_later_one_does_not_undo_that() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    change(&suite, &ann, "first@example.com").await.unwrap();
    let first = notice(&suite, &ann.email).await;
    verify_email(&suite, confirmation(&suite, "first@example.com").await.token()).await.unwrap();
    until_accepted(&suite, &ann.token).await;
    change(&suite, &ann, "second@example.com").await.unwrap();
    let second = notice(&suite, "first@example.com").await;
    verify_email(&suite, confirmation(&suite, "second@example.com").await.token()).await.unwrap();
    undo(&suite, first.token()).await.unwrap();
    assert_eq!(refusal(undo(&suite, second.token()).await), LINK_INVALID);
    let email = format!("SELECT email FROM auth.accounts WHERE id = '{}'", ann.id);
    assert_eq!(suite.database.value::<String>(&email).await, ann.email);
}

#[tokio::test]
async fn an_undo_works_for_a_week() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    change(&suite, &ann, NEW).await.unwrap();
    let told = notice(&suite, &ann.email).await;
    let left = "SELECT extract(epoch FROM expires_at - now())::float8 / 86400 FROM auth.mail_links \
                WHERE purpose = 'undo_email_change'";
    let days = suite.database.value::<f64>(left).await;
    assert!((6.9..=7.0).contains(&days), "{days}");
    suite.database.execute("UPDATE auth.mail_links SET expires_at = now()").await;
    assert_eq!(refusal(undo(&suite, told.token()).await), LINK_INVALID);
}

#[tokio::test]
async fn an_address_that_has_an_account_is_told_and_who_asks_learns_nothing() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    change(&suite, &ann, &ben.email).await.unwrap();
    let mail = suite.mail.next(&ben.email).await;
    assert_eq!(mail.subject, "You have an account already");
    assert_eq!(refusal(verify_email(&suite, mail.token()).await), LINK_INVALID, "its link confirms nothing");
    login(&suite, &ben.email, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn an_address_that_was_taken_meanwhile_is_not_confirmed_nor_given_back() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    change(&suite, &ann, "ben@example.org").await.unwrap();
    let link = confirmation(&suite, "ben@example.org").await;
    suite.user("Ben").await;
    assert_eq!(refusal(verify_email(&suite, link.token()).await), LINK_INVALID);
    let eve = suite.user("Eve").await;
    change(&suite, &eve, NEW).await.unwrap();
    let told = notice(&suite, &eve.email).await;
    verify_email(&suite, confirmation(&suite, NEW).await.token()).await.unwrap();
    suite.user("Eve").await;
    assert_eq!(refusal(undo(&suite, told.token()).await), (Code::AlreadyExists, ErrorReason::EmailTaken));
    login(&suite, NEW, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn whoever_reads_the_present_address_keeps_it_by_a_new_password() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    change(&suite, &ann, NEW).await.unwrap();
    let link = confirmation(&suite, NEW).await;
    let reset = reset_token(&suite, &ann.email).await;
    reset_password(&suite, &reset, NEW_PASSWORD).await.unwrap();
    assert_eq!(refusal(verify_email(&suite, link.token()).await), LINK_INVALID, "the change is withdrawn");
    let token = login(&suite, &ann.email, NEW_PASSWORD).await.unwrap().access_token;
    until_accepted(&suite, &token).await;
}

#[tokio::test]
async fn who_changed_the_address_keeps_no_way_in_after_the_undo() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let before = reset_token(&suite, &ann.email).await;
    change(&suite, &ann, NEW).await.unwrap();
    let told = notice(&suite, &ann.email).await;
    verify_email(&suite, confirmation(&suite, NEW).await.token()).await.unwrap();
    assert_eq!(
        refusal(reset_password(&suite, &before, NEW_PASSWORD).await),
        LINK_INVALID,
        "it went to the old address"
    );
    let kept = reset_token(&suite, NEW).await;
    undo(&suite, told.token()).await.unwrap();
    assert_eq!(refusal(reset_password(&suite, &kept, NEW_PASSWORD).await), LINK_INVALID);
}

#[tokio::test]
async fn nobody_holds_an_address_that_they_never_proved_to_read_against_its_owner() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    change(&suite, &ann, NEW).await.unwrap();
    let told = notice(&suite, &ann.email).await;
    let squatter = RegisterRequest { email: NEW.to_owned(), ..user_registration("Eve") };
    suite.auth().register(squatter.clone()).await.unwrap();
    verify_email(&suite, confirmation(&suite, NEW).await.token()).await.unwrap();
    let squatter = RegisterRequest { email: ann.email.clone(), ..squatter };
    suite.auth().register(squatter).await.unwrap();
    undo(&suite, told.token()).await.unwrap();
    let owner = format!("SELECT id::text FROM auth.accounts WHERE email = '{}'", ann.email);
    assert_eq!(suite.database.value::<String>(&owner).await, ann.id);
    assert_eq!(suite.database.value::<i64>("SELECT count(*) FROM auth.accounts").await, 1);
}

#[tokio::test]
async fn an_account_whose_change_was_forgotten_long_ago_is_verified_everywhere_again() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    change(&suite, &ann, NEW).await.unwrap();
    until_unverified(&suite, &ann.token).await;
    suite.database.execute("DELETE FROM auth.email_changes").await;
    resend_verification(&suite, &ann.email).await.unwrap();
    let link = suite.mail.next_about(&ann.email, "Verify your e-mail address").await;
    verify_email(&suite, link.token()).await.unwrap();
    until_accepted(&suite, &ann.token).await;
}

#[tokio::test]
async fn the_link_can_be_mailed_to_the_new_address_again() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    change(&suite, &ann, NEW).await.unwrap();
    confirmation(&suite, NEW).await;
    resend_verification(&suite, &NEW.to_uppercase()).await.unwrap();
    verify_email(&suite, confirmation(&suite, NEW).await.token()).await.unwrap();
    login(&suite, NEW, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_change_takes_the_password_and_an_address_that_is_another() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let wrong = change_with(&suite, &ann.token, "a wrong password", NEW).await;
    assert_eq!(refusal(wrong), (Code::PermissionDenied, ErrorReason::PasswordWrong));
    for email in ["", "ann", "ANN@example.org"] {
        assert_eq!(invalid_field(change(&suite, &ann, email).await), "email", "{email}");
    }
    until_settled(&suite).await;
    assert_eq!(suite.mail.received().len(), 0);
    assert!(is_accepted(&suite, &ann.token).await);
}
