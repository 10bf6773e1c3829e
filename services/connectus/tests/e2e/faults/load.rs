//! People who use a suite all the time, whatever becomes of it.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use connectus_testkit::{Answer, Api, MailServer, eventually};
use futures::future::join_all;
use reqwest::Method;
use serde_json::json;
use tokio::time::Instant;

use crate::contract::world::{Member, PASSWORD, experience_body, member, user_body};

/// What the suite may take to recover.
const SECOND: Duration = Duration::from_secs(1);
/// What any answer may take: the gateway's deadline, which is set to three seconds, and one for the way.
const DEADLINE: Duration = Duration::from_secs(4);

/// How many do each deed at once.
const PEOPLE: usize = 2;
/// What each of them waits for in between, so that not only the processor is tested.
const PAUSE: Duration = Duration::from_millis(25);

/// What somebody does.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Register,
    LogIn,
    ReadAccount,
    CreateExperience,
    ListExperiences,
}

const DEEDS: [Deed; 5] =
    [Deed::Register, Deed::LogIn, Deed::ReadAccount, Deed::CreateExperience, Deed::ListExperiences];

impl Deed {
    /// The number of the route's internal error.
    fn internal_error(self) -> u64 {
        match self {
            Self::Register => 3203,
            Self::LogIn => 3100,
            Self::ReadAccount | Self::CreateExperience | Self::ListExperiences => 4001,
        }
    }
}

/// The people, and what they were answered.
pub(super) struct Load {
    api: Api,
    ann: Member,
    /// Numbers what must have a name of its own.
    counter: AtomicUsize,
    has_ended: AtomicBool,
    /// How often each deed was refused.
    refusals: [AtomicUsize; DEEDS.len()],
    registered: Mutex<BTreeSet<String>>,
    created: Mutex<BTreeSet<String>>,
}

impl Load {
    pub(super) async fn new(api: &Api, mail: &MailServer) -> Self {
        Self {
            api: api.clone(),
            ann: member(api, mail, "Ann").await,
            counter: AtomicUsize::default(),
            has_ended: AtomicBool::default(),
            refusals: Default::default(),
            registered: Mutex::default(),
            created: Mutex::default(),
        }
    }

    /// Does everything over and over, all at once, until the end.
    pub(super) async fn run(&self) {
        let people = [DEEDS; PEOPLE].into_iter().flatten();
        join_all(people.map(async |deed| {
            while !self.has_ended.load(Ordering::Relaxed) {
                if !self.is_served(deed).await {
                    self.refusals[deed as usize].fetch_add(1, Ordering::Relaxed);
                }
                tokio::time::sleep(PAUSE).await;
            }
        }))
        .await;
    }

    pub(super) fn end(&self) {
        self.has_ended.store(true, Ordering::Relaxed);
    }

    /// Waits until each deed was refused from now on.
    pub(super) async fn until_refused(&self) {
        let counts = || self.refusals.each_ref().map(|refused| refused.load(Ordering::Relaxed));
        let before = counts();
        eventually("everything is refused", async || {
            before.iter().zip(counts()).all(|(before, now)| *before < now).then_some(())
        })
        .await;
    }

    /// Waits until each deed goes well. Whoever asks a second from now or later must be served.
    pub(super) async fn until_served(&self) {
        let began = Instant::now();
        join_all(DEEDS.map(async |deed| {
            loop {
                let asked = began.elapsed();
                if self.is_served(deed).await {
                    assert!(asked < SECOND, "{deed:?} was served first when asked for after {asked:?}");
                    break;
                }
            }
        }))
        .await;
    }

    /// The addresses that were registered.
    pub(super) fn registered(&self) -> BTreeSet<String> {
        self.registered.lock().unwrap().clone()
    }

    /// The addresses that were asked to confirm an experience.
    pub(super) fn created(&self) -> BTreeSet<String> {
        self.created.lock().unwrap().clone()
    }

    /// Does something once. It must go well, or be refused in time with the internal error of its route.
    async fn is_served(&self, deed: Deed) -> bool {
        let email = format!("somebody{}@example.org", self.counter.fetch_add(1, Ordering::Relaxed));
        let began = Instant::now();
        let answer = self.attempt(deed, &email).await;
        assert!(began.elapsed() < DEADLINE, "{deed:?} took {:?}: {answer:?}", began.elapsed());
        match (deed, answer.status) {
            (Deed::Register, 200) => drop(self.registered.lock().unwrap().insert(email)),
            (Deed::CreateExperience, 200) => drop(self.created.lock().unwrap().insert(email)),
            // Somebody unknown is told so.
            (_, 200) | (Deed::LogIn, 400) => {}
            _ => {
                let (status, code, _) = answer.error();
                assert!(matches!(status, 503 | 504) && code == deed.internal_error(), "{deed:?}: {answer:?}");
                assert!(answer.header("retry-after").is_some(), "{deed:?}: {answer:?}");
                return false;
            }
        }
        true
    }

    async fn attempt(&self, deed: Deed, email: &str) -> Answer {
        let token = Some(self.ann.token.as_str());
        match deed {
            Deed::Register => self.api.post("/v1/auth/register", None, &user_body(email)).await,
            Deed::LogIn => self.api.post("/v1/auth/login", None, &json!({"id": email, "password": PASSWORD})).await,
            Deed::ReadAccount => self.api.get("/v1/account", token).await,
            Deed::CreateExperience => {
                let body = experience_body(&json!({"organization": email, "email_verify": true}));
                self.api.call(Method::POST, "/v1/experiences", token, Some(&body)).await
            }
            Deed::ListExperiences => self.api.get("/v1/experiences", token).await,
        }
    }
}
