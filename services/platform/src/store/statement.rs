//! Statements in SQL that a connection prepares once.

use std::marker::PhantomData;

use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    serialize::ToSql,
    sql_types::{HasSqlType, Untyped},
};

/// A statement in SQL for what is done often: a connection prepares it once, and keeps it. diesel's own `sql_query` is prepared and
/// planned anew each time, since its text might be another one each time; a constant is not.
///
/// Once it has been run a few times, PostgreSQL may keep one plan for all values of its parameters: one whose best plan depends
/// on them stays a `sql_query`.
#[must_use]
pub fn statement(sql: &'static str) -> Statement {
    Statement(sql)
}

/// A statement without parameters, or with none that has a value yet.
pub struct Statement(&'static str);

/// A statement with a value for one parameter more.
pub struct Bound<Q, ST, V> {
    query: Q,
    value: V,
    kind: PhantomData<ST>,
}

impl Statement {
    /// Gives the first parameter a value.
    pub fn bind<ST, V>(self, value: V) -> Bound<Self, ST, V> {
        Bound { query: self, value, kind: PhantomData }
    }
}

impl<Q, OfLast, Last> Bound<Q, OfLast, Last> {
    /// Gives the next parameter a value.
    pub fn bind<ST, V>(self, value: V) -> Bound<Self, ST, V> {
        Bound { query: self, value, kind: PhantomData }
    }
}

impl QueryFragment<Pg> for Statement {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

impl<Q, ST, V> QueryFragment<Pg> for Bound<Q, ST, V>
where
    Pg: HasSqlType<ST>,
    Q: QueryFragment<Pg>,
    V: ToSql<ST, Pg>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.query.walk_ast(out.reborrow())?;
        // Where it stands is in the text.
        out.push_bind_param_value_only(&self.value)
    }
}

impl Query for Statement {
    type SqlType = Untyped;
}

impl<Q, ST, V> Query for Bound<Q, ST, V> {
    type SqlType = Untyped;
}

impl QueryId for Statement {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q, ST, V> QueryId for Bound<Q, ST, V> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}
