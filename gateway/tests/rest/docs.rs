//! `/docs`: a page that needs nothing from elsewhere.

use connectus_testkit::Suite;

/// What a page loads.
fn loaded(html: &str) -> Vec<String> {
    let attributes = [" src=\"", " href=\""];
    let values =
        attributes.iter().flat_map(|name| html.split(name).skip(1).map(|rest| rest.split('"').next().unwrap()));
    values.map(str::to_owned).collect()
}

#[tokio::test]
async fn the_page_and_everything_it_loads_come_from_the_gateway() {
    let suite = Suite::start().await;
    let answer = suite.api.get("/docs", None).await;
    assert_eq!((answer.status, answer.header("location")), (308, Some("/docs/")));
    let page = suite.api.get("/docs/", None).await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    assert!(!page.text.contains("<script>"), "the policy forbids scripts in the page");
    let assets = loaded(&page.text);
    assert!(assets.len() > 3, "{assets:?}");
    for asset in assets {
        let file = asset.trim_start_matches("./");
        assert!(!file.contains(':') && !file.starts_with('/'), "{asset} is from elsewhere");
        let answer = suite.api.get(&format!("/docs/{file}"), None).await;
        assert_eq!(answer.status, 200, "{asset}");
        assert!(!answer.text.is_empty(), "{asset}");
        let kind = answer.header("content-type").unwrap();
        assert!(["text/css", "text/javascript", "image/png"].contains(&kind), "{asset} is {kind}");
    }
    let start = suite.api.get("/docs/swagger-initializer.js", None).await;
    assert!(start.text.contains("/openapi.json"), "{}", start.text);
}

#[tokio::test]
async fn the_document_is_served_as_it_is_in_the_repository() {
    let suite = Suite::start().await;
    let answer = suite.api.get("/openapi.json", None).await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.ok(), connectus_gateway::openapi_document());
}

#[tokio::test]
async fn the_style_of_the_pages_is_there() {
    let suite = Suite::start().await;
    let answer = suite.api.get("/assets/style.css", None).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/css")));
    let page = suite.api.get("/password-reset/x", None).await;
    assert_eq!(loaded(&page.text), ["/assets/style.css"]);
}
