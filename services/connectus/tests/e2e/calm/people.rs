//! Who uses the suite meanwhile, at a steady pace, in every way that there is, and what they were answered.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use connectus_platform::peer::{self, Channel};
use connectus_proto::{
    account::v1::{GetAccountRequest, account_service_client::AccountServiceClient},
    social::v1::{
        CreatePostRequest, CreatePostResponse, ListPostsRequest, ListPostsResponse, Post, PostContent,
        post_service_client::PostServiceClient,
    },
};
use connectus_testkit::as_caller;
use prost::Message;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::{
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval},
};
use tonic::Request;

use super::{fleet::Fleet, gateways::Gateways};
use crate::contract::world::{Member, experience_body};

/// What is between two calls, where the machine is fast enough.
const PACE: Duration = Duration::from_millis(10);

/// How many calls are under way at most: a machine that is busy otherwise would be asked for more and more.
const MOST: usize = 16;
/// Of how many calls that write one is made again in the end.
const REPEATED: usize = 10;

/// What somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// REST: reads a list.
    ListExperiences,
    /// REST: reads one post, for which one service asks another.
    ReadPost,
    /// REST: writes an experience down, and has a mail sent about it.
    CreateExperience,
    /// REST: likes a post.
    Like,
    /// gRPC, straight to a service: reads.
    ReadAccount,
    /// gRPC, straight to a service: writes.
    Post,
    /// gRPC through a gateway: writes.
    PostThroughGateway,
    /// grpc-web: reads.
    ListPosts,
    /// grpc-web: writes.
    PostFromBrowser,
}

pub(crate) const DEEDS: [Deed; 9] = [
    Deed::ListExperiences,
    Deed::ReadPost,
    Deed::CreateExperience,
    Deed::Like,
    Deed::ReadAccount,
    Deed::Post,
    Deed::PostThroughGateway,
    Deed::ListPosts,
    Deed::PostFromBrowser,
];

impl Deed {
    /// Whether it changes anything.
    fn writes(self) -> bool {
        matches!(
            self,
            Self::CreateExperience | Self::Like | Self::Post | Self::PostThroughGateway | Self::PostFromBrowser
        )
    }

    /// Whether a gateway asks again where it breaks off.
    pub(crate) fn is_read_by_a_gateway(self) -> bool {
        matches!(self, Self::ListExperiences | Self::ReadPost | Self::ListPosts)
    }
}

/// A call that was made.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) deed: Deed,
    /// What it writes, and is known again by: a name, or the id of a post that is liked.
    pub(crate) what: String,
    pub(crate) began: Instant,
    pub(crate) ended: Instant,
    pub(crate) failure: Option<String>,
}

/// The people, and what they did.
#[derive(Clone)]
pub(crate) struct People {
    ann: Arc<Member>,
    ben: Arc<Member>,
    deeds: &'static [Deed],
    gateways: Gateways,
    accounts: AccountServiceClient<Channel>,
    posts: PostServiceClient<Channel>,
    posts_through_gateway: PostServiceClient<Channel>,
    /// A post that is read.
    read: Arc<str>,
    /// Posts that nobody likes yet.
    unliked: Arc<Mutex<Vec<String>>>,
    calls: Arc<Mutex<Vec<Call>>>,
    count: Arc<AtomicUsize>,
    has_ended: Arc<AtomicBool>,
}

impl People {
    pub(crate) async fn new(fleet: &Fleet, gateways: Gateways, ann: Member, ben: Member) -> Self {
        let channel = |role: &str| peer::remote(&fleet.urls(role)).unwrap();
        let people = Self {
            ann: Arc::new(ann),
            ben: Arc::new(ben),
            deeds: &DEEDS,
            gateways,
            accounts: AccountServiceClient::new(channel("account")),
            posts: PostServiceClient::new(channel("social")),
            posts_through_gateway: PostServiceClient::new(channel("gateway")),
            read: "".into(),
            unliked: Arc::default(),
            calls: Arc::default(),
            count: Arc::default(),
            has_ended: Arc::default(),
        };
        people.attempt(Deed::Post, "to read").await.unwrap();
        let read = people.unliked.lock().unwrap().pop().unwrap().into();
        Self { read, ..people }
    }

    /// The same people, who do no more than this.
    pub(crate) fn doing(self, deeds: &'static [Deed]) -> Self {
        Self { deeds, ..self }
    }

    /// Does one thing after the other, without waiting for an answer, until the end; then waits for all of them.
    pub(crate) async fn run(&self, seed: u64) {
        let (mut random, mut pace, mut calls) = (StdRng::seed_from_u64(seed), interval(PACE), JoinSet::new());
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !self.has_ended.load(Ordering::Relaxed) {
            pace.tick().await;
            let (people, deed) = (self.clone(), self.deeds[random.random_range(..self.deeds.len())]);
            calls.spawn(async move { people.call(deed).await });
            while calls.try_join_next().is_some() {}
            if calls.len() >= MOST {
                calls.join_next().await;
            }
        }
        calls.join_all().await;
    }

    pub(crate) fn end(&self) {
        self.has_ended.store(true, Ordering::Relaxed);
    }

    /// How many calls were answered.
    pub(crate) fn answered(&self) -> usize {
        self.calls.lock().unwrap().len()
    }

    /// Every call that was made.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// Does some of what was written once more, with what makes it the same, as somebody does whom no answer has reached.
    pub(crate) async fn repeat(&self, calls: &[Call]) {
        for call in calls.iter().filter(|call| call.deed.writes()).step_by(REPEATED) {
            self.attempt(call.deed, &call.what).await.unwrap_or_else(|failure| panic!("{call:?}: {failure}"));
        }
    }

