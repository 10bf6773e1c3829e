//! Reads that may be stale, where the database has a replica that is held up: its older words tell that it answered.

use std::time::{Duration, Instant};

use connectus_proto::account::v1::{
    BatchGetAccountsRequest, GetAccountRequest, GetProfileRequest, GetSettingsRequest, ListConnectionsRequest,
    SearchAccountsRequest, User, UserProfile, UserSettings, settings,
};
use connectus_testkit::{Behind, Person, Suite, eventually};
use tonic::{Request, Status};

use crate::{
    network::connect,
    support::{seen_by, update_account, update_settings, update_user, user},
};

/// How old what anybody is answered may be.
const USUAL: Duration = Duration::from_secs(5);

/// What a caller is, and says of how old an answer may be.
#[derive(Clone, Copy)]
struct Asking<'a> {
    person: Option<&'a Person>,
    cache_control: Option<&'static str>,
}

const NOBODY: Asking<'_> = Asking { person: None, cache_control: None };

impl Asking<'_> {
    fn asks<M>(self, message: M) -> Request<M> {
        let mut request = seen_by(self.person, message);
        if let Some(value) = self.cache_control {
            request.metadata_mut().insert("cache-control", value.parse().unwrap());
        }
        request
    }
}

/// Who can wait for what is new.
fn patient(person: &Person) -> Asking<'_> {
    Asking { cache_control: Some("max-stale=60"), ..by(person) }
}

fn by(person: &Person) -> Asking<'_> {
    Asking { person: Some(person), cache_control: None }
}

/// Gives a person a word that all answers about them have.
async fn rename(suite: &Suite, person: &Person, word: &str) {
    let new = User { first_name: word.to_owned(), ..User::default() };
    update_account(suite, person, user(new), &["user.first_name"]).await.unwrap();
    let new = UserProfile { quote: word.to_owned(), ..UserProfile::default() };
    update_user(suite, person, new, &["quote"]).await.unwrap();
}

/// What every rpc that may be stale answers about somebody who is connected with another.
async fn answers(suite: &Suite, who: Asking<'_>, person: &Person, other: &Person) -> [(&'static str, String); 5] {
    let (account_id, other) = (person.id.clone(), other.id.clone());
    let (mut account, mut connections) = (suite.account(), suite.connections());
    let batch = BatchGetAccountsRequest { account_ids: vec![account_id.clone()] };
    let search = SearchAccountsRequest { interests: vec!["swimming".to_owned()], ..SearchAccountsRequest::default() };
    let list = ListConnectionsRequest { account_id: other, ..ListConnectionsRequest::default() };
    let text = |answer: Result<String, Status>| answer.unwrap();
    [
        (
            "GetAccount",
            text(told(account.get_account(who.asks(GetAccountRequest { account_id: account_id.clone() })).await)),
        ),
        ("BatchGetAccounts", text(told(account.batch_get_accounts(who.asks(batch)).await))),
        ("GetProfile", text(told(account.get_profile(who.asks(GetProfileRequest { account_id })).await))),
        ("SearchAccounts", text(told(account.search_accounts(who.asks(search)).await))),
        ("ListConnections", text(told(connections.list_connections(who.asks(list)).await))),
    ]
}

fn told<M: std::fmt::Debug>(answer: Result<tonic::Response<M>, Status>) -> Result<String, Status> {
    Ok(format!("{:?}", answer?.into_inner()))
}

/// What somebody is told of a person's profile.
async fn quote(suite: &Suite, who: Asking<'_>, person: &Person) -> String {
    let request = who.asks(GetProfileRequest { account_id: person.id.clone() });
    told(suite.account().get_profile(request).await).expect("no call fails")
}

/// Ann, who likes to swim, and Ben, who is connected with her.
async fn ann_and_ben(suite: &Suite) -> (Person, Person) {
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let new = UserProfile { interests: vec!["swimming".to_owned()], ..UserProfile::default() };
    update_user(suite, &ann, new, &["interests"]).await.unwrap();
    connect(suite, &ann, &ben).await;
    rename(suite, &ann, "Before").await;
    (ann, ben)
}

