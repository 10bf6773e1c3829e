//! A row of the contract, and a request that must be answered with it.

use std::collections::BTreeSet;

use connectus_testkit::Answer;
use reqwest::RequestBuilder;

/// An error that a route answers. A page has no code and no published message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    pub(crate) route: String,
    pub(crate) code: u64,
    pub(crate) http: u16,
    pub(crate) message: String,
}

/// A request that must be answered with a row.
pub(crate) struct Case {
    row: Row,
    request: RequestBuilder,
}

/// A request to a route of the API, and the error that it must get.
pub(crate) fn case(route: &str, (code, http, message): (u64, u16, &str), request: RequestBuilder) -> Case {
    Case { row: Row { route: route.to_owned(), code, http, message: message.to_owned() }, request }
}

/// A request to a page, and the status that it must get.
pub(crate) fn page(route: &str, http: u16, request: RequestBuilder) -> Case {
    case(route, (0, http, ""), request)
}

/// Sends every request, and checks its answer. Returns the rows.
pub(crate) async fn check_all(cases: Vec<Case>) -> BTreeSet<Row> {
    let mut rows = BTreeSet::new();
    for Case { row, request } in cases {
        let answer = Answer::of(request).await;
        check(&row, &answer);
        rows.insert(row);
    }
    rows
}

fn check(row: &Row, answer: &Answer) {
    if row.code == 0 {
        assert_eq!(answer.status, row.http, "{row:?}: {answer:?}");
        assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")), "{row:?}");
    } else {
        assert_eq!(answer.error(), (row.http, row.code, row.message.clone()), "{row:?}");
        assert_eq!(answer.header("content-type"), Some("application/json"), "{row:?}");
    }
    let passes = matches!(row.http, 503 | 504) || row.code == 4090;
    // Of a page it is not told whether its 409 may pass.
    if (row.code, row.http) != (0, 409) {
        assert_eq!(answer.header("retry-after").is_some(), passes, "{row:?}: {answer:?}");
    }
}
