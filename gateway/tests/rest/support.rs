//! How the requests of the tests are written.

use connectus_testkit::{Answer, Api, Suite};
use reqwest::{
    Method, RequestBuilder,
    header::CONTENT_TYPE,
    multipart::{Form, Part},
};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// The encodings of a body that the contract knows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Encoding {
    Json,
    Urlencoded,
    Multipart,
}

pub(crate) const ENCODINGS: [Encoding; 3] = [Encoding::Json, Encoding::Urlencoded, Encoding::Multipart];

impl Encoding {
    /// Puts a JSON object into a request, as this encoding writes it.
    pub(crate) fn write(self, request: RequestBuilder, body: &Value) -> RequestBuilder {
        match self {
            Self::Json => request.json(body),
            Self::Urlencoded => request.form(&pairs(body)),
            Self::Multipart => {
                let parts = pairs(body).into_iter().map(|(name, value)| (name, Part::text(value)));
                request.multipart(parts.fold(Form::new(), |form, (name, part)| form.part(name, part)))
            }
        }
    }
}

/// The fields of an object as forms write them: nested ones with dots, those of a list by the same name, and where its elements
/// have fields by their numbers.
fn pairs(body: &Value) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (name, value) in body.as_object().unwrap() {
        add_pairs(name, value, &mut pairs);
    }
    pairs
}

fn add_pairs(name: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(inner, value)| add_pairs(&format!("{name}.{inner}"), value, pairs));
        }
        Value::Array(values) if values.iter().all(Value::is_object) => {
            let numbered = values.iter().enumerate();
            numbered.for_each(|(number, value)| add_pairs(&format!("{name}.{number}"), value, pairs));
        }
        Value::Array(values) => values.iter().for_each(|value| add_pairs(name, value, pairs)),
        Value::String(text) => pairs.push((name.to_owned(), text.clone())),
        // A form cannot say it.
        Value::Null => {}
        value => pairs.push((name.to_owned(), value.to_string())),
    }
}

/// A request that is sent again and again, with small changes.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) token: Option<String>,
}

impl Target {
    pub(crate) fn new(method: Method, path: impl Into<String>, token: Option<&str>) -> Self {
        Self { method, path: path.into(), token: token.map(str::to_owned) }
    }

    pub(crate) fn post(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path, None)
    }

    pub(crate) fn request(&self, api: &Api) -> RequestBuilder {
        let request = api.request(self.method.clone(), &self.path);
        match &self.token {
            Some(token) => request.header("x-access-token", token),
            None => request,
        }
    }

    /// Sends a body in an encoding.
    pub(crate) async fn send(&self, api: &Api, encoding: Encoding, body: &Value) -> Answer {
        Answer::of(encoding.write(self.request(api), body)).await
    }

    /// Sends bytes as they are.
    pub(crate) async fn send_bytes(&self, api: &Api, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        Answer::of(self.request(api).header(CONTENT_TYPE, content_type).body(body.into())).await
    }

    /// Sends bodies that are each refused as a bad query of a field.
    pub(crate) async fn refuses(&self, api: &Api, cases: &[(Value, &str)]) {
        for (body, field) in cases {
            let answer = self.send(api, Encoding::Json, body).await;
            assert_eq!((answer.status, answer.error().1), (400, 4050), "{body}: {answer:?}");
            assert_eq!(answer.header("x-error-field"), Some(*field), "{body}");
        }
    }
}

/// A copy of an object with other values of some fields.
pub(crate) fn with(body: &Value, changes: &Value) -> Value {
    let mut body = body.clone();
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    body
}

/// A copy of an object without a field.
pub(crate) fn without(body: &Value, field: &str) -> Value {
    let mut body = body.clone();
    body.as_object_mut().unwrap().remove(field).expect("the field was there");
    body
}

/// Sends bytes to the gateway as they are, and reads all that it answers. The request must ask to close the connection.
pub(crate) async fn raw(suite: &Suite, request: &[u8]) -> String {
    let address = suite.api.url().strip_prefix("http://").unwrap();
    let (mut reader, mut writer) = TcpStream::connect(address).await.unwrap().into_split();
    let mut answer = Vec::new();
    // A server that has seen enough need not read it all.
    let (_, read) = futures::join!(writer.write_all(request), reader.read_to_end(&mut answer));
    read.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// Fails unless an answer is a page with a sentence in it.
pub(crate) fn assert_page(answer: &Answer, status: u16, sentence: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert!(answer.header("content-type").unwrap().starts_with("text/html"), "{answer:?}");
    assert!(answer.text.contains(sentence), "{sentence}: {}", answer.text);
}
