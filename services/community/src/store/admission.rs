//! Whether a call of the Community API is let in: its token is good, and has something left of its budget.

use chrono::{DateTime, Utc};
use connectus_platform::store::{self, Pool};
use diesel::{
    OptionalExtension, QueryableByName,
    sql_types::{Double, Integer, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{
    budget::{Budget, Spent},
    domain::Error,
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
pub(crate) async fn admit(
    pool: &Pool,
    token_id: Uuid,
    community_id: Uuid,
    budget: Budget,
) -> Result<Option<Admitted>, Error> {
    let mut conn = store::connection(pool).await?;
    let admit = diesel::sql_query(ADMIT)
        .bind::<SqlUuid, _>(token_id)
        .bind::<SqlUuid, _>(community_id)
        .bind::<Double, _>(budget.interval.as_secs_f64())
        .bind::<Integer, _>(budget.calls);
    Ok(admit.get_result(&mut conn).await.optional()?)
}
