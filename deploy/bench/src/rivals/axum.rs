//! The fastest that could be written by hand: one process that reads an account by the same statement and answers the same JSON,
//! and does nothing else.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl, Queryable, Selectable, SelectableHelper,
    dsl::{exists, not},
};
use diesel_async::{
    AsyncPgConnection, RunQueryDsl,
    pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod, deadpool::Pool},
};
use serde::Serialize;
use tokio::net::TcpListener;
use uuid::Uuid;

use super::Rival;
use crate::{Outcome, database::Database};

mod schema;

use schema::{accounts, blocks, connections};

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts)]
struct Row {
    id: Uuid,
    account_type: String,
    email: String,
    avatar_url: String,
    header_url: String,
    created_at: DateTime<Utc>,
    posts_count: i64,
    liked_count: i64,
    shared_count: i64,
    first_name: String,
    middle_name: String,
    last_name: String,
    birthday: Option<NaiveDate>,
    gender: String,
    preferred_name: String,
    is_verified: bool,
    is_full_name_visible: bool,
    opportunity_ids: Vec<Uuid>,
}

/// An account as the REST API writes it.
#[derive(Serialize)]
struct Account {
    id: String,
    email: String,
    avatar: String,
    header: String,
    created_at: String,
    r#type: &'static str,
    posts_count: String,
    liked_count: String,
    shared_count: String,
    #[serde(flatten)]
    owner: Owner,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Owner {
    User { first_name: String, middle_name: String, last_name: String, birthday: String, gender: String },
    Organization { preferred_name: String, is_verified: bool, opportunities: Vec<String> },
}

/// Starts it.
pub(crate) async fn start(database: &Database) -> Outcome<Rival> {
    Rival::of_this("axum by hand", "axum", database).await
}

/// Is it.
pub(crate) async fn run(address: &str, database: &str) -> Outcome<()> {
    let mut config = ManagerConfig::default();
    config.recycling_method = RecyclingMethod::Fast;
    let url = format!("{database}?options=-c%20search_path%3Daccount%20-c%20jit%3Doff");
    let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new_with_config(url, config);
    let pool = Pool::builder(manager).max_size(16).build()?;
    let router = Router::new().route("/v1/accounts/{id}", get(answer)).with_state(pool);
    Ok(axum::serve(TcpListener::bind(address).await?, router).await?)
}

async fn answer(
    State(pool): State<Pool<AsyncPgConnection>>,
    Path(id): Path<Uuid>,
) -> Result<Json<Account>, StatusCode> {
    let failed = StatusCode::INTERNAL_SERVER_ERROR;
    let mut connection = pool.get().await.map_err(|_| failed)?;
    // Nobody is logged in, as with the suite.
    let viewer = Uuid::nil();
    let blocked = blocks::table.filter(blocks::blocker_id.eq(accounts::id).and(blocks::blocked_id.eq(viewer)));
    let low = connections::low_id.eq(schema::least(accounts::id, viewer));
    let connected = connections::table.filter(low.and(connections::high_id.eq(schema::greatest(accounts::id, viewer))));
    let wanted = accounts::table.find(id).filter(not(exists(blocked))).select((Row::as_select(), exists(connected)));
    let (row, connected): (Row, bool) = wanted.first(&mut connection).await.map_err(|_| StatusCode::NOT_FOUND)?;
    Ok(Json(account(row, connected)))
}

fn account(row: Row, is_connected: bool) -> Account {
    let is_organization = row.account_type == "organization";
    let shown = |text: String, is_shown: bool| if is_shown { text } else { String::new() };
    let picture = |url: String, name: &str| {
        if url.is_empty() { format!("http://localhost/v1/accounts/{}/{name}.svg", row.id) } else { url }
    };
    let owner = if is_organization {
        let opportunities = row.opportunity_ids.iter().map(Uuid::to_string).collect();
        Owner::Organization { preferred_name: row.preferred_name, is_verified: row.is_verified, opportunities }
    } else {
        let is_shown = is_connected || row.is_full_name_visible;
        let date = |day: NaiveDate| format!("{:02}/{:02}/{:04}", day.month(), day.day(), day.year());
        Owner::User {
            first_name: row.first_name,
            middle_name: shown(row.middle_name, is_shown),
            last_name: shown(row.last_name, is_shown),
            birthday: row.birthday.map(date).unwrap_or_default(),
            gender: row.gender,
        }
    };
    Account {
        id: row.id.to_string(),
        email: shown(row.email, is_organization || is_connected),
        avatar: picture(row.avatar_url, "avatar"),
        header: picture(row.header_url, "header"),
        created_at: row.created_at.timestamp().to_string(),
        r#type: if is_organization { "Organization" } else { "User" },
        posts_count: row.posts_count.to_string(),
        liked_count: row.liked_count.to_string(),
        shared_count: row.shared_count.to_string(),
        owner,
    }
}
