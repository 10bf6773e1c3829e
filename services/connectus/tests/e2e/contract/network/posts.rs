//! Posts, what accounts make of them, and feeds.

use reqwest::Method;
use serde_json::json;

use super::{
    super::{
        case::{Case, case},
        faults::{Internal, MESSAGE},
        world::{NOBODY, World},
    },
    ACCOUNT_NOT_FOUND, BAD_QUERY, Harmless, faulty, with_bad_key,
};

const CREATE: &str = "POST /v1/posts";
const READ: &str = "GET /v1/posts/{id}";
const DELETE: &str = "DELETE /v1/posts/{id}";
const COMMENTS: &str = "GET /v1/posts/{id}/comments";
const LIST: &str = "GET /v1/accounts/{id}/posts";
const FEED: &str = "GET /v1/feed";
const MARKS: [(&str, &str); 4] = [
    ("POST /v1/posts/{id}/like", "like"),
    ("POST /v1/posts/{id}/unlike", "unlike"),
    ("POST /v1/posts/{id}/share", "share"),
    ("POST /v1/posts/{id}/unshare", "unshare"),
];

const POST_NOT_FOUND: (u64, u16, &str) = (4000, 404, "Post not found.");

fn path(mark: &str) -> String {
    format!("/v1/posts/{NOBODY}/{mark}")
}

pub(super) fn cases(world: &World) -> Vec<Case> {
    let create = |body| world.by(&world.user, Method::POST, "/v1/posts").json(&body);
    let get = |path: &str| world.anonymous(Method::GET, path);
    let nothing = format!("/v1/posts/{NOBODY}");
    let mut cases = vec![
        case(CREATE, POST_NOT_FOUND, create(json!({"content": "Indeed", "reply_to": NOBODY}))),
        case(CREATE, BAD_QUERY, create(json!({"content": ""}))),
        case(READ, POST_NOT_FOUND, get(&nothing)),
        case(DELETE, POST_NOT_FOUND, world.by(&world.user, Method::DELETE, &nothing)),
        case(COMMENTS, POST_NOT_FOUND, get(&path("comments"))),
        case(COMMENTS, BAD_QUERY, get(&(path("comments") + "?limit=0"))),
        case(LIST, ACCOUNT_NOT_FOUND, get(&format!("/v1/accounts/{NOBODY}/posts"))),
        case(LIST, BAD_QUERY, get(&format!("/v1/accounts/{}/posts?cursor=x", world.user.id))),
        case(FEED, BAD_QUERY, world.by(&world.user, Method::GET, "/v1/feed?limit=201")),
    ];
    for (route, mark) in MARKS {
        cases.push(case(route, POST_NOT_FOUND, world.by(&world.user, Method::POST, &path(mark))));
        cases.push(case(route, BAD_QUERY, with_bad_key(world, &path(mark))));
    }
    cases
}

pub(super) fn authenticated() -> Vec<Harmless> {
    let mut routes = vec![
        (CREATE, Method::POST, "/v1/posts".to_owned(), Some(json!({"content": "Hello", "visibility": "private"}))),
        (DELETE, Method::DELETE, format!("/v1/posts/{NOBODY}"), None),
        (FEED, Method::GET, "/v1/feed".to_owned(), None),
    ];
    routes.extend(MARKS.map(|(route, mark)| (route, Method::POST, path(mark), None)));
    routes
}

/// Each route, as it meets a fault of the posts.
pub(super) fn internal(world: &World) -> Vec<Internal> {
    let get = |route, path: String| (route, 4001, MESSAGE, world.anonymous(Method::GET, &path));
    let mut routes = faulty(world, &world.user, authenticated());
    routes.extend([
        get(READ, format!("/v1/posts/{NOBODY}")),
        get(COMMENTS, path("comments")),
        get(LIST, format!("/v1/accounts/{}/posts", world.user.id)),
    ]);
    routes
}
