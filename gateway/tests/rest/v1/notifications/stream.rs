//! `GET /v1/notifications/stream`: server-sent events, and the same over grpc-web.

use connectus_proto::social::v1::StreamNotificationsResponse;
use connectus_testkit::{Answer, Options, PATIENCE, Person, Suite, eventually};
use prost::Message;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;

use super::{list, tell};

const PATH: &str = "/v1/notifications/stream";

fn ask(suite: &Suite, who: &Person, query: &str) -> RequestBuilder {
    suite.api.request(Method::GET, &format!("{PATH}{query}")).header("x-access-token", &who.token)
}

/// A stream of events, as far as it was read.
struct Events {
    response: Response,
    text: String,
}

impl Events {
    /// Listens, and waits until the stream has begun.
    async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        let mut events = Self { response, text: String::new() };
        let first = events.block().await.expect("a beginning");
        assert!(
            first.lines().all(|line| [":", "id:", "retry:"].iter().any(|start| line.starts_with(start))),
            "{first}"
        );
        events
    }

    fn header(&self, name: &str) -> &str {
        self.response.headers()[name].to_str().unwrap()
    }

    /// The next event or comment; none at the end.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(block);
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await.expect("in time");
            self.text.push_str(std::str::from_utf8(&chunk.expect("it ends in order")?).unwrap());
        }
    }

    /// The next event's id and data.
    async fn next(&mut self) -> (String, Value) {
        loop {
            let block = self.block().await.expect("the stream goes on");
            let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            if let Some(data) = field("data") {
                assert_eq!(field("event"), Some("notification"), "{block}");
                return (field("id").expect("an id").to_owned(), serde_json::from_str(data).unwrap());
            }
        }
    }

    async fn until_the_end(mut self) {
        while self.block().await.is_some() {}
    }
}

#[tokio::test]
async fn events_are_what_the_list_has_as_they_come() {
    // Nothing cuts it at the deadline of other requests.
    let suite = Suite::with(Options { gateway: vec!["--request-timeout=1"], ..Options::default() }).await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    tell(&suite, &ann, &ben, "before").await;
    let mut events = Events::of(ask(&suite, &ann, "").header("accept-encoding", "gzip")).await;
    assert!(events.header("content-type").starts_with("text/event-stream"));
    assert_eq!(events.header("cache-control"), "no-store");
    assert!(!events.response.headers().contains_key("content-encoding"), "it would be held back");
    let began = std::time::Instant::now();
    let mut told = 0;
    while began.elapsed().as_secs_f32() < 2.5 {
        told += 1;
        tell(&suite, &ann, &ben, &format!("line {told}\nand its end")).await;
        let (id, data) = events.next().await;
        assert_eq!((&data, id.as_str()), (&list(&suite, &ann).await[0], data["id"].as_str().unwrap()));
    }
}

#[tokio::test]
async fn who_comes_back_gets_what_came_meanwhile() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let mut events = Events::of(ask(&suite, &ann, "")).await;
    tell(&suite, &ann, &ben, "heard").await;
    let (last, _) = events.next().await;
    drop(events);
    for content in ["one", "two"] {
        tell(&suite, &ann, &ben, content).await;
    }
    let by_header = ask(&suite, &ann, "?last_event_id=ignored").header("last-event-id", &last);
    let by_query = ask(&suite, &ann, &format!("?last_event_id={last}"));
    for request in [by_header, by_query] {
        let mut events = Events::of(request).await;
        assert_eq!(events.next().await.1["content"], "one");
        assert_eq!(events.next().await.1["content"], "two");
    }
}

