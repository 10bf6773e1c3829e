//! People who are logged in, and a program that tells a community of things.

use futures::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use crate::{Outcome, database::Database, load::PASSWORD, suite::Suite};

/// How many people are logged in. Each may ask organizations for a hundred confirmations at once.
const PERSONS: usize = 300;
const ORGANIZATIONS: usize = 50;

/// Somebody who is logged in.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) id: String,
    pub(crate) token: String,
}

/// All of them. Their tokens are good on every suite with the same database.
#[derive(Clone, Debug)]
pub(crate) struct People {
    pub(crate) persons: Vec<Member>,
    pub(crate) organizations: Vec<Member>,
    /// What a program shows when it tells of a community.
    pub(crate) community_token: String,
    /// The number of the community's source.
    pub(crate) source: i64,
}

impl People {
    pub(crate) async fn log_in(suite: &Suite, database: &Database) -> Outcome<Self> {
        let persons = members(suite, database, "user", PERSONS).await?;
        let organizations = members(suite, database, "organization", ORGANIZATIONS).await?;
        let owner = organizations.first().ok_or("there is no organization")?;
        let community = database.texts("SELECT bench.id('community', 1)::text").await?.remove(0);
        let path = format!("/v1/communities/{community}/tokens");
        let made = post(suite, &path, &owner.token, &json!({"name": "Importer"})).await?;
        let community_token = text(&made, "token")?;
        // They are few for each community.
        database.execute("DELETE FROM community.tokens WHERE id NOT IN (SELECT id FROM community.tokens ORDER BY id DESC LIMIT 20)").await?;
        let source = database.number("SELECT max(id) FROM community.sources").await?;
        Ok(Self { persons, organizations, community_token, source })
    }
}

/// The first accounts of a type, logged in.
async fn members(suite: &Suite, database: &Database, kind: &str, many: usize) -> Outcome<Vec<Member>> {
    let ids = format!("SELECT id::text FROM auth.accounts WHERE account_type = '{kind}' ORDER BY id LIMIT {many}");
    let log_in = |id: String| async move {
        let answer = post(suite, "/v1/auth/login", "", &json!({"id": id, "password": PASSWORD})).await?;
        Outcome::Ok(Member { id, token: text(&answer, "token")? })
    };
    stream::iter(database.texts(&ids).await?).map(log_in).buffered(4).try_collect().await
}

async fn post(suite: &Suite, path: &str, token: &str, body: &Value) -> Outcome<Value> {
    let mut request = reqwest::Client::new().post(format!("{}{path}", suite.url)).json(body);
    if !token.is_empty() {
        request = request.header("x-access-token", token);
    }
    let answer = request.send().await?;
    let status = answer.status();
    let answer = answer.text().await?;
    if status.is_success() { Ok(serde_json::from_str(&answer)?) } else { Err(format!("POST {path}: {answer}").into()) }
}

fn text(answer: &Value, name: &str) -> Outcome<String> {
    let text = answer[name].as_str().ok_or_else(|| format!("no {name} in {answer}"))?;
    Ok(text.to_owned())
}
