//! grpc-web, byte by byte, as a browser's client reads it.

use base64::{Engine, prelude::BASE64_STANDARD};
use connectus_platform::status;
use connectus_proto::{
    account::v1::{GetAccountRequest, GetAccountResponse, GetSettingsRequest, UpdateSettingsRequest},
    common::v1::ErrorReason,
};
use connectus_testkit::Suite;
use prost::Message;
use reqwest::{Method, header::HeaderMap};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
};
use tonic::{Code, Status};

const GET_ACCOUNT: &str = "/connectus.account.v1.AccountService/GetAccount";
const TYPES: [&str; 4] = [
    "application/grpc-web",
    "application/grpc-web+proto",
    "application/grpc-web-text",
    "application/grpc-web-text+proto",
];

/// What a client has read of an answer.
struct Read {
    headers: HeaderMap,
    messages: Vec<Vec<u8>>,
    trailers: HeaderMap,
}

impl Read {
    /// The status: in the trailers, or in the headers where there is nothing else.
    fn status(&self) -> Status {
        assert!(
            self.trailers.is_empty() || !self.headers.contains_key("grpc-status"),
            "in one place, not in both: {:?} {:?}",
            self.headers,
            self.trailers
        );
        let metadata = if self.trailers.is_empty() { &self.headers } else { &self.trailers };
        Status::from_header_map(metadata).expect("a status")
    }
}

/// Makes a call, and reads the frames of its answer.
async fn call(suite: &Suite, path: &str, content_type: &str, token: Option<&str>, message: &impl Message) -> Read {
    let is_text = content_type.contains("text");
    let message = message.encode_to_vec();
    let frame = [&[0], &u32::try_from(message.len()).unwrap().to_be_bytes()[..], &message].concat();
    let body = if is_text { BASE64_STANDARD.encode(frame).into_bytes() } else { frame };
    let mut request = suite.api.request(Method::POST, path).header("content-type", content_type);
    request = request.header("accept", content_type).header("x-grpc-web", "1").body(body);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let headers = response.headers().clone();
    let got = headers["content-type"].to_str().unwrap();
    assert!(got.starts_with("application/grpc-web") && got.contains("text") == is_text, "{content_type} got {got}");
    let bytes = response.bytes().await.unwrap();
    let (messages, trailers) = frames(&if is_text { from_base64(&bytes) } else { bytes.to_vec() });
    Read { headers, messages, trailers }
}

/// Base64 that may be padded at the end of each piece.
fn from_base64(text: &[u8]) -> Vec<u8> {
    assert_eq!(text.len() % 4, 0);
    text.chunks(4).flat_map(|four| BASE64_STANDARD.decode(four).unwrap()).collect()
}

/// The messages and the trailers of a body.
fn frames(mut bytes: &[u8]) -> (Vec<Vec<u8>>, HeaderMap) {
    let (mut messages, mut trailers) = (Vec::new(), HeaderMap::new());
    while let Some((head, rest)) = bytes.split_first_chunk::<5>() {
        assert!(trailers.is_empty(), "trailers come last");
        let length = u32::from_be_bytes(head[1..].try_into().unwrap()) as usize;
        let (payload, rest) = rest.split_at(length);
        match head[0] {
            0 => messages.push(payload.to_vec()),
            0x80 => {
                for line in str::from_utf8(payload).unwrap().split_terminator("\r\n") {
                    let (name, value) = line.split_once(':').unwrap();
                    trailers
                        .append(reqwest::header::HeaderName::try_from(name).unwrap(), value.trim().parse().unwrap());
                }
            }
            flag => panic!("a frame of an unknown kind: {flag}"),
        }
        bytes = rest;
    }
    assert!(bytes.is_empty(), "half a frame");
    (messages, trailers)
}

#[tokio::test]
async fn a_call_is_answered_with_a_message_and_trailers_in_every_form() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for content_type in TYPES {
        let request = GetAccountRequest { account_id: "me".to_owned() };
        let read = call(&suite, GET_ACCOUNT, content_type, Some(&ann.token), &request).await;
        assert_eq!((read.status().code(), read.trailers.is_empty()), (Code::Ok, false));
        assert_eq!(read.messages.len(), 1);
        let account = GetAccountResponse::decode(&*read.messages[0]).unwrap().account.unwrap();
        assert_eq!((account.id, account.email), (ann.id.clone(), ann.email.clone()));
    }
}

