//! SearchAccounts by interests and by place.

use connectus_platform::geo::EARTH_RADIUS_KM;
use connectus_proto::{
    account::v1::{OrganizationProfile, SearchAccountsRequest, UserProfile},
    common::v1::{AccountType, Address, Area, GeoPoint},
};
use connectus_testkit::{Suite, invalid_field};

use crate::support::{Viewer, block, crowd, search, update_organization, update_user};

/// The ids of what a viewer finds.
async fn ids(suite: &Suite, viewer: Viewer<'_>, request: SearchAccountsRequest) -> Vec<String> {
    search(suite, viewer, request).await.unwrap().accounts.into_iter().map(|account| account.id).collect()
}

fn interested(interests: &[&str]) -> SearchAccountsRequest {
    let interests = interests.iter().map(ToString::to_string).collect();
    SearchAccountsRequest { interests, ..SearchAccountsRequest::default() }
}

fn area(longitude: f64, latitude: f64, radius_km: f64) -> Area {
    Area { center: Some(GeoPoint { longitude, latitude }), radius_km }
}

fn near(longitude: f64, latitude: f64, radius_km: f64) -> SearchAccountsRequest {
    SearchAccountsRequest { area: Some(area(longitude, latitude, radius_km)), ..SearchAccountsRequest::default() }
}

/// An organization with a profile for each point, nobody of whom registered.
async fn organizations_at(suite: &Suite, points: &[(f64, f64)]) -> Vec<String> {
    let ids = crowd(suite, "organization", points.len()).await;
    let row = |(id, (longitude, latitude)): (&String, &(f64, f64))| format!("('{id}', {longitude}, {latitude})");
    let rows: Vec<String> = ids.iter().zip(points).map(row).collect();
    let insert = format!("INSERT INTO account.profiles (account_id, longitude, latitude) VALUES {}", rows.join(", "));
    suite.database.execute(&insert).await;
    ids
}

async fn set_interests(suite: &Suite, id: &str, interests: &str) {
    let set = format!(
        "INSERT INTO account.profiles (account_id, interests) VALUES ('{id}', '{{{interests}}}') \
        ON CONFLICT (account_id) DO UPDATE SET interests = excluded.interests"
    );
    suite.database.execute(&set).await;
}

#[tokio::test]
async fn interests_are_found_in_any_case_and_most_shared_ones_first() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let (ben, zoe) = (suite.user("Ben").await, suite.user("Zoe").await);
    let profile =
        UserProfile { interests: vec!["Café culture".to_owned(), "Music".to_owned()], ..UserProfile::default() };
    update_user(&suite, &ann, profile, &["interests"]).await.unwrap();
    let interests = vec!["MUSIC".to_owned(), "books".to_owned(), "CAFE CULTURE".to_owned()];
    let profile = OrganizationProfile { interests, ..OrganizationProfile::default() };
    update_organization(&suite, &help, profile, &["interests"]).await.unwrap();
    let profile = UserProfile { interests: vec!["musical chairs".to_owned()], ..UserProfile::default() };
    update_user(&suite, &ben, profile, &["interests"]).await.unwrap();
    for (interests, expected) in [
        (&["music"][..], vec![&ann.id, &help.id]),
        (&["Müsic", "books"], vec![&help.id, &ann.id]),
        (&["cafe CULTURE", "music", "Books"], vec![&help.id, &ann.id]),
        (&["musical chairs", "music", "music"], vec![&ann.id, &help.id, &ben.id]),
        (&["chairs", "mus", "%"], vec![]),
    ] {
        assert_eq!(
            ids(&suite, None, interested(interests)).await.iter().collect::<Vec<_>>(),
            expected,
            "{interests:?}"
        );
    }
    let organizations =
        SearchAccountsRequest { account_type: AccountType::Organization.into(), ..interested(&["music"]) };
    assert_eq!(ids(&suite, None, organizations).await, [&*help.id]);
    block(&suite, &ann, &[&zoe.id]).await.unwrap();
    assert_eq!(ids(&suite, Some(&zoe), interested(&["music"])).await, [&*help.id]);
}

#[tokio::test]
async fn shared_interests_rank_those_whose_names_match_alike() {
    let suite = Suite::start().await;
    let found = crowd(&suite, "organization", 4).await;
    let named =
        |id: &str, name: &str| format!("UPDATE account.accounts SET preferred_name = '{name}' WHERE id = '{id}'");
    for (id, name, interests) in [
        (&found[0], "Big Shelter", "music,books"),
        (&found[1], "Shelter A", "music"),
        (&found[2], "Shelter B", "music,books"),
        (&found[3], "Shelter C", "sport"),
    ] {
        suite.database.execute(&named(id, name)).await;
        set_interests(&suite, id, interests).await;
    }
    let request = SearchAccountsRequest { query: "shelter".to_owned(), ..interested(&["books", "music"]) };
    assert_eq!(ids(&suite, None, request).await, [&found[2], &found[1], &found[0]].map(Clone::clone));
}

