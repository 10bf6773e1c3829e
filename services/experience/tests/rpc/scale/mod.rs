//! Searches among a hundred thousand opportunities: `deploy/test.sh scale` runs it.

use std::time::{Duration, Instant};

use connectus_proto::{
    common::v1::{Area, GeoPoint},
    experience::v1::{SearchOpportunitiesRequest, SearchOpportunitiesResponse},
};
use connectus_testkit::{
    Database, Options, Suite,
    database::Server,
    plans::{explain, most_rows},
};
use prost_types::Timestamp;

/// How many rows a search may look at in one step of its statement: half of all, where these are entries of an index.
const MOST_ROWS: u64 = 50_000;
/// How long a search may take, on a machine that does more than this.
const MOST_TIME: Duration = Duration::from_secs(4);

const INDEXES: &str = "SELECT string_agg(pg_get_indexdef(indexrelid), ';') FROM pg_index \
    WHERE NOT indisprimary AND (indexrelid = 'experience.opportunities_search_typos'::regclass) = $1 \
        AND indrelid IN ('experience.opportunities'::regclass, 'experience.shifts'::regclass)";

const DROP_INDEXES: &str = "DO $$ DECLARE name regclass; BEGIN \
    FOR name IN SELECT indexrelid::regclass FROM pg_index WHERE NOT indisprimary \
        AND indrelid IN ('experience.opportunities'::regclass, 'experience.shifts'::regclass) \
    LOOP EXECUTE format('DROP INDEX %s', name); END LOOP; END $$;";

/// Fills a database, by two connections. The indexes are made when all rows are there, which is faster.
async fn load(database: &Database) {
    let (one, other) = (database.connect().await, database.connect().await);
    let index = async |is_slowest: bool| one.query_one(INDEXES, &[&is_slowest]).await.unwrap().get::<_, String>(0);
    let (slowest, others) = (index(true).await, index(false).await);
    database.execute(DROP_INDEXES).await;
    let both = async |first: &str, second: &str| {
        let (first, second) = tokio::join!(one.batch_execute(first), other.batch_execute(second));
        first.and(second).unwrap();
    };
    let part = |number: &str| include_str!("opportunities.sql").replace("PART", number);
    both(&part("1"), &part("2")).await;
    let with_memory = |indexes: &str| format!("SET maintenance_work_mem = '256MB'; {indexes}");
    both(&with_memory(&slowest), &with_memory(&others)).await;
    database.execute("VACUUM ANALYZE experience.opportunities, experience.shifts").await;
}

fn words(query: &str) -> SearchOpportunitiesRequest {
    SearchOpportunitiesRequest { query: query.to_owned(), ..SearchOpportunitiesRequest::default() }
}

fn tagged(tags: &[&str]) -> SearchOpportunitiesRequest {
    let tags = tags.iter().map(ToString::to_string).collect();
    SearchOpportunitiesRequest { tags, ..SearchOpportunitiesRequest::default() }
}

fn near(longitude: f64, latitude: f64, radius_km: f64) -> SearchOpportunitiesRequest {
    let area = Some(Area { center: Some(GeoPoint { longitude, latitude }), radius_km });
    SearchOpportunitiesRequest { area, ..SearchOpportunitiesRequest::default() }
}

/// Within so many days from now.
fn within(from: Option<i64>, to: Option<i64>) -> SearchOpportunitiesRequest {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs().cast_signed();
    let at = |day: Option<i64>| day.map(|day| Timestamp { seconds: now + day * 86_400, nanos: 0 });
    SearchOpportunitiesRequest { from_time: at(from), to_time: at(to), ..SearchOpportunitiesRequest::default() }
}

