//! Requests that nobody sends in good faith: each is refused, and none is a fault of the server.

use connectus_testkit::{Answer, Suite};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    support::{ENCODINGS, Target, raw},
    targets::{WithBody, with_bodies},
};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=B";

/// Fails unless a route refuses a request with this status and code, or a page with the status.
fn assert_refused(route: &WithBody, answer: &Answer, (status, code): (u16, u64), what: &str) {
    let what = format!("{what} to {:?}: {answer:?}", route.target);
    assert_eq!(answer.status, status, "{what}");
    if route.answers_pages() {
        assert!(answer.text.starts_with("<!doctype html>"), "{what}");
    } else {
        assert_eq!(answer.error().1, code, "{what}");
    }
}

/// A multipart body with one field, whose bytes are given.
fn multipart(name: &str, value: &[u8]) -> Vec<u8> {
    let head = format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
    [head.as_bytes(), value, b"\r\n--B--\r\n"].concat()
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused() {
    let suite = Suite::start().await;
    let nested = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000)).into_bytes();
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        (JSON, b"{".to_vec()),
        (JSON, b"".to_vec()),
        (JSON, b"{'id': 1}".to_vec()),
        (JSON, b"{} {}".to_vec()),
        (JSON, b"{\"id\": \"\xff\"}".to_vec()),
        (JSON, b"{\"\xc3\x28\": 1}".to_vec()),
        (JSON, b"\xff\xfe{\0}\0".to_vec()),
        (JSON, b"{\"id\": \"\\ud800\"}".to_vec()),
        (JSON, b"{\"hours\": 1e999}".to_vec()),
        (JSON, format!("{{\"hours\": {}.0e400}}", "9".repeat(5000)).into_bytes()),
        (JSON, nested("[", "]")),
        (JSON, nested("{\"when\":", "}")),
        (FORM, b"%ff=x".to_vec()),
        (FORM, b"id=%c3%28".to_vec()),
        (FORM, b"id=\xff".to_vec()),
        (MULTIPART, b"no boundary here".to_vec()),
        (MULTIPART, b"--B\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\nno end".to_vec()),
        (MULTIPART, multipart("id", b"\xff")),
        ("multipart/form-data", multipart("id", b"x")),
    ];
    for route in with_bodies(&suite).await {
        for (content_type, body) in &bodies {
            let answer = route.target.send_bytes(&suite.api, content_type, body.clone()).await;
            let what = String::from_utf8_lossy(&body[..body.len().min(60)]);
            assert_refused(&route, &answer, route.unreadable(), &format!("{content_type} {what}"));
        }
    }
}

#[tokio::test]
async fn a_body_of_the_wrong_form_is_a_bad_query() {
    let suite = Suite::start().await;
    let dots = format!("{}=x", vec!["a"; 10_000].join("."));
    let bodies: Vec<(&str, String)> = vec![
        (JSON, "null".to_owned()),
        (JSON, "[]".to_owned()),
        (JSON, "7".to_owned()),
        (JSON, "\"text\"".to_owned()),
        (JSON, "[{}]".to_owned()),
        (JSON, "[\"a@example.org\", \"correct horse battery\"]".to_owned()),
        (JSON, "[true]".to_owned()),
        (FORM, dots.clone()),
        (FORM, "a.b=1&a=2".to_owned()),
        (FORM, "a=1&a.b=2".to_owned()),
        (MULTIPART, String::from_utf8(multipart(&dots, b"x")).unwrap()),
    ];
    for route in with_bodies(&suite).await {
        for (content_type, body) in &bodies {
            let answer = route.target.send_bytes(&suite.api, content_type, body.clone()).await;
            assert_refused(&route, &answer, (400, 4050), &format!("{content_type} {}", &body[..body.len().min(60)]));
        }
    }
}

/// Each copy of a body in which one text has a NUL, with the text's name.
fn with_a_nul(body: &Value) -> Vec<(Value, String)> {
    let mut copies = Vec::new();
    each_text(body, &mut Vec::new(), &mut |pointer| {
        let mut copy = body.clone();
        let text = copy.pointer_mut(pointer).unwrap();
        *text = json!(format!("{}\0", text.as_str().unwrap()));
        copies.push((copy, name_of(pointer)));
    });
    copies
}

