//! The development mailbox: mails that were not sent, to be looked at.

use std::{fs, path::Path};

use connectus_platform::mail::{DevelopmentMailbox, Mail, Mailer, StoredMail};
use tempfile::tempdir;

use crate::smtp::mail;

fn open(folder: &Path) -> (DevelopmentMailbox, Mailer) {
    let mailbox = DevelopmentMailbox::open(folder.join("mail")).unwrap();
    (mailbox.clone(), Mailer::Development(mailbox))
}

fn subjects(mails: &[StoredMail]) -> Vec<&str> {
    mails.iter().map(|mail| mail.subject.as_str()).collect()
}

async fn send(mailer: &Mailer, subject: &str) -> Mail {
    let mail = Mail { subject: subject.to_owned(), ..mail() };
    mailer.send(mail.clone()).await.unwrap();
    mail
}

#[tokio::test]
async fn mails_are_kept_whole_with_their_links() {
    let folder = tempdir().unwrap();
    let (mailbox, mailer) = open(folder.path());
    let text = "Open\n\n    https://connectus.test/a?b=c\n\nor http://localhost:8080/d , not https";
    let sent = Mail { text: text.to_owned(), ..mail() };
    mailer.send(sent.clone()).await.unwrap();
    let kept = mailbox.list().unwrap().remove(0);
    assert_eq!((kept.id, kept.to, kept.subject), (sent.id, sent.to, sent.subject));
    assert_eq!((kept.text, kept.html), (sent.text, sent.html));
    assert_eq!(kept.links, ["https://connectus.test/a?b=c", "http://localhost:8080/d"]);
    assert!((chrono::Utc::now() - kept.sent_at).num_seconds() < 60);
}

#[tokio::test]
async fn the_newest_mail_is_first_and_a_repeat_takes_the_place_of_the_first() {
    let folder = tempdir().unwrap();
    let (mailbox, mailer) = open(folder.path());
    assert_eq!(subjects(&mailbox.list().unwrap()), [""; 0]);
    let first = send(&mailer, "first").await;
    send(&mailer, "second").await;
    send(&mailer, "third").await;
    assert_eq!(subjects(&mailbox.list().unwrap()), ["third", "second", "first"]);
    mailer.send(first).await.unwrap();
    assert_eq!(subjects(&mailbox.list().unwrap()), ["first", "third", "second"]);
}

#[tokio::test]
async fn mails_outlast_a_restart_and_what_is_no_mail_is_passed_over() {
    let folder = tempdir().unwrap();
    let (_, mailer) = open(folder.path());
    send(&mailer, "kept").await;
    fs::write(folder.path().join("mail/broken.json"), "{").unwrap();
    fs::write(folder.path().join("mail/half.new"), "{").unwrap();
    fs::create_dir(folder.path().join("mail/folder.json")).unwrap();
    let (mailbox, _) = open(folder.path());
    assert_eq!(subjects(&mailbox.list().unwrap()), ["kept"]);
}

#[tokio::test]
async fn no_more_than_the_latest_two_hundred_are_listed() {
    let folder = tempdir().unwrap();
    let (mailbox, mailer) = open(folder.path());
    for number in 0..=200 {
        send(&mailer, &number.to_string()).await;
    }
    let mails = mailbox.list().unwrap();
    assert_eq!((mails.len(), mails[0].subject.as_str(), mails[199].subject.as_str()), (200, "200", "1"));
}

#[tokio::test]
async fn a_folder_that_went_away_is_a_trouble_that_may_pass() {
    let folder = tempdir().unwrap();
    let (mailbox, mailer) = open(folder.path());
    fs::remove_dir_all(folder.path().join("mail")).unwrap();
    let error = mailer.send(mail()).await.unwrap_err();
    assert!(matches!(error, connectus_platform::outbox::DeliveryError::Retry(_)), "{error:?}");
    mailbox.list().unwrap_err();
}
