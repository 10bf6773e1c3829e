//! SearchOpportunities.

use connectus_proto::{
    common::v1::{Address, Area, GeoPoint},
    experience::v1::{OpportunityDetails, SearchOpportunitiesRequest, SearchOpportunitiesResponse, ShiftTimes},
};
use connectus_testkit::{Suite, invalid_field};
use tonic::Status;

use super::{FUTURE, at, create_open, details, get, on, open_details, try_create};

async fn search(suite: &Suite, request: SearchOpportunitiesRequest) -> Result<SearchOpportunitiesResponse, Status> {
    Ok(suite.opportunities().search_opportunities(request).await?.into_inner())
}

/// The names of what is found, newest first.
async fn found(suite: &Suite, request: SearchOpportunitiesRequest) -> Vec<String> {
    let found = search(suite, request).await.unwrap().opportunities;
    found.into_iter().map(|one| one.details.unwrap().name).collect()
}

fn words(query: &str) -> SearchOpportunitiesRequest {
    SearchOpportunitiesRequest { query: query.to_owned(), ..SearchOpportunitiesRequest::default() }
}

fn tagged(tags: &[&str]) -> SearchOpportunitiesRequest {
    let tags = tags.iter().map(ToString::to_string).collect();
    SearchOpportunitiesRequest { tags, ..SearchOpportunitiesRequest::default() }
}

fn around(longitude: f64, latitude: f64, radius_km: f64) -> SearchOpportunitiesRequest {
    let area = Some(Area { center: Some(GeoPoint { longitude, latitude }), radius_km });
    SearchOpportunitiesRequest { area, ..SearchOpportunitiesRequest::default() }
}

#[tokio::test]
async fn words_match_the_name_the_place_and_the_tags() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let (apples, soup) = ("Apple picking", "Soup kitchen for Zoë's");
    try_create(&suite, &help, Some(details(apples, 1)), vec![on(1)]).await.unwrap();
    let address = Some(Address { city: "Saint-Étienne".to_owned(), ..Address::default() });
    let tags = vec!["food & drink".to_owned()];
    let kitchen = OpportunityDetails { address, tags, ..open_details(soup) };
    try_create(&suite, &help, Some(kitchen), Vec::new()).await.unwrap();
    for (query, expected) in [
        ("", &[soup, apples][..]),
        ("apple", &[apples]),
        ("APPLE PICK", &[apples]),
        ("picking apple", &[apples]),
        ("pikcing", &[apples]),
        ("aple", &[apples]),
        ("koln", &[apples]),
        ("germany apple", &[apples]),
        ("germany soup", &[]),
        ("outdoors", &[apples]),
        ("etienne", &[soup]),
        ("saint-etienne zoe", &[soup]),
        ("drink", &[soup]),
        ("kitch", &[soup]),
        ("itchen", &[soup]),
        ("tchen", &[]),
        // What it says at length is not searched.
        ("them", &[]),
    ] {
        assert_eq!(found(&suite, words(query)).await, expected, "{query}");
    }
}

#[tokio::test]
async fn all_of_the_tags_must_be_there() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    create_open(&suite, &help, "Choir").await;
    for (tags, is_found) in [
        (&["FRUIT"][..], true),
        (&["outdoors", "früit"], true),
        (&["outdoors", "Outdoors", "OUTDOORS"], true),
        (&["fruit", "sea"], false),
        (&["frui"], false),
    ] {
        assert_eq!(!found(&suite, tagged(tags)).await.is_empty(), is_found, "{tags:?}");
    }
    let both = SearchOpportunitiesRequest { query: "choir".to_owned(), ..tagged(&["fruit"]) };
    assert_eq!(found(&suite, both).await, ["Choir"]);
    let neither = SearchOpportunitiesRequest { query: "chess".to_owned(), ..tagged(&["fruit"]) };
    assert!(found(&suite, neither).await.is_empty());
}

#[tokio::test]
async fn a_place_is_found_by_who_is_near_enough() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let place = |name: &str, point: Option<(f64, f64)>| {
        let point = point.map(|(longitude, latitude)| GeoPoint { longitude, latitude });
        OpportunityDetails { address: Some(Address { point, ..Address::default() }), ..open_details(name) }
    };
    for (name, point) in
        [("Köln", Some((6.96, 50.94))), ("Fiji", Some((179.9, -17.0))), ("Pole", Some((0.0, 90.0))), ("Nowhere", None)]
    {
        try_create(&suite, &help, Some(place(name, point)), Vec::new()).await.unwrap();
    }
    // Bonn is 24.3 km from there.
    for (longitude, latitude, radius_km, expected) in [
        (7.0954, 50.7374, 24.0, &[][..]),
        (7.0954, 50.7374, 25.0, &["Köln"]),
        (6.96, 50.94, 0.001, &["Köln"]),
        (-179.9, -17.0, 25.0, &["Fiji"]),
        (120.0, 89.9, 15.0, &["Pole"]),
    ] {
        assert_eq!(found(&suite, around(longitude, latitude, radius_km)).await, expected, "{longitude} {latitude}");
    }
}