#[tokio::test]
async fn what_is_refused_is_refused_before_it_begins() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    assert_eq!(suite.api.get(PATH, None).await.error().1, 3000);
    assert_eq!(suite.api.get(PATH, Some("x")).await.error().1, 3001);
    for request in [ask(&suite, &ann, "?last_event_id=x"), ask(&suite, &ann, "").header("last-event-id", "x")] {
        let answer = Answer::of(request).await;
        assert_eq!((answer.error().1, answer.header("x-error-field")), (4050, Some("last_event_id")));
    }
    let mut open = Vec::new();
    for _ in 0..20 {
        open.push(Events::of(ask(&suite, &ann, "")).await);
    }
    assert_eq!(suite.api.get(PATH, Some(&ann.token)).await.error(), (429, 4002, "Too many streams.".to_owned()));
}

#[tokio::test]
async fn streams_of_all_accounts_have_a_bound_of_their_own() {
    let suite = Suite::with(Options { gateway: vec!["--max-streams=2"], ..Options::default() }).await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let events = Events::of(ask(&suite, &ann, "")).await;
    let (mut answer, mut read) = (over_grpc_web(&suite, &ben).await, Vec::new());
    next_frame(&mut answer, &mut read).await;
    let refused = Answer::of(ask(&suite, &ben, "")).await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")));
    // An answer without a message has its status in the headers.
    assert_eq!(over_grpc_web(&suite, &ann).await.headers()["grpc-status"], "8");
    tell(&suite, &ann, &ben, "All else goes on").await;
    assert_eq!(list(&suite, &ann).await.len(), 1);
    let mut open = Vec::new();
    for ended in [events.response, answer] {
        drop(ended);
        let begun = async || {
            let response = ask(&suite, &ben, "").send().await.unwrap();
            (response.status() == 200).then_some(response)
        };
        open.push(eventually("a place is free", begun).await);
    }
    assert_eq!(Answer::of(ask(&suite, &ben, "")).await.status, 503);
}

#[tokio::test]
async fn it_ends_with_the_session_and_with_the_gateway() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let (of_ann, of_ben) = (Events::of(ask(&suite, &ann, "")).await, Events::of(ask(&suite, &ben, "")).await);
    suite.api.call(Method::POST, "/v1/auth/logout", Some(&ann.token), None).await.ok();
    of_ann.until_the_end().await;
    assert_eq!(suite.api.get(PATH, Some(&ann.token)).await.error().1, 3001, "who comes back is told why");
    drop(suite);
    of_ben.until_the_end().await;
}

#[tokio::test]
async fn a_browser_hears_the_same_over_grpc_web() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let mut response = over_grpc_web(&suite, &ann).await;
    let mut read = Vec::new();
    let beginning = next_frame(&mut response, &mut read).await;
    assert_eq!(StreamNotificationsResponse::decode(&*beginning).unwrap().notification, None);
    for content in ["one", "two"] {
        tell(&suite, &ann, &ben, content).await;
        let message = next_frame(&mut response, &mut read).await;
        let message = StreamNotificationsResponse::decode(&*message).unwrap();
        assert_eq!(message.notification.expect("a notification").content, content);
    }
}

async fn over_grpc_web(suite: &Suite, who: &Person) -> Response {
    let path = "/connectus.social.v1.NotificationService/StreamNotifications";
    // The frame of an empty message.
    let request = suite.api.request(Method::POST, path).bearer_auth(&who.token).body(vec![0; 5]);
    request.header("content-type", "application/grpc-web+proto").send().await.unwrap()
}

/// The message in the next frame of an answer, of which some was read already.
async fn next_frame(response: &mut Response, read: &mut Vec<u8>) -> Vec<u8> {
    loop {
        if let Some(([flag, length @ ..], rest)) = read.split_first_chunk::<5>() {
            let length = usize::try_from(u32::from_be_bytes(*length)).unwrap();
            assert_eq!(*flag, 0, "a message, and no trailers");
            if let Some((message, rest)) = rest.split_at_checked(length) {
                let message = message.to_vec();
                *read = rest.to_vec();
                return message;
            }
        }
        let chunk = tokio::time::timeout(PATIENCE, response.chunk()).await.expect("in time").unwrap();
        read.extend_from_slice(&chunk.expect("the stream goes on"));
    }
}
