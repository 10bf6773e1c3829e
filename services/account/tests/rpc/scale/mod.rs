//! Searches among a million accounts. It takes a minute: `deploy/test.sh scale` runs it.

use std::time::{Duration, Instant};

use connectus_proto::{
    account::v1::{SearchAccountsRequest, SearchAccountsResponse},
    common::v1::{AccountType, Area, GeoPoint},
};
use connectus_testkit::{
    Database, Options, Suite,
    database::Server,
    plans::{explain, most_rows},
};

/// How many rows a search may look at in one step of one statement: a part of a million.
const MOST_ROWS: u64 = 150_000;
/// How long a search may take, on a machine that does more than this.
const MOST_TIME: Duration = Duration::from_secs(2);

/// What makes the indexes that take long, those of accounts first.
const INDEXES: &str = "SELECT string_agg(pg_get_indexdef(indexrelid), ';' ORDER BY indexrelid::regclass::text) \
    FROM pg_index WHERE NOT indisprimary AND (indexrelid = 'account.accounts_search_typos'::regclass) = $1 \
        AND indrelid IN ('account.accounts'::regclass, 'account.profiles'::regclass)";

/// The words of all names, which are counted at once where those of each would be.
const NAME_WORDS: &str = "INSERT INTO account.name_words SELECT word, count(*) FROM account.accounts, \
    unnest(string_to_array(btrim(search_name), ' ')) AS word GROUP BY word";

const DROP_INDEXES: &str = "DO $$ DECLARE name regclass; BEGIN \
    FOR name IN SELECT indexrelid::regclass FROM pg_index WHERE NOT indisprimary \
        AND indrelid IN ('account.accounts'::regclass, 'account.profiles'::regclass) \
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
    let began = Instant::now();
    for conn in [&one, &other] {
        conn.batch_execute("SET session_replication_role = replica").await.unwrap();
    }
    both(include_str!("accounts.sql"), include_str!("profiles.sql")).await;
    println!("rows in {:.0?}", began.elapsed());
    let with_memory = |indexes: &str| format!("SET maintenance_work_mem = '256MB'; {indexes}");
    both(&with_memory(&slowest), &with_memory(&others)).await;
    both(include_str!("blocks.sql"), NAME_WORDS).await;
    database.execute("VACUUM ANALYZE account.accounts, account.profiles, account.blocks, account.name_words").await;
}

fn named(query: &str) -> SearchAccountsRequest {
    SearchAccountsRequest { query: query.to_owned(), ..SearchAccountsRequest::default() }
}

fn interested(interests: &[&str]) -> SearchAccountsRequest {
    let interests = interests.iter().map(ToString::to_string).collect();
    SearchAccountsRequest { interests, ..SearchAccountsRequest::default() }
}

fn near(longitude: f64, latitude: f64, radius_km: f64) -> SearchAccountsRequest {
    let area = Area { center: Some(GeoPoint { longitude, latitude }), radius_km };
    SearchAccountsRequest { area: Some(area), ..SearchAccountsRequest::default() }
}

/// What is searched for, and by how many statements at most.
fn searches() -> Vec<(&'static str, SearchAccountsRequest)> {
    let both = |name: &str, other: SearchAccountsRequest| SearchAccountsRequest { query: name.to_owned(), ..other };
    let organizations = |request| SearchAccountsRequest { account_type: AccountType::Organization.into(), ..request };
    vec![
        ("one letter", named("m")),
        ("one letter that few names begin with", named("x")),
        ("two letters", named("ma")),
        ("a common first name", named("maria")),
        ("a common last name", named("garcia")),
        ("the beginning of common names", named("mar")),
        ("the beginning of last names", named("fern")),
        ("a full name", named("maria garcia")),
        ("a full name, turned around", named("garcia maria")),
        ("a word and a letter", named("b maria")),
        ("a word and letters of seven others", named("a b c d e f g maria")),
        ("a typo", named("gacria")),
        ("a typo in a short name", named("jonh")),
        ("typos in two words", named("jonh simth")),
        ("a typo beside one letter", named("a gacria")),
        ("a word of organizations", organizations(named("community"))),
        ("what nobody is called", named("qqqqqqqq")),
        ("one letter, organizations", organizations(named("m"))),
        ("a first name, organizations", organizations(named("maria"))),
        ("an interest of many", interested(&["music"])),
        ("an interest of few", interested(&["topic 19999"])),
        (
            "ten interests",
            interested(&[
                "music",
                "reading",
                "gardening",
                "cooking",
                "animals",
                "teaching",
                "sport",
                "elder care",
                "topic 1",
                "topic 2",
            ]),
        ),
        ("what nobody is interested in", interested(&["nothing"])),
        ("a common name and an interest of many", both("maria", interested(&["music"]))),
        ("a common name and an interest of few", both("maria", interested(&["topic 15000"]))),
        ("a letter and an interest of few", both("m", interested(&["topic 15000"]))),
        ("a typo and an interest of many", both("gacria", interested(&["music"]))),
        ("near, in a large circle", near(-80.0, 43.0, 500.0)),
        ("near, in a small circle", near(-80.0, 43.0, 25.0)),
        ("near, where nobody is", near(100.0, -40.0, 500.0)),
        ("near, in a city", near(10.0, 50.0, 500.0)),
        ("near, around a city", near(10.0, 50.2, 500.0)),
        (
            "near, with an interest of many",
            SearchAccountsRequest { area: near(-80.0, 43.0, 500.0).area, ..interested(&["music"]) },
        ),
        ("near, with a word", both("shelter", near(-80.0, 43.0, 500.0))),
        ("near, with a letter", both("m", near(-80.0, 43.0, 25.0))),
        ("near, with a typo", both("sheltre", near(-80.0, 43.0, 25.0))),
    ]
}

async fn search(suite: &Suite, request: SearchAccountsRequest) -> SearchAccountsResponse {
    suite.account().search_accounts(request).await.unwrap().into_inner()
}

/// Sees that no plan goes through a whole table, and answers the most rows that a step looked at.
fn checked(what: &str, plans: &str) -> u64 {
    assert!(plans.contains("Query Text: SELECT rank, name, id"), "{what} has a plan: {plans}");
    for table in ["accounts", "profiles"] {
        assert!(!plans.contains(&format!("Seq Scan on {table}")), "{what}: {plans}");
    }
    let most = most_rows(plans);
    assert!(most <= MOST_ROWS, "{what}: {most} rows, {plans}");
    most
}

#[tokio::test]
#[ignore = "it takes a minute"]
async fn searches_among_a_million_accounts_do_little() {
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
        search(&suite, SearchAccountsRequest { page_token: first.next_page_token.clone(), ..request }).await;
        let next_time = began.elapsed();
        let found = first.accounts.len();
        println!(
            "{what:<45}{found:>8}{:>8}{first_time:>10.1?}{next_time:>12.1?}",
            checked(what, &server.log()[before..])
        );
        assert!(first_time.max(next_time) < MOST_TIME, "{what}");
    }
}
