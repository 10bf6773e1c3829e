//! Whether a call of the Community API is let in: its token is good, and has something left of its budget.

use chrono::{DateTime, Utc};
use connectus_platform::store::{self, Pool, statement};
use connectus_proto::community::v1::Member;
use diesel::{
    OptionalExtension, QueryResult, QueryableByName,
    sql_types::{Double, Integer, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::members;
use crate::{
    budget::{Budget, Spent},
    domain::{Error, handle::Handle},
    tokens::Claims,
};

/// A call with a good token.
#[derive(QueryableByName)]
pub(crate) struct Admitted {
    /// The community's name.
    #[diesel(sql_type = Text)]
    pub(crate) community_name: String,
    #[diesel(sql_type = Integer)]
    spent: i32,
    #[diesel(sql_type = Timestamptz)]
    expires_at: DateTime<Utc>,
}

impl Admitted {
    /// What is spent of the budget.
    pub(crate) fn spent(&self) -> Spent {
        Spent { calls: self.spent, expires_at: self.expires_at }
    }
}

/// The clock is read with the row held, since who waited for it comes later than their statement began.
const ADMIT: &str = "WITH token AS (SELECT t.id, c.name FROM tokens t JOIN communities c ON c.id = t.community_id \
        WHERE t.id = $1 AND t.community_id = $2 AND t.revoked_at IS NULL AND c.deleted_at IS NULL), \
    spent AS (INSERT INTO budgets AS b (token_id, spent, expires_at) \
        SELECT id, 1, clock_timestamp() + make_interval(secs => $3) FROM token \
        ON CONFLICT (token_id) DO UPDATE SET \
            spent = CASE WHEN b.expires_at <= clock_timestamp() THEN 1 ELSE least(b.spent, $4) + 1 END, \
            expires_at = CASE WHEN b.expires_at <= clock_timestamp() THEN excluded.expires_at ELSE b.expires_at END \
        RETURNING b.spent, b.expires_at) \
    SELECT token.name AS community_name, spent.spent, spent.expires_at FROM token, spent";

/// Counts a call with a token, if the token is good.
pub(crate) async fn admit(pool: &Pool, claims: &Claims, budget: Budget) -> Result<Option<Admitted>, Error> {
    let conn = store::connection(pool).await?;
    Ok(admit_on(&conn, claims, budget).await?)
}

async fn admit_on(mut conn: &AsyncPgConnection, claims: &Claims, budget: Budget) -> QueryResult<Option<Admitted>> {
    let admit = statement(ADMIT)
        .bind::<SqlUuid, _>(claims.token_id)
        .bind::<SqlUuid, _>(claims.community_id)
        .bind::<Double, _>(budget.interval.as_secs_f64())
        .bind::<Integer, _>(budget.calls);
    admit.get_result(&mut conn).await.optional()
}

/// Counts a call, and finds the members who have a handle, in one round trip: what is found is for who is admitted.
pub(crate) async fn admit_and_find(
    pool: &Pool,
    claims: &Claims,
    budget: Budget,
    handle: &Handle,
) -> Result<(Option<Admitted>, Vec<Member>), Error> {
    let conn = store::connection(pool).await?;
    let (admitted, found) =
        tokio::join!(admit_on(&conn, claims, budget), members::find_on(&conn, claims.community_id, handle));
    Ok((admitted?, found?))
}
