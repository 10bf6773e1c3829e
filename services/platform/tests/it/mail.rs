//! Mails on their way to a mail server: what it gets, and what its answers mean.

use connectus_platform::{
    mail::{Mail, Mailer},
    outbox::DeliveryError,
};
use connectus_testkit::{Behaviour, MailServer, eventually};
use tokio::net::TcpListener;

use crate::{
    smtp::{Answers, Smtp, mail, mailer},
    within,
};

#[tokio::test]
async fn a_mail_arrives_with_both_texts() {
    let server = MailServer::start().await;
    let sent = mail();
    mailer(&server.url()).send(sent.clone()).await.unwrap();
    let received = server.next("ann@example.org").await;
    assert_eq!(received.from, "no-reply@connectus.test");
    assert_eq!(received.subject, sent.subject);
    assert_eq!(received.text.replace("\r\n", "\n").trim_end(), sent.text.trim_end());
    assert_eq!(received.html.trim_end(), sent.html);
}

#[tokio::test]
async fn a_mail_has_the_headers_that_mail_programs_want() {
    let server = Smtp::answering(&[]).await;
    mailer(&server.url).send(mail()).await.unwrap();
    assert!(server.lines_with("Content-Type: multipart/alternative;").len() == 1, "{:?}", server.lines());
    for header in ["From: ", "To: ", "Subject: ", "Date: ", "MIME-Version: 1.0", "Message-ID: "] {
        assert_eq!(server.lines_with(header).len(), 1, "{header}");
    }
    assert_eq!(server.lines_with("MAIL FROM:<no-reply@connectus.test>").len(), 1);
    assert_eq!(server.lines_with("RCPT TO:"), ["RCPT TO:<ann@example.org>"]);
}

#[tokio::test]
async fn a_repeat_has_the_same_message_id_and_another_mail_has_not() {
    let server = MailServer::start().await;
    let mailer = mailer(&server.url());
    let (first, other) = (mail(), mail());
    for sent in [&first, &first, &other] {
        mailer.send(sent.clone()).await.unwrap();
    }
    let ids: Vec<_> = server.received().into_iter().map(|mail| mail.id).collect();
    assert_eq!(ids, [&first, &first, &other].map(|mail| format!("{}@connectus.test", mail.id)));
}

#[tokio::test]
async fn every_character_arrives_as_it_was() {
    let server = MailServer::start().await;
    let long = "Łódź, Straße, 東京, \u{1f389}. ".repeat(200);
    let sent = Mail {
        subject: "Bestätigung für Zoë Łukasiewicz \u{1f389} aus 東京, und das ist noch lange nicht alles".to_owned(),
        text: format!(".\n.hidden\nFrom here\n{long}end"),
        html: format!("<p title=\"=3D\">{long}</p>"),
        ..mail()
    };
    let mailer = Mailer::smtp(&server.url(), "Zoë's ConnectUS <no-reply@connectus.test>").unwrap();
    mailer.send(sent.clone()).await.unwrap();
    let received = server.next("ann@example.org").await;
    assert_eq!(received.from, "no-reply@connectus.test");
    assert_eq!(received.subject, sent.subject);
    assert_eq!(received.text.replace("\r\n", "\n").trim_end(), sent.text);
    assert_eq!(received.html.trim_end(), sent.html);
}

#[tokio::test]
async fn nobody_can_put_headers_or_recipients_into_a_mail() {
    let evil = "\r\nBcc: eve@example.org\r\n\r\nEvil";
    let server = Smtp::answering(&[]).await;
    let mailer = mailer(&server.url);
    let _ = mailer.send(Mail { subject: format!("Hello{evil}"), ..mail() }).await;
    for to in [
        format!("ann@example.org{evil}"),
        "ann@example.org>\r\nRCPT TO:<eve@example.org".to_owned(),
        "ann@example.org, eve@example.org".to_owned(),
        "ann@example.org\0".to_owned(),
        "Ann <ann@example.org>".to_owned(),
        String::new(),
    ] {
        let refused = mailer.send(Mail { to: to.clone(), ..mail() }).await.unwrap_err();
        let DeliveryError::Refused(error) = refused else { panic!("{to:?}: {refused:?}") };
        assert!(!error.contains("example.org"), "{error}");
    }
    assert!(server.lines_with("Bcc").is_empty() && server.lines_with("Evil").is_empty(), "{:?}", server.lines());
    assert!(server.lines_with("RCPT").iter().all(|line| line == "RCPT TO:<ann@example.org>"));
}