#[tokio::test]
async fn those_that_are_over_are_found_only_by_when_they_were() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let past = |day: i64| on(day - 30_000);
    for (name, shifts) in [("past", vec![past(1)]), ("both", vec![past(1), on(1)]), ("future", vec![on(1), on(3)])] {
        try_create(&suite, &help, Some(details(name, 1)), shifts).await.unwrap();
    }
    create_open(&suite, &help, "open").await;
    let day = |day: i64| at(FUTURE + day * super::DAY);
    for (from_time, to_time, expected) in [
        (None, None, &["open", "future", "both"][..]),
        (day(0), None, &["future", "both"]),
        (day(2), None, &["future"]),
        (day(4), None, &[]),
        (None, day(-20_000), &["both", "past"]),
        (None, day(2), &["future", "both", "past"]),
        (day(-30_000), day(-29_998), &["both", "past"]),
        (day(-29_000), day(0), &[]),
        (day(2), day(3), &[]),
        // It ends two hours after it begins.
        (at(FUTURE + super::DAY + 7199), day(2), &["future", "both"]),
        (at(FUTURE + super::DAY + 7200), day(2), &[]),
    ] {
        let request = SearchOpportunitiesRequest { from_time, to_time, ..SearchOpportunitiesRequest::default() };
        assert_eq!(found(&suite, request).await, expected, "{from_time:?} {to_time:?}");
    }
}

#[tokio::test]
async fn the_longest_shift_is_found_by_any_time_of_it() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let end = FUTURE + 31 * super::DAY;
    let shift = ShiftTimes { shift_id: String::new(), begin_time: at(FUTURE), end_time: at(end) };
    try_create(&suite, &help, Some(details("Camp", 1)), vec![shift]).await.unwrap();
    for (from_time, to_time, is_found) in [
        (None, at(FUTURE + 1), true),
        (None, at(FUTURE), false),
        (at(end - 1), None, true),
        (at(end), None, false),
        (at(FUTURE - 1), at(FUTURE + 1), true),
        (at(end - 1), at(end + 1), true),
    ] {
        let request = SearchOpportunitiesRequest { from_time, to_time, ..SearchOpportunitiesRequest::default() };
        assert_eq!(!found(&suite, request).await.is_empty(), is_found, "{from_time:?} {to_time:?}");
    }
}

#[tokio::test]
async fn each_is_found_as_it_is_shown_alone() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let choir = create_open(&suite, &help, "Choir").await;
    super::show(&suite, &ann, &choir.id, "").await.unwrap();
    for viewer in [&ann, &help] {
        let answer = suite.opportunities().search_opportunities(viewer.asks(words("choir"))).await.unwrap();
        assert_eq!(answer.into_inner().opportunities, [get(&suite, Some(viewer), &choir.id).await.unwrap()]);
    }
}

#[tokio::test]
async fn pages_follow_each_other_while_opportunities_are_added() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    for number in 0..5 {
        create_open(&suite, &help, &format!("Choir {number}")).await;
        create_open(&suite, &help, "Chess").await;
    }
    let (mut seen, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = SearchOpportunitiesRequest { page_size: 2, page_token, ..words("choir") };
        let answer = search(&suite, request).await.unwrap();
        seen.extend(answer.opportunities.into_iter().map(|one| one.details.unwrap().name));
        create_open(&suite, &help, "Choir, new").await;
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, ["Choir 4", "Choir 3", "Choir 2", "Choir 1", "Choir 0"]);
}

#[tokio::test]
async fn what_is_too_much_or_nothing_is_refused() {
    let suite = Suite::start().await;
    let long = "x".repeat(51);
    for (request, field) in [
        (words("%_\\"), "query"),
        (words(&"x".repeat(101)), "query"),
        (words("a b c d e f g h i"), "query"),
        (tagged(&["x"; 11]), "tags"),
        (tagged(&[" "]), "tags"),
        (tagged(&[&long]), "tags"),
        (around(181.0, 0.0, 1.0), "area.center.longitude"),
        (around(0.0, 0.0, 0.0), "area.radius_km"),
        (around(0.0, 0.0, 501.0), "area.radius_km"),
        (SearchOpportunitiesRequest { from_time: at(i64::MAX), ..words("") }, "from_time"),
        (SearchOpportunitiesRequest { to_time: at(i64::MIN), ..words("") }, "to_time"),
        (SearchOpportunitiesRequest { from_time: at(2), to_time: at(2), ..words("") }, "to_time"),
        (SearchOpportunitiesRequest { page_size: 201, ..words("") }, "page_size"),
        (SearchOpportunitiesRequest { page_token: "x".to_owned(), ..words("") }, "page_token"),
    ] {
        assert_eq!(invalid_field(search(&suite, request.clone()).await), field, "{request:?}");
    }
}
