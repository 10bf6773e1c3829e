//! The REST API as a client sees it.

use reqwest::{Client, Method, RequestBuilder, header::HeaderMap};
use serde_json::Value;

use crate::PATIENCE;

/// A client of a gateway.
#[derive(Clone)]
pub struct Api {
    url: String,
    client: Client,
}

impl Api {
    /// A client of the gateway at a URL.
    pub fn new(url: impl Into<String>) -> Self {
        let client = Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
        Self { url: url.into(), client: client.build().unwrap() }
    }

    /// The gateway's URL, without a slash at its end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Starts a request for a path.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// Sends a request, with a caller's token and a JSON body where given.
    pub async fn call(&self, method: Method, path: &str, token: Option<&str>, body: Option<&Value>) -> Answer {
        let mut request = self.request(method, path);
        if let Some(token) = token {
            request = request.header("x-access-token", token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::of(request).await
    }

    /// Gets a path.
    pub async fn get(&self, path: &str, token: Option<&str>) -> Answer {
        self.call(Method::GET, path, token, None).await
    }

    /// Posts JSON to a path.
    pub async fn post(&self, path: &str, token: Option<&str>, body: &Value) -> Answer {
        self.call(Method::POST, path, token, Some(body)).await
    }
}

/// What the gateway answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
}

impl Answer {
    /// Sends a request, and reads its whole answer.
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, text: response.text().await.unwrap() }
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The HTTP status, the code and the message of an error, whose body must be the published envelope and no more.
    pub fn error(&self) -> (u16, u64, String) {
        let json = self.json();
        let (code, message) = (json["error"]["code"].as_u64(), json["error"]["message"].as_str());
        let (Some(code), Some(message)) = (code, message) else { panic!("not an error: {self:?}") };
        assert_eq!(
            json,
            serde_json::json!({"error": {"code": code, "message": message}}),
            "the envelope has no other field"
        );
        (self.status, code, message.to_owned())
    }

    /// The body, of an answer that must be good.
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        self.json()
    }
}
