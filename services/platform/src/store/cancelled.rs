//! Connections that are still at a statement of a call that was cancelled.
//!
//! The database goes on with the statement, and whoever took the connection would wait for its end.

use std::time::Duration;

use deadpool::managed::Object;
use diesel::connection::{Instrumentation, InstrumentationEvent, get_default_instrumentation};
use diesel_async::{
    AsyncConnection, AsyncPgConnection, SimpleAsyncConnection,
    pooled_connection::deadpool::{Hook, HookError},
};
use tokio::time::timeout;

use super::{Connection, STATEMENT_TIMEOUT};

/// How long a connection may take to be done with what it is at, which [`STATEMENT_TIMEOUT`] ends first, unless it is broken.
const PATIENCE: Duration = STATEMENT_TIMEOUT.saturating_mul(2);

/// Counts the statements of a connection that have begun and not ended.
struct UnderWay {
    statements: usize,
    /// What else is to be told of them.
    traces: Option<Box<dyn Instrumentation>>,
}

impl Instrumentation for UnderWay {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { .. } => self.statements += 1,
            InstrumentationEvent::FinishQuery { .. } => self.statements = self.statements.saturating_sub(1),
            _ => {}
        }
        if let Some(traces) = &mut self.traces {
            traces.on_connection_event(event);
        }
    }
}

/// Has the statements of each connection counted.
pub(super) fn counting() -> Hook<AsyncPgConnection> {
    Hook::sync_fn(|conn: &mut AsyncPgConnection, _| -> Result<(), HookError> {
        conn.set_instrumentation(UnderWay { statements: 0, traces: get_default_instrumentation() });
        Ok(())
    })
}

fn under_way(conn: &mut Connection) -> Option<&mut UnderWay> {
    conn.instrumentation().downcast_mut()
}

/// Whether a connection that was just taken is still at a statement of whoever had it before.
pub(super) fn is_at_work(conn: &mut Connection) -> bool {
    under_way(conn).is_some_and(|under_way| under_way.statements > 0)
}

/// Returns a connection to its pool once it is done with what it is at.
pub(super) fn set_aside(mut conn: Connection) {
    tokio::spawn(async move {
        // Answers come in turn: this one when the others have.
        match timeout(PATIENCE, conn.batch_execute("")).await {
            Ok(Ok(())) => {
                if let Some(under_way) = under_way(&mut conn) {
                    under_way.statements = 0;
                }
            }
            _ => drop(Object::take(conn)),
        }
    });
}
