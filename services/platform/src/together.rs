//! Reads of one kind that are asked for at the same time, and are answered together.
//!
//! What is asked for while others are being read waits for its turn, and all that waits is read at once. Where nothing waits, nothing
//! is waited for: a single read is as fast as it would be alone.

use std::{
    collections::HashMap,
    hash::Hash,
    mem,
    panic::AssertUnwindSafe,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::{
    FutureExt,
    future::{BoxFuture, join_all},
};
use tokio::{sync::oneshot, time::timeout};
use tracing::{Instrument, Span};

/// How many are read at once at most.
pub const MOST: usize = 100;
/// How many reads are under way at most, as long as none is slow.
const TURNS: usize = 2;
/// From when on a read is slow, and others go ahead: what it waits for, such as a replica that hangs, may be its own trouble.
const SLOW: Duration = Duration::from_millis(25);

/// Reads of values by their keys. Clones share it.
pub struct Together<K, V, E>(Arc<Shared<K, V, E>>);

struct Shared<K, V, E> {
    read: Box<dyn Fn(Vec<K>) -> Reading<K, V, E> + Send + Sync>,
    state: Mutex<State<K, V, E>>,
}

/// What is found of some keys.
type Reading<K, V, E> = BoxFuture<'static, Result<HashMap<K, V>, E>>;

struct State<K, V, E> {
    waiting: Vec<Asked<K, V, E>>,
    turns: usize,
    /// How many were read at once the last time.
    last: usize,
}

struct Asked<K, V, E> {
    key: K,
    answer: oneshot::Sender<Result<Option<V>, E>>,
    span: Span,
}

/// A read that ended without an outcome.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("a read was cut short")]
pub struct CutShort;

impl<K, V, E> Clone for Together<K, V, E> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K, V, E> Together<K, V, E>
where
    K: Clone + Eq + Hash + Send + 'static,
    V: Clone + Send + 'static,
    E: Clone + From<CutShort> + Send + 'static,
{
    /// Reads by a function that finds what there is of up to [`MOST`] keys, which may come more than once.
    pub fn new<F>(read: impl Fn(Vec<K>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<HashMap<K, V>, E>> + Send + 'static,
    {
        let state = Mutex::new(State { waiting: Vec::new(), turns: 0, last: 0 });
        Self(Arc::new(Shared { read: Box::new(move |keys| Box::pin(read(keys))), state }))
    }

    /// Reads the value of a key, if there is one. It takes a runtime.
    pub async fn get(&self, key: K) -> Result<Option<V>, E> {
        let (answer, answered) = oneshot::channel();
        if self.0.ask(Asked { key, answer, span: Span::current() }) {
            self.0.clone().begin_turn();
        }
        answered.await.unwrap_or_else(|_| Err(CutShort.into()))
    }
}

impl<K, V, E> State<K, V, E> {
    /// Whether to read beside another read: where that one is of many, what it costs would be shared by fewer.
    fn is_worth_a_turn(&self) -> bool {
        self.waiting.len() >= self.last
    }
}

impl<K, V, E> Shared<K, V, E> {
    /// Has something wait, and tells whether whoever asks for it is to take a turn to read.
    fn ask(&self, asked: Asked<K, V, E>) -> bool {
        let mut state = self.state();
        state.waiting.push(asked);
        let has_turn = state.turns == 0 || (state.turns < TURNS && state.is_worth_a_turn());
        state.turns += usize::from(has_turn);
        has_turn
    }

    fn state(&self) -> MutexGuard<'_, State<K, V, E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, V, E> Shared<K, V, E>
where
    K: Clone + Eq + Hash + Send + 'static,
    V: Clone + Send + 'static,
    E: Clone + From<CutShort> + Send + 'static,
{
    fn begin_turn(self: Arc<Self>) {
        tokio::spawn(self.take_turn());
    }

    /// Reads what waits until nothing does. Whoever is slow goes on without the turn.
    async fn take_turn(self: Arc<Self>) {
        while let Some(asked) = self.next() {
            let mut answering = pin!(self.answer(asked));
            if timeout(SLOW, answering.as_mut()).await.is_err() {
                self.clone().begin_turn();
                return answering.await;
            }
        }
    }

    /// What is read next. Where there is nothing the turn is over: who asks from now on takes another.
    fn next(&self) -> Option<Vec<Asked<K, V, E>>> {
        let mut state = self.state();
        let is_left_to_other = state.turns > 1 && !state.is_worth_a_turn();
        if state.waiting.is_empty() || is_left_to_other {
            state.turns -= 1;
            return None;
        }
        let count = state.waiting.len().min(MOST);
        state.last = count;
        let rest = state.waiting.split_off(count);
        Some(mem::replace(&mut state.waiting, rest))
    }

    async fn answer(&self, mut asked: Vec<Asked<K, V, E>>) {
        let keys = asked.iter().map(|asked| asked.key.clone()).collect();
        // It takes the time of all, and is shown where the first is.
        let span = asked.first().map_or_else(Span::none, |first| first.span.clone());
        let found = AssertUnwindSafe(async { (self.read)(keys).await }).catch_unwind().instrument(span);
        let found = tokio::select! {
            found = found => found.unwrap_or_else(|_| Err(CutShort.into())),
            // The deadlines of all have passed.
            _ = join_all(asked.iter_mut().map(|asked| asked.answer.closed())) => return,
        };
        for Asked { key, answer, .. } in asked {
            let of_key = found.as_ref().map(|found| found.get(&key).cloned());
            let _ = answer.send(of_key.map_err(Clone::clone));
        }
    }
}