    async fn call(&self, deed: Deed) {
        let liked = || self.unliked.lock().unwrap().pop();
        let what = match deed {
            Deed::Like => match liked() {
                Some(post) => post,
                None => return,
            },
            _ => format!("{deed:?} {}", self.count.fetch_add(1, Ordering::Relaxed)).to_lowercase(),
        };
        self.note(deed, what).await;
    }

    /// Does something, and notes what came of it.
    pub(crate) async fn note(&self, deed: Deed, what: String) {
        let began = Instant::now();
        let failure = self.attempt(deed, &what).await.err();
        let call = Call { deed, what, began, ended: Instant::now(), failure };
        self.calls.lock().unwrap().push(call);
    }

    /// Does something, once, or once more with what makes it the same.
    pub(crate) async fn attempt(&self, deed: Deed, what: &str) -> Result<(), String> {
        match deed {
            Deed::ListExperiences => drop(self.rest(Method::GET, "/v1/experiences", what, None).await?),
            Deed::ReadPost => drop(self.rest(Method::GET, &format!("/v1/posts/{}", self.read), what, None).await?),
            Deed::CreateExperience => {
                let body = experience_body(&json!({"organization": address(what), "email_verify": true}));
                self.rest(Method::POST, "/v1/experiences", what, Some(&body)).await?;
            }
            Deed::Like => drop(self.rest(Method::POST, &format!("/v1/posts/{what}/like"), what, None).await?),
            Deed::ReadAccount => {
                let request = GetAccountRequest { account_id: self.ann.id.clone() };
                self.accounts.clone().get_account(request).await.map_err(|status| format!("{status:?}"))?;
            }
            Deed::Post => self.post(self.posts.clone(), what).await?,
            Deed::PostThroughGateway => self.post(self.posts_through_gateway.clone(), what).await?,
            Deed::ListPosts => {
                let request = ListPostsRequest { account_id: self.ann.id.clone(), page_size: 2, ..Default::default() };
                self.in_browser::<ListPostsResponse>("ListPosts", what, &request).await?;
            }
            Deed::PostFromBrowser => {
                let made: CreatePostResponse = self.in_browser("CreatePost", what, &post(what)).await?;
                self.made(made.post);
            }
        }
        Ok(())
    }

    /// Ben does what is done over REST.
    async fn rest(&self, method: Method, path: &str, key: &str, body: Option<&Value>) -> Result<String, String> {
        let answer = self.gateways.send(method.clone(), path, |request| {
            let mut request = request.header("x-access-token", &self.ben.token);
            // What reads may be repeated anyway.
            if method == Method::POST {
                request = request.header("idempotency-key", key_of(key));
            }
            if let Some(body) = body { request.json(body) } else { request }
        });
        let answer: Response = answer.await?;
        let status = answer.status();
        let text = answer.text().await.map_err(|error| format!("{error:?}"))?;
        if status.is_success() { Ok(text) } else { Err(format!("{path}: {status} {text}")) }
    }

    async fn post(&self, mut posts: PostServiceClient<Channel>, text: &str) -> Result<(), String> {
        let mut request: Request<_> = as_caller(&self.ann.token, post(text));
        request.metadata_mut().insert("idempotency-key", key_of(text).parse().unwrap());
        let made = posts.create_post(request).await.map_err(|status| format!("{status:?}"))?;
        self.made(made.into_inner().post);
        Ok(())
    }

    fn made(&self, post: Option<Post>) {
        self.unliked.lock().unwrap().push(post.expect("it was made").id);
    }

    async fn in_browser<A: Message + Default>(
        &self,
        rpc: &str,
        key: &str,
        message: &impl Message,
    ) -> Result<A, String> {
        let message = message.encode_to_vec();
        let frame = [&[0], &u32::try_from(message.len()).unwrap().to_be_bytes()[..], &message].concat();
        let path = format!("/connectus.social.v1.PostService/{rpc}");
        let answer = self.gateways.send(Method::POST, &path, |request| {
            let request = request.header("content-type", "application/grpc-web+proto").body(frame.clone());
            let request = request.bearer_auth(&self.ann.token);
            if rpc.starts_with("List") { request } else { request.header("idempotency-key", key_of(key)) }
        });
        let answer = answer.await?;
        let headers = format!("{:?}", answer.headers());
        let bytes = answer.bytes().await.map_err(|error| format!("{error:?}"))?;
        let Some((&[0, a, b, c, d], rest)) = bytes.split_first_chunk::<5>() else {
            return Err(format!("{path}: {headers}"));
        };
        let message = rest.get(..u32::from_be_bytes([a, b, c, d]) as usize).ok_or("it broke off")?;
        let trailers = String::from_utf8_lossy(&rest[message.len()..]);
        if !trailers.contains("grpc-status:0") {
            return Err(format!("{path}: {trailers}"));
        }
        A::decode(message).map_err(|error| error.to_string())
    }
}

/// Where the mail about an experience goes.
pub(crate) fn address(what: &str) -> String {
    format!("{}@mail.test", key_of(what))
}

fn key_of(what: &str) -> String {
    what.replace(' ', "-")
}

fn post(text: &str) -> CreatePostRequest {
    CreatePostRequest { content: Some(PostContent { text: text.to_owned(), ..PostContent::default() }) }
}
