//! Searches of opportunities.

use connectus_platform::{
    geo::{Bounds, Circle},
    page::Page,
};
use diesel::{
    QueryResult, QueryableByName,
    sql_types::{Array, BigInt, Bool, Double, Nullable, Text, Timestamptz, Uuid as SqlUuid},
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
    AND (EXISTS (SELECT FROM shifts s WHERE s.opportunity_id = o.id \
            AND ($5::timestamptz IS NULL OR s.ends_at > $5) AND ($6::timestamptz IS NULL OR s.begins_at < $6)) \
        OR $7 AND NOT EXISTS (SELECT FROM shifts s WHERE s.opportunity_id = o.id)) \
    AND o.id < $8";

/// A word begins with the one that is searched for, or is it but for a typo.
fn has(word: usize) -> String {
    let word = format!("search_words($1[{word}])");
    format!(
        "(o.search_text LIKE '%' || rtrim({word}) || '%' OR search_typos(o.search_text) && search_typos({word})) AND "
    )
}

fn statement(words: usize) -> String {
    let words: String = (1..=words).map(has).collect();
    // The words stand in it where there are none, too: what is bound must.
    format!(
        "SELECT o.id FROM opportunities o WHERE {words} {SIFTED} AND $1::text[] IS NOT NULL ORDER BY o.id DESC LIMIT $9"
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
    let (from, to, without_shifts) = match search.when {
        When::Ahead(now) => (Some(now), None, true),
        When::Between(from, to) => (from, to, false),
    };
    let found: Vec<Found> = diesel::sql_query(statement(search.words.len()))
        .bind::<Array<Text>, _>(&search.words)
        .bind::<Nullable<Array<Text>>, _>(tags)
        .bind::<Nullable<Array<Double>>, _>(search.area.map(|area| vec![area.longitude, area.latitude, area.radius_km]))
        .bind::<Nullable<Array<Double>>, _>(search.area.map(sides))
        .bind::<Nullable<Timestamptz>, _>(from)
        .bind::<Nullable<Timestamptz>, _>(to)
        .bind::<Bool, _>(without_shifts)
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