#[tokio::test]
async fn who_may_be_told_what_is_old_is_told_by_the_replica_and_nobody_else() {
    let behind = Behind::start().await;
    let suite = &behind.suite;
    let (ann, ben) = ann_and_ben(suite).await;
    behind.hold().await;
    rename(suite, &ann, "After").await;
    let says = |cache_control| Asking { cache_control: Some(cache_control), ..by(&ann) };
    let fresh = Asking { cache_control: Some("no-cache"), ..NOBODY };
    let forged = Person { token: "no token".to_owned(), ..ann.clone() };
    for (who, expected) in [
        (by(&ann), "After"),
        (NOBODY, "Before"),
        (says("max-stale"), "Before"),
        (says("max-stale=60"), "Before"),
        (says("max-stale=0"), "After"),
        (fresh, "After"),
        (by(&forged), "After"),
        (by(&ann), "After"),
    ] {
        for (rpc, answer) in answers(suite, who, &ann, &ben).await {
            assert!(answer.contains(expected), "{rpc} {:?}: {answer}", who.cache_control);
        }
    }
}

#[tokio::test]
async fn what_is_a_persons_alone_is_never_old() {
    let behind = Behind::start().await;
    let suite = &behind.suite;
    let ann = suite.user("Ann").await;
    behind.hold().await;
    let new = UserSettings { email_notifications: true, ..UserSettings::default() };
    update_settings(suite, &ann, settings::Owner::User(new), &["email_notifications"]).await.unwrap();
    let asked = told(suite.account().get_settings(patient(&ann).asks(GetSettingsRequest {})).await).unwrap();
    assert!(asked.contains("email_notifications: true"), "{asked}");
}

#[tokio::test]
async fn nobody_is_told_what_is_older_than_they_allow() {
    let behind = Behind::start().await;
    let suite = &behind.suite;
    let (ann, _) = ann_and_ben(suite).await;
    behind.hold().await;
    rename(suite, &ann, "After").await;
    let changed = Instant::now();
    assert!(quote(suite, NOBODY, &ann).await.contains("Before"));
    eventually("the primary answers", async || {
        let asked = changed.elapsed();
        let answer = quote(suite, NOBODY, &ann).await;
        assert!(asked < USUAL || answer.contains("After"), "it is {asked:?} old");
        answer.contains("After").then_some(())
    })
    .await;
    assert!(quote(suite, patient(&ann), &ann).await.contains("Before"));
    behind.release().await;
    eventually("the replica catches up", async || {
        quote(suite, patient(&ann), &ann).await.contains("After").then_some(())
    })
    .await;
}

#[tokio::test]
async fn no_call_fails_when_a_replica_goes_and_it_is_asked_again_when_it_comes_back() {
    let mut behind = Behind::start().await;
    let (ann, _) = ann_and_ben(&behind.suite).await;
    behind.hold().await;
    rename(&behind.suite, &ann, "After").await;
    assert!(quote(&behind.suite, patient(&ann), &ann).await.contains("Before"));
    behind.replica.kill().await;
    let began = Instant::now();
    assert!(quote(&behind.suite, patient(&ann), &ann).await.contains("After"));
    assert!(began.elapsed() < Duration::from_secs(1), "it waits for nobody: {:?}", began.elapsed());
    behind.replica.resume().await;
    behind.until_known().await;
    behind.hold().await;
    rename(&behind.suite, &ann, "Later").await;
    assert!(quote(&behind.suite, patient(&ann), &ann).await.contains("After"), "it is asked again");
    behind.replica.freeze().await;
    let began = Instant::now();
    for _ in 0..20 {
        assert!(quote(&behind.suite, patient(&ann), &ann).await.contains("Later"));
    }
    assert!(began.elapsed() < Duration::from_secs(4), "it is waited for once: {:?}", began.elapsed());
    behind.replica.thaw();
    eventually("it is asked again", async || {
        quote(&behind.suite, patient(&ann), &ann).await.contains("After").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_replica_that_was_promoted_answers_nothing() {
    let behind = Behind::start().await;
    let suite = &behind.suite;
    let (ann, _) = ann_and_ben(suite).await;
    behind.hold().await;
    rename(suite, &ann, "After").await;
    assert!(quote(suite, patient(&ann), &ann).await.contains("Before"));
    behind.promote().await;
    rename(suite, &ann, "Later").await;
    assert!(quote(suite, patient(&ann), &ann).await.contains("Later"));
}
