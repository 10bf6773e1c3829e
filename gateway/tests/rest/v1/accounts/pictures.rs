//! `GET /v1/accounts/:id/avatar.svg` and `GET /v1/accounts/:id/header.svg`.

use connectus_platform::ids;
use connectus_testkit::{Answer, Suite};

const FORMER: &str = "507f1f77bcf86cd799439011";
const KINDS: [&str; 2] = ["avatar", "header"];

async fn picture(suite: &Suite, id: &str, kind: &str) -> Answer {
    suite.api.get(&format!("/v1/accounts/{id}/{kind}.svg"), None).await
}

#[tokio::test]
async fn an_account_that_has_chosen_no_pictures_shows_those_made_of_its_id() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let account = suite.api.get(&format!("/v1/accounts/{}", ann.id), None).await.ok();
    for kind in KINDS {
        let url = account[kind].as_str().unwrap();
        assert_eq!(url, format!("{}/v1/accounts/{}/{kind}.svg", suite.api.url(), ann.id));
        let shown = suite.api.get(url.strip_prefix(suite.api.url()).unwrap(), None).await;
        assert_eq!((shown.status, shown.header("content-type")), (200, Some("image/svg+xml")));
    }
}

#[tokio::test]
async fn a_picture_is_the_same_each_time_however_the_id_is_written() {
    let suite = Suite::start().await;
    let id = ids::parse(FORMER).unwrap().to_string();
    for kind in KINDS {
        let drawn = picture(&suite, &id, kind).await;
        for written in [&*id, FORMER, &FORMER.to_uppercase(), &id.to_uppercase(), &id.replace('-', "")] {
            assert_eq!(picture(&suite, written, kind).await.text, drawn.text, "{written}");
        }
        let other = picture(&suite, "507f1f77bcf86cd799439012", kind).await;
        assert_ne!(other.text, drawn.text);
    }
    assert_ne!(picture(&suite, &id, "avatar").await.text, picture(&suite, &id, "header").await.text);
}

#[tokio::test]
async fn a_picture_may_be_kept_and_shown_anywhere_and_does_nothing_there() {
    let suite = Suite::start().await;
    for kind in KINDS {
        let shown = picture(&suite, FORMER, kind).await;
        assert_eq!(shown.header("cache-control"), Some("public, max-age=604800"));
        assert_eq!(shown.header("cross-origin-resource-policy"), Some("cross-origin"));
        assert_eq!(shown.header("x-content-type-options"), Some("nosniff"));
        let policy = shown.header("content-security-policy").unwrap();
        assert_eq!(policy, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox");
        let drawing = shown.text.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        assert!(drawing.starts_with("<svg ") && drawing.trim_end().ends_with("</svg>"), "{drawing}");
        for part in ["script", "href", "url(", "http", "style", "<!", " on"] {
            assert!(!drawing.contains(part), "{part}: {drawing}");
        }
    }
}

#[tokio::test]
async fn a_picture_takes_no_database() {
    let suite = Suite::start().await;
    for schema in ["auth", "account", "experience"] {
        suite.database.execute(&format!("ALTER SCHEMA {schema} RENAME TO {schema}_gone")).await;
    }
    for kind in KINDS {
        assert_eq!(picture(&suite, FORMER, kind).await.status, 200);
    }
}

#[tokio::test]
async fn what_is_no_id_has_no_picture() {
    let suite = Suite::start().await;
    for id in ["me", "x", "%00", "%ff", "507f1f77bcf86cd79943901", "507f1f77bcf86cd79943901g", "a%2Fb", "%20"] {
        for kind in KINDS {
            assert_eq!(picture(&suite, id, kind).await.error(), (404, 4040, "Not found.".to_owned()), "{id}");
        }
    }
}
