//! What callers are told when the database, the outbox or account fails; and that nothing is half done then.

use connectus_proto::{
    common::v1::ErrorReason,
    experience::v1::{Decision, ListValidationRequestsRequest, ValidationState},
};
use connectus_testkit::{Options, Person, Server, Suite, eventually, refusal};
use tonic::{Code, Status};

use crate::support::{
    BOSS, asked_by_mail, by_mail, create, create_and_ask, decide, decide_link, delete, inbox, list, on_site, only,
    read_link, replace, stand, stored, until_delivered,
};

/// A person with an experience that waits for an organization, and one that waits for a mail's answer.
struct Scene {
    suite: Suite,
    ann: Person,
    help: Person,
    on_site: String,
    by_mail: String,
    token: String,
}

impl Scene {
    async fn new(suite: Suite) -> Self {
        let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
        let on_site = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap().id;
        let (by_mail, mail) = create_and_ask(&suite, &ann, "Choir").await;
        until_delivered(&suite).await;
        Self { suite, ann, help, on_site, by_mail: by_mail.id, token: mail.token().to_owned() }
    }

    /// Calls the rpcs that ask account about somebody.
    async fn calls_that_need_account(&self) -> [(&'static str, Result<(), Status>); 7] {
        let Self { suite, ann, help, .. } = self;
        [
            ("create, on site", create(suite, ann, "x", on_site(help)).await.map(drop)),
            ("create, by mail", create(suite, ann, "x", by_mail(BOSS)).await.map(drop)),
            ("replace, on site", replace(suite, ann, &self.on_site, "x", &help.id).await.map(drop)),
            ("replace, by mail", replace(suite, ann, &self.by_mail, "x", BOSS).await.map(drop)),
            ("list", list(suite, None, &ann.id).await.map(drop)),
            ("decide", decide(suite, help, (&ann.id, &self.on_site), Decision::Approve).await),
            ("read a link", read_link(suite, &self.token).await.map(drop)),
        ]
    }

    /// Calls the rpcs that need nobody else.
    async fn other_calls(&self) -> [(&'static str, Result<(), Status>); 4] {
        let Self { suite, ann, help, .. } = self;
        let requests =
            suite.experience().list_validation_requests(help.asks(ListValidationRequestsRequest::default())).await;
        [
            ("create", create(suite, ann, "x", None).await.map(drop)),
            ("delete", delete(suite, ann, &self.on_site).await),
            ("inbox", requests.map(drop)),
            ("decide by a link", decide_link(suite, &self.token, Decision::Approve).await),
        ]
    }
}

#[tokio::test]
async fn while_account_fails_nothing_is_written_or_decided() {
    let scene = Scene::new(Suite::start().await).await;
    let before = stored(&scene.suite).await;
    scene.suite.database.execute("ALTER TABLE account.accounts RENAME TO gone").await;
    for (call, answer) in scene.calls_that_need_account().await {
        assert_eq!(refusal(answer), (Code::Unavailable, ErrorReason::Unavailable), "{call}");
    }
    assert_eq!(stored(&scene.suite).await, before);
    scene.suite.database.execute("ALTER TABLE account.gone RENAME TO accounts").await;
    assert_eq!(inbox(&scene.suite, &scene.help).await.len(), 1);
    assert!(asked_by_mail(&scene.suite).is_empty());
}

#[tokio::test]
async fn when_the_mail_cannot_be_queued_nothing_is_written() {
    let scene = Scene::new(Suite::start().await).await;
    let Scene { suite, ann, .. } = &scene;
    let before = stored(suite).await;
    suite.database.execute("ALTER TABLE experience.outbox RENAME TO gone").await;
    let not_accepted = (Code::Internal, ErrorReason::MailNotAccepted);
    assert_eq!(refusal(create(suite, ann, "President", by_mail(BOSS)).await), not_accepted);
    assert_eq!(refusal(replace(suite, ann, &scene.by_mail, "President", BOSS).await), not_accepted);
    // What needs no mail works.
    create(suite, ann, "Reading", None).await.unwrap();
    delete(suite, ann, &list(suite, None, &ann.id).await.unwrap()[0].id).await.unwrap();
    suite.database.execute("ALTER TABLE experience.gone RENAME TO outbox").await;
    assert_eq!(stored(suite).await, before);
    // The text is the one that was mailed, and so its link still works.
    decide_link(suite, &scene.token, Decision::Approve).await.unwrap();
    let all = list(suite, None, &ann.id).await.unwrap();
    assert_eq!(stand(&all[0]), ("Choir", ValidationState::Verified));
    assert!(asked_by_mail(suite).is_empty());
}

#[tokio::test]
async fn a_fault_is_internal_and_its_cause_is_not_told() {
    let scene = Scene::new(Suite::start().await).await;
    scene.suite.database.execute("ALTER TABLE experience.experiences RENAME TO gone").await;
    let calls = scene.other_calls().await.into_iter().chain(scene.calls_that_need_account().await);
    for (call, answer) in calls {
        let told = format!("{:?}", answer.as_ref().unwrap_err());
        assert!(!told.contains("relation") && !told.contains("experiences"), "{told}");
        assert_eq!(refusal(answer), (Code::Internal, ErrorReason::Internal), "{call}");
    }
}

#[tokio::test]
async fn while_the_database_is_away_experience_is_unavailable_and_then_it_serves_again() {
    let mut server = Server::start().await;
    let database = server.database().await;
    let scene = Scene::new(Suite::with(Options { database: Some(database), ..Options::default() }).await).await;
    server.stop().await;
    for (call, answer) in scene.other_calls().await {
        assert_eq!(refusal(answer), (Code::Unavailable, ErrorReason::Unavailable), "{call}");
    }
    server.resume().await;
    eventually("it serves again", async || list(&scene.suite, None, &scene.ann.id).await.ok()).await;
    decide_link(&scene.suite, &scene.token, Decision::Approve).await.unwrap();
    delete(&scene.suite, &scene.ann, &scene.on_site).await.unwrap();
    assert_eq!(stand(&only(&scene.suite, &scene.ann).await), ("Choir", ValidationState::Verified));
}