#[tokio::test]
async fn an_answer_about_the_mail_is_final_and_any_other_is_not() {
    let cases: [(Answers, bool); 15] = [
        (&[("RCPT", "550 5.1.1 No such user <ann@example.org>")], true),
        (&[("RCPT", "551 Not here: try <ann@example.org>")], true),
        (&[("RCPT", "553 5.1.3 ann@example.org is not an address")], true),
        (&[(".", "552 Too large for ann@example.org")], true),
        (&[("RCPT", "550 No such user <ann@example.org>")], true),
        (&[("RCPT", "550 5.7.1 Relaying denied for ann@example.org")], false),
        (&[("MAIL", "550 5.7.23 SPF fails: ann@example.org")], false),
        (&[("CONNECT", "554 No SMTP service here, ann@example.org")], false),
        (&[(".", "554 5.7.1 Your address is on a list, ann@example.org")], false),
        (&[("CONNECT", "421 Closing, ann@example.org")], false),
        (&[("AUTH", "535 5.7.8 Wrong password for ann@example.org")], false),
        (&[("MAIL", "452 Out of space for ann@example.org")], false),
        (&[("RCPT", "450 4.2.1 Greylisted: ann@example.org")], false),
        (&[("RCPT", "530 5.7.0 ann@example.org must log in")], false),
        (&[("DATA", "451 Come back later, ann@example.org")], false),
    ];
    for (answers, is_final) in cases {
        let server = Smtp::answering(answers).await;
        let url = server.url.replace("smtp://", "smtp://ann:secret@");
        let error = mailer(&url).send(mail()).await.unwrap_err();
        let (text, said_final) = match error {
            DeliveryError::Refused(text) => (text, true),
            DeliveryError::Retry(text) => (text, false),
        };
        assert_eq!(said_final, is_final, "{answers:?}: {text}");
        let code = answers[0].1.split(' ').next().unwrap();
        assert!(text.contains(code) && !text.contains("ann") && !text.contains("secret"), "{text}");
    }
}

/// The reason why a mail will be sent again, which must not name anybody.
fn retry(outcome: Result<(), DeliveryError>) -> String {
    match outcome {
        Err(DeliveryError::Retry(text)) if !text.contains("ann@example.org") => text,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_that_is_down_or_offers_no_login_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("smtp://{}", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(retry(mailer(&nobody).send(mail()).await), "the mail server cannot be reached");

    let server = Smtp::answering(&[("EHLO", "250 mail.test")]).await;
    let with_login = server.url.replace("smtp://", "smtp://user:secret@");
    let with_tls = format!("{}?tls=required", server.url);
    for url in [with_login, with_tls] {
        assert_eq!(retry(mailer(&url).send(mail()).await), "the mail server does not offer what SMTP_URL asks for");
    }
    assert!(server.lines_with("RCPT").is_empty(), "without TLS or login it sends nothing");
}

#[tokio::test]
async fn a_silent_server_is_given_up_and_tried_again() {
    let server = MailServer::start().await;
    server.behave(Behaviour::Silent);
    let outcome = within(150, "the mailer gives up", mailer(&server.url()).send(mail())).await;
    assert_eq!(retry(outcome), "the mail server did not answer in time");
}

#[tokio::test]
async fn a_server_that_was_away_is_found_again() {
    let server = MailServer::start().await;
    let mailer = mailer(&server.url());
    mailer.send(mail()).await.unwrap();
    let address = server.address();
    drop(server);
    retry(mailer.send(mail()).await);
    let server = eventually("the port is free", async || Some(MailServer::start_at(address).await)).await;
    mailer.send(mail()).await.unwrap();
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn settings_that_cannot_work_are_explained_without_their_secrets() {
    let from = "ConnectUS <no-reply@connectus.test>";
    for url in
        ["", "mail.test", "http://mail.test", "smtp://", "smtp://user:s3cret@host?tls=perhaps", "smtp://a:s3cret@b:x"]
    {
        let error = Mailer::smtp(url, from).err().unwrap_or_else(|| panic!("{url:?} is taken")).to_string();
        assert!(error.starts_with("SMTP_URL is not understood (smtp://host:port"), "{url:?}: {error}");
        assert!(!error.contains("s3cret"), "{error}");
    }
    for from in ["", "ConnectUS", "no-reply@", "a@b.c, d@e.f", "A <a@b.c>\r\nBcc: eve@example.org"] {
        let error = Mailer::smtp("smtp://mail.test:25", from).err().unwrap_or_else(|| panic!("{from:?} is taken"));
        assert!(error.to_string().starts_with("MAIL_FROM is not an e-mail address"), "{from:?}: {error}");
    }
}
