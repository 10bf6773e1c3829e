//! The tokens of the Community API.

use chrono::{DateTime, Utc};
use connectus_platform::{
    idempotency,
    store::{self, Connection, Pool, StoreError},
    time::to_exact_timestamp,
};
use connectus_proto::community::v1::{ApiToken, CreateTokenResponse, RevokeTokenResponse};
use diesel::{
    QueryableByName,
    sql_types::{Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnection, RunQueryDsl};
use uuid::Uuid;

use super::{Number, hold};
use crate::domain::{Error, structure::MOST_TOKENS};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    revoked_at: Option<DateTime<Utc>>,
}

const COUNT: &str = "SELECT count(*) AS number FROM tokens WHERE community_id = $1 AND revoked_at IS NULL";
const INSERT: &str = "INSERT INTO tokens (id, community_id, name, created_at) VALUES ($1, $2, $3, $4)";

/// Makes a token.
pub(crate) async fn insert(
    pool: &Pool,
    community_id: Uuid,
    id: Uuid,
    name: &str,
    created_at: DateTime<Utc>,
    response: &CreateTokenResponse,
) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        hold(conn, community_id).await?;
        let count: Number = diesel::sql_query(COUNT).bind::<SqlUuid, _>(community_id).get_result(conn).await?;
        if count.number >= MOST_TOKENS {
            return Err(Error::LimitReached);
        }
        let insert = diesel::sql_query(INSERT).bind::<SqlUuid, _>(id).bind::<SqlUuid, _>(community_id);
        insert.bind::<Text, _>(name).bind::<Timestamptz, _>(created_at).execute(conn).await?;
        Ok(idempotency::complete(conn, response).await?)
    })
    .await
}

const LIST: &str =
    "SELECT id, name, created_at, revoked_at FROM tokens WHERE community_id = $1 ORDER BY id DESC LIMIT 200";

/// Lists a community's tokens, newest first.
pub(crate) async fn list(pool: &Pool, community_id: Uuid) -> Result<Vec<ApiToken>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let rows: Vec<Row> = diesel::sql_query(LIST).bind::<SqlUuid, _>(community_id).load(&mut conn).await?;
    let token = |row: Row| ApiToken {
        id: row.id.to_string(),
        name: row.name,
        create_time: Some(to_exact_timestamp(row.created_at)),
        revoke_time: row.revoked_at.map(to_exact_timestamp),
    };
    Ok(rows.into_iter().map(token).collect())
}

const REVOKE: &str = "UPDATE tokens SET revoked_at = coalesce(revoked_at, now()) WHERE community_id = $1 AND id = $2";

/// Revokes a token.
pub(crate) async fn revoke(pool: &Pool, community_id: Uuid, id: Uuid) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        let revoke = diesel::sql_query(REVOKE).bind::<SqlUuid, _>(community_id).bind::<SqlUuid, _>(id);
        if revoke.execute(conn).await? == 0 {
            return Err(Error::ApiTokenNotFound);
        }
        Ok(idempotency::complete(conn, &RevokeTokenResponse {}).await?)
    })
    .await
}
