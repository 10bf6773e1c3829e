//! Looks at accounts, by whoever: many of them are one statement.

use std::collections::HashMap;

use connectus_platform::store::{Connection, PointReads, Pool, StoreError};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, QueryDsl, QueryResult, SelectableHelper,
    dsl::{exists, not},
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Array, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{
    accounts::{Row, greatest, least, shown},
    schema::{accounts, blocks, connections},
};
use crate::domain::account::Account;

/// A look at an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Look {
    /// At which account.
    pub(crate) account: Uuid,
    /// Who looks, if that is known.
    pub(crate) viewer: Option<Uuid>,
}

/// What is seen by looks: accounts that are there and have not blocked the viewer, as the viewer may see them.
pub(crate) type Looks = PointReads<Look, Account>;

pub(crate) fn looks(pool: Pool) -> Looks {
    PointReads::new(pool, find)
}

diesel::table! {
    /// What is looked at, of a statement that begins with [`Asked`].
    asked (account, viewer) {
        account -> Uuid,
        viewer -> Uuid,
    }
}
diesel::allow_tables_to_appear_in_same_query!(asked, accounts);
diesel::allow_tables_to_appear_in_same_query!(asked, blocks);
diesel::allow_tables_to_appear_in_same_query!(asked, connections);

async fn find(mut conn: Connection, looks: Vec<Look>) -> Result<HashMap<Look, Account>, StoreError> {
    let blocked = blocks::blocker_id.eq(accounts::id).and(blocks::blocked_id.eq(asked::viewer));
    let connected = connections::low_id
        .eq(least(accounts::id, asked::viewer))
        .and(connections::high_id.eq(greatest(accounts::id, asked::viewer)));
    let seen = (Row::as_select(), exists(connections::table.filter(connected)));
    let query = asked::table
        .inner_join(accounts::table.on(accounts::id.eq(asked::account)))
        .filter(not(exists(blocks::table.filter(blocked))))
        .select((asked::viewer, seen));
    // Nobody is the nil id.
    let viewers = looks.iter().map(|look| look.viewer.unwrap_or_default()).collect();
    let statement = Asked { accounts: looks.iter().map(|look| look.account).collect(), viewers, query };
    let found: Vec<(Uuid, (Row, bool))> = statement.load(&mut conn).await?;
    let found = found.into_iter().map(|(viewer, seen)| {
        let viewer = Some(viewer).filter(|viewer| !viewer.is_nil());
        let account = shown(seen, viewer);
        (Look { account: account.id, viewer }, account)
    });
    Ok(found.collect())
}

/// A query of [`asked`], with what that holds.
#[derive(QueryId)]
struct Asked<Q> {
    accounts: Vec<Uuid>,
    viewers: Vec<Uuid>,
    query: Q,
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Asked<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // By their lengths, which the planner sees of parameters and not of what is selected, it would plan each statement anew.
        out.push_sql("WITH asked (account, viewer) AS (SELECT * FROM unnest((SELECT ");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.accounts)?;
        out.push_sql("), (SELECT ");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.viewers)?;
        out.push_sql("))) ");
        self.query.walk_ast(out)
    }
}

impl<Q: Query> Query for Asked<Q> {
    type SqlType = Q::SqlType;
}
