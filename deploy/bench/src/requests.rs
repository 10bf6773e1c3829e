//! What is asked: the requests of each path, as many different ones as people would make.

use serde_json::{Value, json};

use crate::{Outcome, database::Database, load::PASSWORD, people::People};

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) header: (&'static str, String),
    /// Empty for none.
    pub(crate) body: String,
}

/// A path of the API that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Path {
    OwnAccount,
    Account,
    /// The same with a word that keeps it from being read together with others.
    AccountAlone,
    Search,
    Feed,
    Notifications,
    Validations,
    CreateExperience,
    Login,
    Activity,
    /// All of these, as a day has them.
    Mix,
}

/// How many different requests of a path there are, where there is one for each account.
const DIFFERENT: usize = 20_000;

/// How many of a hundred requests of a day are of which path: people read ten times as often as they write, and programs tell of
/// what a community does.
pub(crate) const DAY: [(Path, usize); 9] = [
    (Path::OwnAccount, 25),
    (Path::Account, 30),
    (Path::Search, 8),
    (Path::Feed, 12),
    (Path::Notifications, 10),
    (Path::Validations, 3),
    (Path::CreateExperience, 4),
    (Path::Login, 2),
    (Path::Activity, 6),
];

impl Path {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OwnAccount => "GET /v1/account",
            Self::Account => "GET /v1/accounts/:id",
            Self::AccountAlone => "GET /v1/accounts/:id, each for itself",
            Self::Search => "GET /v1/search",
            Self::Feed => "GET /v1/feed",
            Self::Notifications => "GET /v1/notifications",
            Self::Validations => "GET /v1/experiences/validations",
            Self::CreateExperience => "POST /v1/experiences",
            Self::Login => "POST /v1/auth/login",
            Self::Activity => "POST /community/v1/source/:id/activity",
            Self::Mix => "the mix of a day",
        }
    }

    /// The requests that are made one after the other, by somebody else each.
    pub(crate) async fn requests(self, database: &Database, people: &People) -> Outcome<Vec<Request>> {
        if self == Self::Mix {
            return mix(database, people).await;
        }
        let accounts = database.texts(&some_accounts()).await?;
        let persons = people.persons.iter().cycle();
        Ok(match self {
            Self::OwnAccount => people.persons.iter().map(|who| get("/v1/account".to_owned(), &who.token)).collect(),
            Self::Account => accounts.iter().map(|id| get(format!("/v1/accounts/{id}"), "")).collect(),
            Self::AccountAlone => {
                let header = ("Cache-Control", "no-cache".to_owned());
                let alone = |id| Request { header: header.clone(), ..get(format!("/v1/accounts/{id}"), "") };
                accounts.iter().map(alone).collect()
            }
            Self::Search => names(database).await?.iter().map(|name| get(format!("/v1/search?q={name}"), "")).collect(),
            Self::Feed => people.persons.iter().map(|who| get("/v1/feed".to_owned(), &who.token)).collect(),
            Self::Notifications => {
                people.persons.iter().map(|who| get("/v1/notifications".to_owned(), &who.token)).collect()
            }
            Self::Validations => {
                let path = "/v1/experiences/validations";
                people.organizations.iter().map(|who| get(path.to_owned(), &who.token)).collect()
            }
            Self::CreateExperience => {
                let asked = people.organizations.iter().cycle();
                let by = persons.zip(asked).take(DIFFERENT);
                by.map(|(who, asked)| post("/v1/experiences", &who.token, &experience(&asked.id))).collect()
            }
            Self::Login => logins(database).await?,
            Self::Activity => (0..DIFFERENT).map(|number| activity(people, number)).collect(),
            Self::Mix => Vec::new(),
        })
    }
}

/// Requests as a day has them, spread evenly.
async fn mix(database: &Database, people: &People) -> Outcome<Vec<Request>> {
    let mut parts = Vec::new();
    for (path, share) in DAY {
        parts.push((Box::pin(path.requests(database, people)).await?, share));
    }
    let mut mixed = Vec::new();
    for round in 0..DIFFERENT / 100 {
        for place in 0..100 {
            // Each path has its turn as often as its share, and as far apart as can be.
            for (requests, share) in &parts {
                let (before, after) = (place * share / 100, (place + 1) * share / 100);
                mixed.extend((before..after).map(|turn| requests[(round * share + turn) % requests.len()].clone()));
            }
        }
    }
    Ok(mixed)
}

/// Accounts from everywhere in the table.
fn some_accounts() -> String {
    format!(
        "SELECT bench.account(1 + (n * 7919) % (SELECT count(*) FROM auth.accounts))::text FROM generate_series(1, {DIFFERENT}) AS n"
    )
}

async fn names(database: &Database) -> Outcome<Vec<String>> {
    // Names as often as people have them, of letters that a URL takes as they are.
    const NAMES: &str = "SELECT name FROM (SELECT CASE WHEN first_name = '' THEN preferred_name ELSE \
        CASE WHEN random() < 0.5 THEN last_name ELSE first_name || '+' || last_name END END AS name \
        FROM account.accounts ORDER BY id LIMIT 10000) AS drawn WHERE name ~ '^[A-Za-z+]+$' LIMIT 5000";
    database.texts(NAMES).await
}

/// One login of each of many people: who is guessed at too often is let in no more.
async fn logins(database: &Database) -> Outcome<Vec<Request>> {
    let addresses = format!("SELECT email FROM auth.accounts ORDER BY id LIMIT {DIFFERENT}");
    let log_in = |address: String| post("/v1/auth/login", "", &json!({"id": address, "password": PASSWORD}));
    Ok(database.texts(&addresses).await?.into_iter().map(log_in).collect())
}

fn activity(people: &People, number: usize) -> Request {
    // A quarter is of people whom nobody has told of before.
    let id = if number.is_multiple_of(4) { format!("new{number}") } else { format!("member{}", 1 + number % 1000) };
    let body = json!({
        "id": format!("told{number}"), "activityType": "talk", "user": {"id": id},
        "content": {"type": "text", "value": "Said that the tide is early tomorrow."}, "timestamp": "2026-01-02T03:04:05Z",
    });
    let header = ("Authorization", format!("Bearer {}", people.community_token));
    Request {
        method: "POST",
        path: format!("/community/v1/source/{}/activity", people.source),
        header,
        body: body.to_string(),
    }
}

fn experience(organization: &str) -> Value {
    json!({
        "name": "Beach clean-up", "description": "Gathered what the sea had brought.", "organization": organization,
        "when": {"begin": "2026-06-01", "end": "2026-06-02"}, "hours": 8, "email_verify": false,
    })
}

fn get(path: String, token: &str) -> Request {
    Request { method: "GET", path, header: with(token), body: String::new() }
}

fn post(path: &str, token: &str, body: &Value) -> Request {
    Request { method: "POST", path: path.to_owned(), header: with(token), body: body.to_string() }
}

/// The header with a token, or none.
fn with(token: &str) -> (&'static str, String) {
    if token.is_empty() { ("", String::new()) } else { ("X-Access-Token", token.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_a_hundred_parts() {
        assert_eq!(DAY.iter().map(|(_, share)| share).sum::<usize>(), 100);
    }
}
