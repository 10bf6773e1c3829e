//! How accounts stand to each other, as other services ask for it.

use connectus_platform::store::{self, Pool, StoreError};
use connectus_proto::account::v1::Relation;
use diesel::{
    QueryableByName,
    sql_types::{Array, Bool, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::accounts::account_type;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    account_type: String,
    #[diesel(sql_type = Bool)]
    is_connected: bool,
    #[diesel(sql_type = Bool)]
    is_blocked: bool,
    /// What everybody may see of its name.
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    full_name: String,
}

/// One lookup by a key for each account and question.
const RELATIONS: &str = "SELECT a.id, a.account_type, \
    EXISTS (SELECT FROM connections c WHERE c.low_id = least(a.id, $1) AND c.high_id = greatest(a.id, $1)) AS is_connected, \
    EXISTS (SELECT FROM blocks b WHERE b.blocker_id = $1 AND b.blocked_id = a.id) AS is_blocked, \
    CASE WHEN a.is_full_name_visible THEN f.full_name ELSE a.first_name || a.preferred_name END AS name, f.full_name \
    FROM accounts a CROSS JOIN LATERAL (SELECT concat_ws(' ', nullif(a.preferred_name, ''), nullif(a.first_name, ''), \
    nullif(a.middle_name, ''), nullif(a.last_name, '')) AS full_name) f WHERE a.id = ANY ($2) \
    AND NOT EXISTS (SELECT FROM blocks b WHERE b.blocker_id = a.id AND b.blocked_id = $1)";

/// How the accounts among `ids` that have not blocked the viewer stand to it, in no order. Nobody is the nil id.
pub(crate) async fn find(pool: &Pool, viewer: Option<Uuid>, ids: &[Uuid]) -> Result<Vec<Relation>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let query = diesel::sql_query(RELATIONS).bind::<SqlUuid, _>(viewer.unwrap_or_default());
    let rows: Vec<Row> = query.bind::<Array<SqlUuid>, _>(ids).load(&mut conn).await?;
    Ok(rows.into_iter().map(Relation::from).collect())
}

impl From<Row> for Relation {
    fn from(row: Row) -> Self {
        Self {
            account_id: row.id.to_string(),
            account_type: account_type(&row.account_type).into(),
            is_connected: row.is_connected,
            is_blocked: row.is_blocked,
            name: if row.is_connected { row.full_name } else { row.name },
        }
    }
}

#[derive(QueryableByName)]
struct Other {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

const CONNECTED: &str = "SELECT high_id AS id FROM connections WHERE low_id = $1 \
    UNION ALL SELECT low_id FROM connections WHERE high_id = $1";

/// Whom an account is connected with, in no order.
pub(crate) async fn connected(pool: &Pool, id: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let others: Vec<Other> = diesel::sql_query(CONNECTED).bind::<SqlUuid, _>(id).load(&mut conn).await?;
    Ok(others.into_iter().map(|other| other.id).collect())
}

#[derive(QueryableByName)]
struct Asked {
    #[diesel(sql_type = Bool)]
    has_asked: bool,
}

const ASKED: &str = "SELECT EXISTS (SELECT FROM connection_requests WHERE from_id = $1 \
    AND least(from_id, to_id) = least($1, $2) AND greatest(from_id, to_id) = greatest($1, $2)) AS has_asked";

/// Whether an account has asked another to connect, and waits for an answer.
pub(crate) async fn has_asked(pool: &Pool, from: Uuid, to: Uuid) -> Result<bool, StoreError> {
    let mut conn = store::connection(pool).await?;
    let asked = diesel::sql_query(ASKED).bind::<SqlUuid, _>(from).bind::<SqlUuid, _>(to);
    Ok(asked.get_result::<Asked>(&mut conn).await?.has_asked)
}