/// A field as the gateway names it: `/when/begin` is `when.begin`, and `/interests/1` is `interests[1]`.
fn name_of(pointer: &str) -> String {
    pointer.split('/').skip(1).fold(String::new(), |name, part| match part.parse::<usize>() {
        Ok(index) => format!("{name}[{index}]"),
        Err(_) if name.is_empty() => part.to_owned(),
        Err(_) => format!("{name}.{part}"),
    })
}

fn each_text(value: &Value, path: &mut Vec<String>, visit: &mut impl FnMut(&str)) {
    let children: Vec<(String, &Value)> = match value {
        Value::String(_) => return visit(&format!("/{}", path.join("/"))),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(values) => values.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        _ => return,
    };
    for (name, child) in children {
        path.push(name);
        each_text(child, path, visit);
        path.pop();
    }
}

#[tokio::test]
async fn a_nul_in_any_text_of_any_body_is_a_bad_query_of_that_field() {
    let suite = Suite::start().await;
    let mut tried = 0;
    for route in with_bodies(&suite).await {
        for (body, name) in with_a_nul(&route.body) {
            for encoding in ENCODINGS {
                let answer = route.target.send(&suite.api, encoding, &body).await;
                assert_refused(&route, &answer, (400, 4050), &format!("{encoding:?} {body}"));
                assert_eq!(answer.header("x-error-field"), Some(&*name), "{encoding:?} {body}");
                tried += 1;
            }
        }
    }
    assert!(tried > 150, "only {tried}");
}

#[tokio::test]
async fn what_is_in_fields_that_nobody_asked_for_does_not_matter() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let target = Target::new(Method::PATCH, "/v1/profile", Some(&ann.token));
    let bodies = [
        (JSON, "{\"quote\": \"a\", \"x\\u0000\": \"\\u0000\", \"mission\": \"b\", \"y\": [[{\"z\": null}]]}"),
        (FORM, "quote=a&x%00=%00&y.z.quote=1&y.z.quote=2&=x"),
    ];
    for (content_type, body) in bodies {
        target.send_bytes(&suite.api, content_type, body).await.ok();
        assert_eq!(suite.api.get("/v1/profile", Some(&ann.token)).await.ok()["quote"], "a");
    }
}

/// One that is not UTF-8 names nobody at all, wherever in the path it is.
#[tokio::test]
async fn a_path_with_a_nul_or_bad_utf_8_leads_nowhere() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let experience = json!({"name": "x", "description": "y"});
    for (bad, of_two) in [("%00", 4004), ("x%00y", 4004), ("%ff", 4003), ("%C3%28", 4003), ("%ED%A0%80", 4003)] {
        for (method, path, token, body, code) in [
            (Method::GET, format!("/v1/accounts/{bad}"), None, None, Some(4000)),
            (Method::GET, format!("/v1/accounts/{bad}/profile"), None, None, Some(4000)),
            (Method::GET, format!("/v1/accounts/{bad}/experiences"), None, None, Some(4002)),
            (Method::PUT, format!("/v1/experiences/resolve/{bad}"), Some(&ann), Some(&experience), Some(4002)),
            (Method::DELETE, format!("/v1/experiences/resolve/{bad}"), Some(&ann), None, Some(4002)),
            (
                Method::POST,
                format!("/v1/experiences/validations/{bad}/x"),
                Some(&help),
                Some(&json!({"approve": true})),
                Some(4003),
            ),
            (
                Method::POST,
                format!("/v1/experiences/validations/{}/{bad}", ann.id),
                Some(&help),
                Some(&json!({"approve": true})),
                Some(of_two),
            ),
            (Method::GET, format!("/v1/auth/verify-email/{bad}"), None, None, None),
            (Method::GET, format!("/v1/experiences/email-approve/{bad}"), None, None, None),
            (Method::POST, format!("/v1/experiences/email-approve/{bad}"), None, Some(&json!({"approve": true})), None),
            (Method::POST, format!("/password-reset/{bad}"), None, Some(&json!({"password": "a new password"})), None),
        ] {
            let answer = suite.api.call(method, &path, token.map(|person| person.token.as_str()), body).await;
            assert!(matches!(answer.status, 400 | 404), "{path}: {answer:?}");
            match code {
                Some(code) => assert_eq!(answer.error().1, code, "{path}"),
                None => assert!(answer.text.contains("This link is invalid"), "{path}: {answer:?}"),
            }
        }
        // As a path of no route, and as a query.
        assert_eq!(suite.api.get(&format!("/v1/{bad}"), None).await.error().1, 4040);
        assert_eq!(suite.api.get(&format!("/v1/account?{bad}={bad}"), Some(&ann.token)).await.status, 200);
    }
}

