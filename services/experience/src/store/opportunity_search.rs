//! Searches of opportunities.

use connectus_platform::{
    geo::{Bounds, Circle},
    page::Page,
};
use diesel::{
    QueryResult, QueryableByName,
    sql_types::{Array, BigInt, Double, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::domain::opportunity_search::{Search, When};

/// What is found must have, whatever words are searched for. A part that is not searched for is null, and gone before the
/// statement is planned: diesel has the server plan each anew.
const SIFTED: &str = "($2::text[] IS NULL OR o.search_tags @> search_keys($2)) \
    AND ($3::float8[] IS NULL OR o.longitude IS NOT NULL \
        AND (point(o.longitude, o.latitude) <@ box(point($4[1], $4[2]), point($4[3], $4[4])) \
            OR point(o.longitude, o.latitude) <@ box(point($4[5], $4[6]), point($4[7], $4[8]))) \
        AND distance_km($3[1], $3[2], o.longitude, o.latitude) <= $3[3]) \
    AND o.id < $7";

/// It is not over yet. As it is written it is looked up for each that is found, and never for all.
const AHEAD: &str = "coalesce((SELECT max(s.ends_at) FROM shifts s WHERE s.opportunity_id = o.id), 'infinity') > $5 \
    AND $6::timestamptz IS NULL";
/// It has a shift then. How long a shift may be says by when it has ended: so the index has all that are in question, and no more.
const BETWEEN: &str = "EXISTS (SELECT FROM shifts s WHERE s.opportunity_id = o.id \
    AND ($5::timestamptz IS NULL OR s.ends_at > $5) \
    AND ($6::timestamptz IS NULL OR s.begins_at < $6 AND s.ends_at < $6 + interval '744 hours'))";

/// The shortest word that is recognized in spite of a typo, in characters: what recognizes shorter ones would be looked for in
/// vain, at some cost for each row.
const LEAST_WITH_TYPOS: usize = 3;

/// A word begins with the one that is searched for, or is it but for a typo.
fn has((index, word): (usize, &String)) -> String {
    let is_short = word.chars().count() < LEAST_WITH_TYPOS;
    let word = format!("search_words($1[{}])", index + 1);
    let begins = format!("o.search_text LIKE '%' || rtrim({word}) || '%'");
    if is_short {
        return format!("{begins} AND ");
    }
    format!("({begins} OR search_typos(o.search_text) && search_typos({word})) AND ")
}

fn statement(words: &[String], when: When) -> String {
    let words: String = words.iter().enumerate().map(has).collect();
    let when = match when {
        When::Ahead(_) => AHEAD,
        When::Between(..) => BETWEEN,
    };
    // The words stand in it where there are none, too: what is bound must.
    format!(
        "SELECT o.id FROM opportunities o WHERE {words} {SIFTED} AND {when} AND $1::text[] IS NOT NULL \
         ORDER BY o.id DESC LIMIT $8"
    )
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Finds the ids of a page of opportunities, newest first, and one more if there is one.
pub(super) async fn ids(conn: &mut AsyncPgConnection, search: &Search, page: Page) -> QueryResult<Vec<Uuid>> {
    let tags = Some(&search.tags).filter(|tags| !tags.is_empty());
    let (from, to) = match search.when {
        When::Ahead(now) => (Some(now), None),
        When::Between(from, to) => (from, to),
    };
    let found: Vec<Found> = diesel::sql_query(statement(&search.words, search.when))
        .bind::<Array<Text>, _>(&search.words)
        .bind::<Nullable<Array<Text>>, _>(tags)
        .bind::<Nullable<Array<Double>>, _>(search.area.map(|area| vec![area.longitude, area.latitude, area.radius_km]))
        .bind::<Nullable<Array<Double>>, _>(search.area.map(sides))
        .bind::<Nullable<Timestamptz>, _>(from)
        .bind::<Nullable<Timestamptz>, _>(to)
        .bind::<SqlUuid, _>(page.before.unwrap_or(Uuid::max()))
        .bind::<BigInt, _>(page.size + 1)
        .load(conn)
        .await?;
    Ok(found.into_iter().map(|found| found.id).collect())
}

/// The sides of a circle's boxes, one box after the other.
fn sides(circle: Circle) -> Vec<f64> {
    circle.boxes().iter().flat_map(|Bounds { west, south, east, north }| [*west, *south, *east, *north]).collect()
}
