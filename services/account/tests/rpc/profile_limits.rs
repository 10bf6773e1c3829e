//! How long a profile's texts and lists may be.

use connectus_proto::{
    account::v1::{OrganizationProfile, UserProfile},
    common::v1::{Address, GeoPoint},
};
use connectus_testkit::{Person, Suite, invalid_field};

use crate::support::{organization_profile, update_organization, update_user, user_profile};

/// A field's path, the most characters it may have, and how it is set.
type Text<P> = (&'static str, usize, fn(&mut P) -> &mut String);

const USER_TEXTS: [Text<UserProfile>; 5] = [
    ("biography", 5000, |profile| &mut profile.biography),
    ("education", 500, |profile| &mut profile.education),
    ("quote", 500, |profile| &mut profile.quote),
    ("current_residence", 500, |profile| &mut profile.current_residence),
    ("certifications", 2000, |profile| &mut profile.certifications),
];

const ORGANIZATION_TEXTS: [Text<OrganizationProfile>; 8] = [
    ("mission", 5000, |profile| &mut profile.mission),
    ("quote", 500, |profile| &mut profile.quote),
    ("address.street", 200, |profile| &mut address(profile).street),
    ("address.city", 200, |profile| &mut address(profile).city),
    ("address.province", 200, |profile| &mut address(profile).province),
    ("address.country", 200, |profile| &mut address(profile).country),
    ("address.postal_code", 20, |profile| &mut address(profile).postal_code),
    ("address.apt_number", 50, |profile| &mut address(profile).apt_number),
];

fn address(profile: &mut OrganizationProfile) -> &mut Address {
    profile.address.get_or_insert_default()
}

/// A profile with one text set; each of its characters has several bytes.
fn with<P: Default>(field: fn(&mut P) -> &mut String, text: &str) -> P {
    let mut profile = P::default();
    text.clone_into(field(&mut profile));
    profile
}

#[tokio::test]
async fn a_persons_texts_have_their_limits() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for (path, most, field) in USER_TEXTS {
        let longest = with(field, &"ß".repeat(most));
        update_user(&suite, &ann, longest.clone(), &[path]).await.unwrap();
        for refused in ["ß".repeat(most + 1), "a\0b".to_owned()] {
            let answer = update_user(&suite, &ann, with(field, &refused), &[path]).await;
            assert_eq!(invalid_field(answer), format!("profile.user.{path}"));
        }
        let mut kept = user_profile(&suite, &ann.id).await;
        assert_eq!(field(&mut kept), field(&mut longest.clone()));
    }
}

#[tokio::test]
async fn an_organizations_texts_have_their_limits() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    for (path, most, field) in ORGANIZATION_TEXTS {
        let longest = with(field, &"ß".repeat(most));
        update_organization(&suite, &help, longest.clone(), &[path]).await.unwrap();
        for refused in ["ß".repeat(most + 1), "a\0b".to_owned()] {
            for path in [path, path.split('.').next().unwrap()] {
                let answer = update_organization(&suite, &help, with(field, &refused), &[path]).await;
                assert!(invalid_field(answer).starts_with(&format!("profile.organization.{path}")));
            }
        }
        let mut kept = organization_profile(&suite, &help.id).await;
        assert_eq!(field(&mut kept), field(&mut longest.clone()));
    }
}

/// Sets somebody's interests, and answers the field that this was refused for.
async fn refused_interests(suite: &Suite, person: &Person, interests: Vec<String>) -> String {
    let new = UserProfile { interests, ..UserProfile::default() };
    invalid_field(update_user(suite, person, new, &["interests"]).await)
}

#[tokio::test]
async fn fifty_interests_of_one_to_a_hundred_characters_each() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let most: Vec<String> = (0..50).map(|n| if n % 2 == 0 { "ß".to_owned() } else { "ß".repeat(100) }).collect();
    let new = UserProfile { interests: most.clone(), ..UserProfile::default() };
    update_user(&suite, &ann, new, &["interests"]).await.unwrap();
    let new = OrganizationProfile { interests: most.clone(), ..OrganizationProfile::default() };
    update_organization(&suite, &help, new, &["interests"]).await.unwrap();
    let too_many = [most.clone(), most[..1].to_vec()].concat();
    for refused in [too_many, vec![String::new()], vec!["ß".repeat(101)], vec!["a\0b".to_owned()]] {
        assert_eq!(refused_interests(&suite, &ann, refused.clone()).await, "profile.user.interests");
        let new = OrganizationProfile { interests: refused, ..OrganizationProfile::default() };
        let answer = update_organization(&suite, &help, new, &["interests"]).await;
        assert_eq!(invalid_field(answer), "profile.organization.interests");
    }
    assert_eq!(user_profile(&suite, &ann.id).await.interests, most);
    assert_eq!(organization_profile(&suite, &help.id).await.interests, most);
}

fn at(longitude: f64, latitude: f64) -> OrganizationProfile {
    let point = Some(GeoPoint { longitude, latitude });
    OrganizationProfile { address: Some(Address { point, ..Address::default() }), ..OrganizationProfile::default() }
}

#[tokio::test]
async fn a_point_is_on_the_earth() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    for (longitude, latitude) in [(-180.0, -90.0), (180.0, 90.0), (0.0, 0.0), (13.377_704, 52.516_275)] {
        for path in ["address", "address.point"] {
            let new = at(longitude, latitude);
            update_organization(&suite, &help, new.clone(), &[path]).await.unwrap();
            assert_eq!(organization_profile(&suite, &help.id).await, new);
        }
    }
    let kept = organization_profile(&suite, &help.id).await;
    let (longitude, latitude) = ("longitude", "latitude");
    for (x, y, wrong) in [
        (-180.001, 0.0, longitude),
        (180.001, 0.0, longitude),
        (f64::NAN, 0.0, longitude),
        (f64::INFINITY, 0.0, longitude),
        (0.0, -90.001, latitude),
        (0.0, 90.001, latitude),
        (0.0, f64::NAN, latitude),
        (0.0, f64::NEG_INFINITY, latitude),
    ] {
        for path in ["address", "address.point"] {
            let answer = update_organization(&suite, &help, at(x, y), &[path]).await;
            assert_eq!(invalid_field(answer), format!("profile.organization.address.point.{wrong}"), "{x}, {y}");
        }
    }
    assert_eq!(organization_profile(&suite, &help.id).await, kept);
}

#[tokio::test]
async fn of_a_change_with_one_bad_field_nothing_is_made() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let new = UserProfile { quote: "new".to_owned(), education: "x".repeat(501), ..UserProfile::default() };
    for paths in [["quote", "education"], ["education", "quote"]] {
        assert_eq!(invalid_field(update_user(&suite, &ann, new.clone(), &paths).await), "profile.user.education");
    }
    assert_eq!(user_profile(&suite, &ann.id).await, UserProfile::default());
}

#[tokio::test]
async fn a_field_that_is_not_named_is_not_looked_at() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let new = UserProfile { quote: "new".to_owned(), education: "x".repeat(501), ..UserProfile::default() };
    update_user(&suite, &ann, new, &["quote"]).await.unwrap();
    assert_eq!(user_profile(&suite, &ann.id).await.quote, "new");
}