#[tokio::test]
async fn organizations_in_an_area_come_by_distance() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let points = [(10.0, 50.0), (10.2, 50.0), (10.1, 50.0), (10.0, 50.4), (11.0, 50.0)];
    let found = organizations_at(&suite, &points).await;
    let expected = [0, 2, 1].map(|place| found[place].clone());
    assert_eq!(ids(&suite, None, near(10.0, 50.0, 20.0)).await, expected);
    // One whose address gets a point is found by it, and no more once the point is gone.
    let at = |point| OrganizationProfile {
        address: Some(Address { point, ..Address::default() }),
        ..OrganizationProfile::default()
    };
    let point = Some(GeoPoint { longitude: 10.05, latitude: 50.0 });
    update_organization(&suite, &help, at(point), &["address.point"]).await.unwrap();
    let first_two = [found[0].clone(), help.id.clone()];
    assert_eq!(ids(&suite, None, near(10.0, 50.0, 20.0)).await[..2], first_two);
    update_organization(&suite, &help, at(None), &["address.point"]).await.unwrap();
    assert_eq!(ids(&suite, None, near(10.0, 50.0, 20.0)).await, expected);
}

#[tokio::test]
async fn an_area_narrows_what_is_found_otherwise() {
    let suite = Suite::start().await;
    let found = organizations_at(&suite, &[(10.0, 50.0), (10.1, 50.0), (20.0, 50.0)]).await;
    let name = "UPDATE account.accounts SET preferred_name = CASE WHEN id = $$";
    suite.database.execute(&format!("{name}{}$$ THEN 'Home' ELSE 'The Shelter' END", found[0])).await;
    suite
        .database
        .execute(&format!("UPDATE account.profiles SET interests = '{{Music}}' WHERE account_id <> '{}'", found[1]))
        .await;
    for words in ["shelter", "the s", "sheltre"] {
        let request = SearchAccountsRequest { query: words.to_owned(), ..near(10.0, 50.0, 20.0) };
        assert_eq!(ids(&suite, None, request).await, [&*found[1]], "{words}");
    }
    let request = SearchAccountsRequest { area: near(10.0, 50.0, 20.0).area, ..interested(&["music"]) };
    assert_eq!(ids(&suite, None, request).await, [&*found[0]]);
    let people = SearchAccountsRequest { account_type: AccountType::User.into(), ..near(10.0, 50.0, 20.0) };
    assert_eq!(ids(&suite, None, people).await, [""; 0]);
}

fn distance_km(one: (f64, f64), other: (f64, f64)) -> f64 {
    let half = |one: f64, other: f64| ((one - other).to_radians() / 2.0).sin().powi(2);
    let cosines = one.1.to_radians().cos() * other.1.to_radians().cos();
    2.0 * EARTH_RADIUS_KM * (half(one.1, other.1) + cosines * half(one.0, other.0)).sqrt().min(1.0).asin()
}

#[tokio::test]
async fn a_circle_is_one_across_the_antimeridian_and_around_a_pole() {
    let suite = Suite::start().await;
    let longitudes = [-180.0, -179.5, -178.0, -90.0, -0.5, 0.0, 2.0, 90.0, 178.0, 179.9, 180.0];
    let latitudes = [-90.0, -89.0, -60.0, -1.0, 0.0, 1.5, 60.0, 87.0, 89.9, 90.0];
    let points: Vec<_> = longitudes.iter().flat_map(|east| latitudes.map(|north| (*east, north))).collect();
    let all = organizations_at(&suite, &points).await;
    for center in [
        (180.0, 0.0),
        (-180.0, 0.0),
        (179.0, 60.0),
        (-179.8, -1.0),
        (0.0, 0.0),
        (45.0, 90.0),
        (0.0, -89.5),
        (100.0, 86.0),
    ] {
        for radius_km in [0.001, 60.0, 250.0, 500.0] {
            let request = SearchAccountsRequest { page_size: 200, ..near(center.0, center.1, radius_km) };
            let mut found = ids(&suite, None, request).await;
            let within = |(_, point): &(&String, &(f64, f64))| distance_km(center, **point) <= radius_km;
            let mut expected: Vec<String> = all.iter().zip(&points).filter(within).map(|(id, _)| id.clone()).collect();
            found.sort();
            expected.sort();
            assert_eq!(found, expected, "{center:?} {radius_km}");
        }
    }
}

#[tokio::test]
async fn a_circle_that_is_none_is_refused() {
    let suite = Suite::start().await;
    for (area, field) in [
        (Area { center: None, radius_km: 1.0 }, "area.center"),
        (area(180.5, 0.0, 1.0), "area.center.longitude"),
        (area(0.0, f64::NAN, 1.0), "area.center.latitude"),
        (area(0.0, 0.0, 0.0), "area.radius_km"),
        (area(0.0, 0.0, 501.0), "area.radius_km"),
    ] {
        let request = SearchAccountsRequest { area: Some(area), ..SearchAccountsRequest::default() };
        assert_eq!(invalid_field(search(&suite, None, request).await), field);
    }
}
