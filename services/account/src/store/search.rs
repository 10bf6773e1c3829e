//! Searches of accounts, each statement of which does bounded work however many accounts there are.
//!
//! Every way to match has a statement, and the next is only asked when those before it do not fill the page. A statement
//! collects candidates on indexes, and ranks no more than [`MOST_RANKED`]: who searches for so little that more match is shown those.
//! Of an area no more than [`MOST_NEAR`] are ranked in each of its rings. A word that many have is looked for in the order of names,
//! where a page of them is near, since an index of words would have to list all of them first.

use connectus_platform::{
    geo::{Bounds, Circle},
    page::Ranked,
    store::{self, Pool, StoreError},
};
use connectus_proto::common::v1::AccountType;
use diesel::{
    QueryResult, QueryableByName,
    sql_types::{Array, BigInt, Double, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::accounts::{ORGANIZATION, USER};
use crate::domain::search::{Position, Ring, Search, Tier};

/// How many candidates are ranked of each way to match.
const MOST_RANKED: usize = 2000;
/// How many candidates are ranked of each ring of an area, whichever of them come first: as many as take half a second.
const MOST_NEAR: usize = 10_000;
/// How many words of names are meant by one that is searched for, with its beginning and with a typo, whichever of them come first.
const MOST_MEANT: usize = 100;
/// How many names are gone through, in their order, for those that have a common word: it takes as long as to rank [`MOST_RANKED`].
const MOST_PASSED: i64 = 20_000;

/// What the profile of every candidate must be, whatever is searched for. A part that is not searched for is null, and gone
/// before the statement is planned: diesel has the server plan each anew.
const PROFILE: &str = "($4::text[] IS NULL OR p.search_interests && search_keys($4)) \
    AND ($5::float8[] IS NULL OR p.longitude IS NOT NULL \
        AND (point(p.longitude, p.latitude) <@ box(point($6[1], $6[2]), point($6[3], $6[4])) \
            OR point(p.longitude, p.latitude) <@ box(point($6[5], $6[6]), point($6[7], $6[8]))) \
        AND distance_km($5[1], $5[2], p.longitude, p.latitude) <= $5[3] \
        AND distance_km($5[1], $5[2], p.longitude, p.latitude) > $5[4])";
/// What the account must be.
const ACCOUNT: &str = "($3::text IS NULL OR a.account_type = $3) \
    AND NOT EXISTS (SELECT FROM blocks b WHERE b.blocker_id = a.id AND b.blocked_id = $7)";

/// How many of the interests a candidate has: 0 to 10.
const SHARED: &str = "CASE WHEN $4::text[] IS NULL THEN 0 ELSE \
    cardinality(ARRAY(SELECT unnest(search_interests) INTERSECT SELECT unnest(search_keys($4)))) END";

/// How far a candidate is from the middle, in whole millimetres.
const DISTANCE: &str = "round(distance_km($5[1], $5[2], longitude, latitude) * 1e6)";

/// The statement's part that depends on how a candidate matches.
struct Parts {
    /// Where it is found, and what it must be.
    source: String,
    /// What it is called in the order of what is found.
    name: &'static str,
    /// Which of the candidates are ranked: what is said where they are searched for, and about what is found.
    first: [String; 2],
    /// How far behind it is.
    rank: String,
}

impl Parts {
    fn new(tier: Tier, words: usize, profiles: &str) -> Self {
        let score = || format!("-16 * ({}) - ({SHARED})", score(words));
        let shared = || format!("-({SHARED})");
        let named = |matches: String, first, rank| Self {
            source: among_all(profiles, &matches),
            name: "a.search_name",
            first,
            rank,
        };
        let unnamed = |source, first, rank| Self { source, name: "''", first, rank };
        match tier {
            Tier::Name => {
                // Where no interests rank them, they are found in their order: those of the page are enough.
                let most = format!("CASE WHEN $4::text[] IS NULL THEN $11 ELSE {MOST_RANKED} END");
                let first = [format!("ORDER BY a.search_name, a.id LIMIT {most}"), String::new()];
                named(format!("{NAMED} AND {NAMED_AFTER}"), first, shared())
            }
            Tier::Words => named(format!("{BEGUN} AND NOT {NAMED}"), first_of_all(), score()),
            Tier::Typos => named(format!("{NEARLY_BEGUN} AND NOT {BEGUN}"), first_of_all(), score()),
            Tier::Interests => {
                let first = [format!("ORDER BY a.id LIMIT {MOST_RANKED}"), String::new()];
                unnamed(among_all(profiles, "true"), first, shared())
            }
            Tier::Nearest | Tier::Near | Tier::Far => {
                unnamed(among_near(), Default::default(), format!("{DISTANCE} * 16 - ({SHARED})"))
            }
        }
    }

    /// Finds those whose names have the one word that is searched for, in the order of names from where the page before ended.
    fn common() -> Self {
        let next = format!(
            "(SELECT * FROM accounts a WHERE {NAMED_AFTER} ORDER BY a.search_name, a.id LIMIT {MOST_PASSED}) AS a \
             {NO_PROFILES}"
        );
        Self {
            source: format!("{next} WHERE a.search_name LIKE '% ' || $1[1] || ' %' AND NOT {NAMED}"),
            name: "a.search_name",
            first: ["ORDER BY a.search_name, a.id LIMIT $11".to_owned(), String::new()],
            rank: WHOLE_WORD.to_string(),
        }
    }
}

/// The profile of an account, if it has one.
const PROFILES: &str = "LEFT JOIN profiles p ON p.account_id = a.id";
/// The same where nothing of profiles is searched for: none is looked at.
const NO_PROFILES: &str =
    "CROSS JOIN (SELECT NULL::text[] AS search_interests, NULL::float8 AS longitude, NULL::float8 AS latitude) AS p";

/// Finds candidates among all accounts.
fn among_all(profiles: &str, matches: &str) -> String {
    format!("accounts a {profiles} WHERE {matches} AND {PROFILE}")
}

/// Finds candidates in an area by their profiles, so many that a look at each is no great matter.
fn among_near() -> String {
    format!(
        "(SELECT * FROM profiles p WHERE {PROFILE} LIMIT {MOST_NEAR}) AS p JOIN accounts a ON a.id = p.account_id WHERE true"
    )
}

/// Takes the first that are found. Where the planner thought of the first only, it might go through everybody, in the hope of some
/// that are soon found.
fn first_of_all() -> [String; 2] {
    [String::new(), format!("LIMIT {MOST_RANKED}")]
}

/// The name begins with the words.
const NAMED: &str = "a.search_name LIKE $2 || '%'";
/// Where no interests rank them, candidates are collected from where the page before ended.
const NAMED_AFTER: &str = "($4::text[] IS NOT NULL OR $9::text IS NULL OR (a.search_name, a.id) > ($9, $10))";

/// The name has words that begin with those searched for.
const BEGUN: &str = "array_to_tsvector(string_to_array(btrim(a.search_name), ' ')) @@ $12::tsquery";
/// The name has words that begin with those searched for, or are those but for a typo.
const NEARLY_BEGUN: &str = "array_to_tsvector(string_to_array(btrim(a.search_name), ' ')) @@ $13::tsquery";

/// How far behind a name is that has the one word as it is: [`score`], where no interests are searched for.
const WHOLE_WORD: i64 = -32;

/// How well the name has the words: each as it is, as the beginning of one, or with a typo.
fn score(words: usize) -> String {
    let has = |pattern: String| format!("name LIKE '% ' || {pattern} || '%'");
    let score = |word| {
        let [whole, begun] = [format!("$1[{word}] || ' '"), format!("$1[{word}]")].map(has);
        format!("CASE WHEN {whole} THEN 2 WHEN {begun} THEN 1 ELSE 0 END")
    };
    (1..=words).map(score).collect::<Vec<String>>().join(" + ")
}

/// The statement that finds a page of those who match in one way.
fn statement(parts: Parts) -> String {
    let Parts { source, name, first: [searched, found], rank } = parts;
    format!(
        "SELECT rank, name, id FROM ( \
            SELECT ({rank})::bigint AS rank, name, id FROM ( \
                WITH every AS MATERIALIZED ( \
                    SELECT a.id, {name} AS name, p.search_interests, p.longitude, p.latitude \
                    FROM {source} AND {ACCOUNT} {searched} \
                ) SELECT * FROM every {found} \
            ) AS candidates \
        ) AS ranked \
        WHERE $8::bigint IS NULL OR (rank, name, id) > ($8, $9, $10) \
        ORDER BY rank, name, id LIMIT $11"
    )
}

/// The words that are searched for, about how many accounts have each and there are, and which words of names are meant by each.
const MEANT: &str = "SELECT asked, \
        coalesce((SELECT accounts FROM name_words WHERE word = asked), 0) AS accounts, \
        (SELECT reltuples::bigint FROM pg_class WHERE oid = 'accounts'::regclass) AS of_all, \
        ARRAY(SELECT word FROM name_words WHERE word >= asked AND word < asked || chr(1114111) LIMIT $2) AS begun, \
        ARRAY(SELECT word FROM name_words WHERE search_typos(word) && search_typos(asked) LIMIT $2) AS nearly \
    FROM string_to_table(btrim(search_words($1)), ' ') WITH ORDINALITY AS words (asked, place) ORDER BY place";

/// A word that is searched for, as the words of names are kept: without a sign, so it means nothing to LIKE or a query of text search.
#[derive(QueryableByName)]
struct Meant {
    #[diesel(sql_type = Text)]
    asked: String,
    #[diesel(sql_type = BigInt)]
    accounts: i64,
    #[diesel(sql_type = BigInt)]
    of_all: i64,
    /// Words that begin with it.
    #[diesel(sql_type = Array<Text>)]
    begun: Vec<String>,
    /// Words that it is but for a typo.
    #[diesel(sql_type = Array<Text>)]
    nearly: Vec<String>,
}

impl Meant {
    /// A query of text search for the words that begin with it. It names them where they are few: names that have one of them and
    /// a rare word besides are found by the rare one then.
    fn begun(&self) -> String {
        if self.begun.len() < MOST_MEANT { any_of(&self.begun, &self.asked) } else { format!("'{}':*", self.asked) }
    }

    /// The same for those that it is but for a typo, too.
    fn nearly(&self) -> String {
        format!("({}|{})", self.begun(), any_of(&self.nearly, &self.asked))
    }
}

/// A query of text search for any of these words, or for one where there are none.
fn any_of(words: &[String], or: &str) -> String {
    if words.is_empty() { format!("'{or}'") } else { format!("('{}')", words.join("'|'")) }
}

/// What is searched for in names.
#[derive(Default)]
struct Words {
    each: Vec<String>,
    /// How a name begins that begins with them.
    beginning: String,
    /// Queries of text search: for names whose words begin with each, and for those whose words do so nearly.
    begun: String,
    nearly: String,
    /// About how many accounts have the word, if it is one, and there are.
    accounts: i64,
    of_all: i64,
}

impl Words {
    async fn new(conn: &mut AsyncPgConnection, words: &[String]) -> QueryResult<Self> {
        if words.is_empty() {
            return Ok(Self::default());
        }
        let most = i64::try_from(MOST_MEANT).unwrap_or(i64::MAX);
        let meant: Vec<Meant> =
            store::statement(MEANT).bind::<Text, _>(words.join(" ")).bind::<BigInt, _>(most).load(conn).await?;
        let all = |query: fn(&Meant) -> String| meant.iter().map(query).collect::<Vec<String>>().join("&");
        let (begun, nearly) = (all(Meant::begun), all(Meant::nearly));
        let (accounts, of_all) = match meant.as_slice() {
            [word] => (word.accounts, word.of_all),
            _ => (0, 0),
        };
        let each: Vec<String> = meant.into_iter().map(|meant| meant.asked).collect();
        Ok(Self { beginning: format!(" {}", each.join(" ")), each, begun, nearly, accounts, of_all })
    }

    /// Whether it is one word, and so common that a page of those who have it is soon found among all names.
    fn are_common(&self, page: i64) -> bool {
        self.accounts >= 2 * page && self.of_all.saturating_mul(2 * page) / self.accounts <= MOST_PASSED
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    rank: i64,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// What is searched for, and for whom.
struct Query<'a> {
    search: &'a Search,
    words: Words,
    viewer: Option<Uuid>,
}

/// Finds a page of accounts that have not blocked the viewer, best first, and one more if there is one.
pub(crate) async fn find(
    pool: &Pool,
    search: &Search,
    page: &Ranked<Position>,
    viewer: Option<Uuid>,
) -> Result<Vec<Position>, StoreError> {
    store::reading(pool, |mut conn| async move {
        let query = Query { search, words: Words::new(&mut conn, &search.words).await?, viewer };
        let mut found: Vec<Position> = Vec::new();
        let first = page.after.as_ref().map(|after| after.tier);
        for tier in search.tiers().iter().copied().skip_while(|tier| first.is_some_and(|first| first != *tier)) {
            let missing = page.size + 1 - i64::try_from(found.len()).unwrap_or(i64::MAX);
            if missing <= 0 {
                break;
            }
            let after = page.after.as_ref().filter(|after| after.tier == tier);
            found.extend(query.matches(&mut conn, tier, after, missing).await?);
        }
        Ok(found)
    })
    .await
}

impl Query<'_> {
    /// Finds up to so many of those who match in one way.
    async fn matches(
        &self,
        conn: &mut AsyncPgConnection,
        tier: Tier,
        after: Option<&Position>,
        most: i64,
    ) -> QueryResult<Vec<Position>> {
        let mut found = Vec::new();
        if self.is_common(tier, after, most) {
            found = self.run(conn, tier, Parts::common(), after, most).await?;
        }
        let missing = most - i64::try_from(found.len()).unwrap_or(i64::MAX);
        // The next who has a common word is far, or it only begins theirs.
        if missing > 0 {
            let last = found.last().cloned();
            let looks_at_profiles = !self.search.interests.is_empty() || self.search.ring(tier).is_some();
            let profiles = if looks_at_profiles { PROFILES } else { NO_PROFILES };
            let parts = Parts::new(tier, self.words.each.len(), profiles);
            found.extend(self.run(conn, tier, parts, last.as_ref().or(after), missing).await?);
        }
        Ok(found)
    }

    /// Whether the next who have the word that is searched for, and nothing else is, are soon found among all names.
    fn is_common(&self, tier: Tier, after: Option<&Position>, most: i64) -> bool {
        let Search { account_type, interests, area, .. } = self.search;
        tier == Tier::Words
            && after.is_none_or(|after| after.rank == WHOLE_WORD)
            && account_type.is_none()
            && interests.is_empty()
            && area.is_none()
            && self.words.are_common(most)
    }

    async fn run(
        &self,
        conn: &mut AsyncPgConnection,
        tier: Tier,
        parts: Parts,
        after: Option<&Position>,
        most: i64,
    ) -> QueryResult<Vec<Position>> {
        let Self { search, words, viewer } = self;
        let ring = search.ring(tier);
        let rows: Vec<Row> = diesel::sql_query(statement(parts))
            .bind::<Array<Text>, _>(&words.each)
            .bind::<Text, _>(&words.beginning)
            .bind::<Nullable<Text>, _>(search.account_type.and_then(type_name))
            .bind::<Nullable<Array<Text>>, _>(Some(&search.interests).filter(|interests| !interests.is_empty()))
            .bind::<Nullable<Array<Double>>, _>(ring.map(numbers))
            .bind::<Nullable<Array<Double>>, _>(ring.map(|ring| sides(ring.circle)))
            .bind::<SqlUuid, _>(viewer.unwrap_or_default())
            .bind::<Nullable<BigInt>, _>(after.map(|after| after.rank))
            .bind::<Nullable<Text>, _>(after.map(|after| &after.name))
            .bind::<Nullable<SqlUuid>, _>(after.map(|after| after.id))
            .bind::<BigInt, _>(most)
            .bind::<Text, _>(&words.begun)
            .bind::<Text, _>(&words.nearly)
            .load(conn)
            .await?;
        Ok(rows.into_iter().map(|Row { rank, name, id }| Position { tier, rank, name, id }).collect())
    }
}

fn type_name(account_type: AccountType) -> Option<&'static str> {
    match account_type {
        AccountType::Unspecified => None,
        AccountType::User => Some(USER),
        AccountType::Organization => Some(ORGANIZATION),
    }
}

/// A ring's middle, its outer and its inner radius.
fn numbers(Ring { circle, inner_km }: Ring) -> Vec<f64> {
    vec![circle.longitude, circle.latitude, circle.radius_km, inner_km]
}

/// The sides of a circle's boxes, one box after the other.
fn sides(circle: Circle) -> Vec<f64> {
    circle.boxes().iter().flat_map(|Bounds { west, south, east, north }| [*west, *south, *east, *north]).collect()
}