/// What is searched for.
fn searches() -> Vec<(&'static str, SearchOpportunitiesRequest)> {
    let when = |request: SearchOpportunitiesRequest, times: &SearchOpportunitiesRequest| SearchOpportunitiesRequest {
        from_time: times.from_time,
        to_time: times.to_time,
        ..request
    };
    let (past, never) = (within(Some(-400), Some(-390)), within(Some(4000), Some(4001)));
    let tagged_words =
        |query: &str, tags: &[&str]| SearchOpportunitiesRequest { tags: tagged(tags).tags, ..words(query) };
    vec![
        ("anything", words("")),
        ("one letter", words("b")),
        ("one letter that few words begin with", words("x")),
        ("two letters", words("be")),
        ("eight letters", words("a b c d e f g h")),
        ("a common word", words("beach")),
        ("the beginning of a common word", words("bea")),
        ("a common city", words("toronto")),
        ("the country of all", words("canada")),
        ("two common words", words("beach toronto")),
        ("a word and a letter", words("beach c")),
        ("a rare word", words("cfcd20")),
        ("a typo", words("baech")),
        ("typos in two words", words("baech tornoto")),
        ("what nothing is called", words("qqqqqqqq")),
        ("a common tag", tagged(&["food"])),
        ("a rare tag", tagged(&["topic 4999"])),
        ("two tags", tagged(&["food", "topic 3"])),
        ("what nothing is tagged with", tagged(&["nothing"])),
        ("a common word and a common tag", tagged_words("beach", &["food"])),
        ("a typo and a rare tag", tagged_words("baech", &["topic 4000"])),
        ("near, in a large circle", near(-80.0, 43.0, 500.0)),
        ("near, in a small circle", near(-80.0, 43.0, 25.0)),
        ("near, in a city", near(10.0, 50.0, 25.0)),
        ("near, where nothing is", near(100.0, -40.0, 500.0)),
        (
            "near, with a common word",
            SearchOpportunitiesRequest { area: near(-80.0, 43.0, 500.0).area, ..words("beach") },
        ),
        ("near, with a letter", SearchOpportunitiesRequest { area: near(-80.0, 43.0, 25.0).area, ..words("b") }),
        (
            "near, with a common tag",
            SearchOpportunitiesRequest { area: near(10.0, 50.0, 25.0).area, ..tagged(&["food"]) },
        ),
        ("a day to come", within(Some(10), Some(11))),
        ("from a day on", within(Some(40), None)),
        ("before a day", within(None, Some(-1010))),
        ("days long ago", past.clone()),
        ("when nothing is", never.clone()),
        ("a common word, long ago", when(words("beach"), &past)),
        ("a common word, when nothing is", when(words("beach"), &never)),
        ("a common tag, long ago", when(tagged(&["food"]), &past)),
        ("a letter, when nothing is", when(words("b"), &never)),
        ("near, long ago", when(near(-80.0, 43.0, 500.0), &past)),
        ("near, when nothing is", when(near(10.0, 50.0, 25.0), &never)),
    ]
}

async fn search(suite: &Suite, request: SearchOpportunitiesRequest) -> SearchOpportunitiesResponse {
    suite.opportunities().search_opportunities(request).await.unwrap().into_inner()
}

/// Sees that no plan goes through a whole table, and answers the most rows that a step looked at.
fn checked(what: &str, plans: &str) -> u64 {
    assert!(plans.contains("Query Text: SELECT o.id FROM opportunities"), "{what} has a plan: {plans}");
    for table in ["opportunities", "shifts"] {
        assert!(!plans.contains(&format!("Seq Scan on {table}")), "{what}: {plans}");
    }
    let most = most_rows(plans);
    assert!(most <= MOST_ROWS, "{what}: {most} rows, {plans}");
    most
}

#[tokio::test]
#[ignore = "it takes half a minute"]
async fn searches_among_many_opportunities_do_little() {
    let server = Server::start().await;
    let database = server.database().await;
    let began = Instant::now();
    load(&database).await;
    println!("loaded in {:.0?}", began.elapsed());
    explain(&database).await;
    let suite = Suite::with(Options { database: Some(database), ..Options::default() }).await;
    println!("{:<45}{:>8}{:>8}{:>10}{:>12}", "search for", "found", "rows", "first", "next page");
    for (what, request) in searches() {
        let before = server.log().len();
        let began = Instant::now();
        let first = search(&suite, request.clone()).await;
        let first_time = began.elapsed();
        let began = Instant::now();
        search(&suite, SearchOpportunitiesRequest { page_token: first.next_page_token.clone(), ..request }).await;
        let next_time = began.elapsed();
        let found = first.opportunities.len();
        println!(
            "{what:<45}{found:>8}{:>8}{first_time:>10.1?}{next_time:>12.1?}",
            checked(what, &server.log()[before..])
        );
        assert!(first_time.max(next_time) < MOST_TIME, "{what}");
    }
}
