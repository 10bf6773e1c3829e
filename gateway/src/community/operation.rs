//! What the tables of the Community API say about an operation.

use axum::routing::MethodRouter;
use http::Method;

use crate::{
    route::{Parameter, SchemaOf},
    upstream::Gateway,
};

/// An operation of the Community API.
pub(crate) struct Operation {
    /// Its method.
    pub(crate) method: Method,
    /// Its path, with parameters in braces.
    pub(crate) path: &'static str,
    /// Its id, which the structure of the API names.
    pub(crate) id: &'static str,
    /// What it does, in a sentence.
    pub(crate) summary: &'static str,
    /// What there is to know beyond that; empty where there is nothing.
    pub(crate) details: &'static str,
    /// What it is about.
    pub(crate) tag: &'static str,
    /// Whether there is a better one.
    pub(crate) is_deprecated: bool,
    /// The type of the parameter of its path, as JSON Schema calls it, if it has one.
    pub(crate) path_parameter: Option<&'static str>,
    /// What its query may have.
    pub(crate) query: &'static [Parameter],
    /// Its body, if it has one.
    pub(crate) body: Option<SchemaOf>,
    /// Its good answer.
    pub(crate) answer: Answer,
    /// The statuses of its bad answers, beside those of every operation.
    pub(crate) failures: &'static [u16],
    /// The rpc that it calls.
    pub(crate) rpc: &'static str,
    /// What serves it.
    pub(crate) handler: fn() -> MethodRouter<Gateway>,
}

/// A good answer.
#[derive(Clone, Copy)]
pub(crate) enum Answer {
    /// 202: it is kept, and will be worked on.
    Accepted,
    /// 200: it is done.
    Done,
    /// 200, with a value.
    Json(SchemaOf),
    /// 200, with a list of values.
    List(SchemaOf),
}