#[tokio::test]
async fn numbers_that_fit_nothing_are_refused_by_their_name() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let target = Target::new(Method::POST, "/v1/experiences", Some(&ann.token));
    for number in ["9223372036854775808", "-9223372036854775809", "1e308", &"9".repeat(300), "0.1", "-0.5"] {
        let body = format!("{{\"name\": \"a\", \"description\": \"b\", \"email_verify\": false, \"hours\": {number}}}");
        let answer = target.send_bytes(&suite.api, JSON, body).await;
        assert_eq!((answer.error().1, answer.header("x-error-field")), (4050, Some("hours")), "{number}");
        let body = format!("name=a&description=b&email_verify=false&hours={number}");
        let answer = target.send_bytes(&suite.api, FORM, body).await;
        assert_eq!((answer.error().1, answer.header("x-error-field")), (4050, Some("hours")), "{number}");
    }
    for coordinate in ["1e308", "-1e308", "NaN", "inf"] {
        let body = format!(
            "name=a&description=b&email_verify=false&location.geojson.type=Point\
             &location.geojson.coordinates=0&location.geojson.coordinates={coordinate}"
        );
        let answer = target.send_bytes(&suite.api, FORM, body).await;
        assert_eq!(
            (answer.error().1, answer.header("x-error-field")),
            (4050, Some("location.geojson.coordinates")),
            "{coordinate}"
        );
    }
}

#[tokio::test]
async fn of_a_key_that_is_there_twice_the_last_counts() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let target = Target::new(Method::PATCH, "/v1/profile", Some(&ann.token));
    target.send_bytes(&suite.api, JSON, "{\"quote\": 7, \"quote\": \"b\"}").await.ok();
    assert_eq!(suite.api.get("/v1/profile", Some(&ann.token)).await.ok()["quote"], "b");
    // In a form it is a list, which a text is not.
    let answer = target.send_bytes(&suite.api, FORM, "quote=a&quote=b").await;
    assert_eq!((answer.error().1, answer.header("x-error-field")), (4050, Some("quote")));
}

#[tokio::test]
async fn other_content_types_are_unsupported() {
    let suite = Suite::start().await;
    for route in with_bodies(&suite).await {
        for content_type in
            ["text/plain", "application/jsonx", "application/grpc", "application/grpc-web+proto", "x", "é"]
        {
            let answer = route.target.send_bytes(&suite.api, content_type, route.body.to_string()).await;
            assert_refused(&route, &answer, (415, 4150), content_type);
        }
        let answer = Answer::of(route.target.request(&suite.api).body(route.body.to_string())).await;
        assert_refused(&route, &answer, (415, 4150), "no content type");
        let good =
            route.target.send_bytes(&suite.api, "Application/JSON ; charset=utf-8", route.body.to_string()).await;
        assert_ne!(good.status, 415, "{:?}", route.target);
    }
}

#[tokio::test]
async fn what_is_no_http_does_not_disturb_others() {
    let suite = Suite::start().await;
    for bytes in [&b"\0\0\0\0\r\n\r\n"[..], b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\xff"]
    {
        let mut request = bytes.to_vec();
        request.extend([b'x'; 100]);
        request.extend(b"\r\n\r\n");
        let answer = raw(&suite, &request).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
    assert_eq!(suite.api.get("/healthz", None).await.status, 200);
}
