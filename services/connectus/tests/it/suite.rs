//! A suite that runs as the real binary.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::LazyLock,
    time::{Duration, Instant},
};

use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A suite in role `all`, on its own database, which ends with it.
pub(crate) struct Suite {
    process: Child,
    pub(crate) url: String,
    client: Client,
    _data: TempDir,
}

/// The suite that tests share which do it no harm.
pub(crate) static SHARED: LazyLock<Suite> = LazyLock::new(Suite::start);

impl Suite {
    pub(crate) fn start() -> Self {
        let data = tempfile::Builder::new().prefix("connectus-test-").tempdir_in("/tmp").unwrap();
        // The database's user must get to its folder below.
        std::fs::set_permissions(data.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_connectus"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("CONNECTUS_LISTEN", "127.0.0.1:0")
            .env("CONNECTUS_GRPC_LISTEN", "127.0.0.1:0")
            .env("CONNECTUS_DATA_DIR", data.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let line =
            lines.map_while(Result::ok).find(|line| line.contains("grpc-web")).expect("it says where it listens");
        let url = line.split_whitespace().last().unwrap().to_owned();
        Self { process, url, client: Client::new(), _data: data }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method.parse().unwrap(), format!("{}{path}", self.url))
    }

    pub(crate) async fn post(&self, path: &str, token: Option<&str>, body: Value) -> (StatusCode, Value) {
        let request = self.request("POST", path).json(&body);
        answer(with_token(request, token).send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str, token: Option<&str>) -> (StatusCode, Value) {
        answer(with_token(self.request("GET", path), token).send().await.unwrap()).await
    }

    /// The newest link that was mailed to an address, whose text has a word.
    pub(crate) async fn mailed_link(&self, to: &str, word: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let request = self.request("GET", "/dev/mail").header("accept", "application/json");
            let mails: Vec<Value> = request.send().await.unwrap().json().await.unwrap();
            let mut links = mails.iter().filter(|mail| mail["to"] == to).map(|mail| mail["links"][0].as_str().unwrap());
            if let Some(link) = links.find(|link| link.contains(word)) {
                return link.to_owned();
            }
            assert!(Instant::now() < deadline, "no mail to {to} with a link to {word}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Registers an account, verifies its address, and logs in.
    pub(crate) async fn account(&self, email: &str, details: Value) -> String {
        let mut body = json!({"email": email, "password": PASSWORD});
        body.as_object_mut().unwrap().extend(details.as_object().unwrap().clone());
        assert_eq!(self.post("/v1/auth/register", None, body).await.0, StatusCode::OK);
        let link = self.mailed_link(email, "verify-email").await;
        assert_eq!(self.client.get(link).send().await.unwrap().status(), StatusCode::OK);
        let (_, answer) = self.post("/v1/auth/login", None, json!({"id": email, "password": PASSWORD})).await;
        answer["token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn user(&self, email: &str) -> String {
        self.account(email, json!({"type": "user", "first_name": "Ann", "birthday": "04/30/1990"})).await
    }

    pub(crate) async fn organization(&self, email: &str) -> String {
        self.account(email, json!({"type": "organization", "preferred_name": "Help", "is_nonprofit": true})).await
    }
}

impl Drop for Suite {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) const PASSWORD: &str = "a long enough one";

fn with_token(request: reqwest::RequestBuilder, token: Option<&str>) -> reqwest::RequestBuilder {
    match token {
        Some(token) => request.header("x-access-token", token),
        None => request,
    }
}

async fn answer(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    (status, response.json().await.unwrap_or_default())
}