#[tokio::test]
async fn an_error_has_its_details_in_every_form() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for content_type in TYPES {
        let missing =
            call(&suite, GET_ACCOUNT, content_type, None, &GetAccountRequest { account_id: "x".to_owned() }).await;
        assert_eq!(status::reason(&missing.status()), Some(ErrorReason::AccountNotFound));
        assert_eq!((missing.status().code(), missing.messages.len()), (Code::NotFound, 0));
        let path = "/connectus.account.v1.AccountService/UpdateSettings";
        let bad = call(&suite, path, content_type, Some(&ann.token), &UpdateSettingsRequest::default()).await;
        assert_eq!(status::field_errors(&bad.status())[0].field, "settings");
        let path = "/connectus.account.v1.AccountService/GetSettings";
        let anonymous = call(&suite, path, content_type, None, &GetSettingsRequest {}).await;
        assert_eq!(status::reason(&anonymous.status()), Some(ErrorReason::TokenMissing));
    }
}

#[tokio::test]
async fn what_the_gateway_itself_refuses_can_be_read_too() {
    let suite = Suite::start().await;
    for content_type in TYPES {
        for path in [
            "/connectus.auth.v1.AuthInternalService/PollAccess",
            "/connectus.auth.v1.AuthService/Nothing",
            "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
            "/nothing",
        ] {
            let read = call(&suite, path, content_type, None, &GetSettingsRequest {}).await;
            assert_eq!(read.status().code(), Code::Unimplemented, "{path}");
        }
    }
}

#[tokio::test]
async fn bytes_that_are_no_message_are_an_error_of_the_call() {
    let suite = Suite::start().await;
    for (content_type, body) in [
        ("application/grpc-web", &b""[..]),
        ("application/grpc-web", b"\0\0\0\0"),
        ("application/grpc-web", b"\0\0\0\0\x05ab"),
        ("application/grpc-web", b"\0\0\0\0\x02\xff\xff"),
        ("application/grpc-web", b"\x01\0\0\0\x02ab"),
        ("application/grpc-web", b"\0\xff\xff\xff\xffab"),
        ("application/grpc-web-text", b"!!!!"),
        ("application/grpc-web-text", b"AAAAAA"),
    ] {
        let request = suite.api.request(Method::POST, GET_ACCOUNT).header("content-type", content_type);
        let response = request.body(body).send().await.unwrap();
        assert_eq!(response.status(), 200);
        let headers = response.headers().clone();
        let bytes = response.bytes().await.unwrap();
        let (messages, trailers) = frames(&bytes);
        let read = Read { headers, messages, trailers };
        assert!(read.status().code() != Code::Ok && read.messages.is_empty(), "{body:?}: {:?}", read.status());
    }
}

#[tokio::test]
async fn a_browser_that_reads_only_when_it_has_sent_all_can_read_why_its_message_is_too_large() {
    let suite = Suite::start().await;
    let address = suite.api.url().strip_prefix("http://").unwrap().parse().unwrap();
    for (path, code) in [("AuthService/Login", Code::OutOfRange), ("NoService/Login", Code::Unimplemented)] {
        let message = vec![b'x'; 3 * 1024 * 1024];
        let head = format!(
            "POST /connectus.auth.v1.{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
             Content-Type: application/grpc-web+proto\r\nContent-Length: {}\r\n\r\n",
            message.len() + 5
        );
        let prefix = [&[0], &u32::try_from(message.len()).unwrap().to_be_bytes()[..]].concat();
        let connection = TcpSocket::new_v4().unwrap();
        // So that nothing but the server takes it.
        connection.set_send_buffer_size(16 * 1024).unwrap();
        let mut connection = connection.connect(address).await.unwrap();
        connection.write_all(&[head.as_bytes(), &prefix, &message].concat()).await.unwrap();
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.contains(&format!("grpc-status: {}\r\n", code as i32)), "{path}: {answer}");
    }
}
