//! GetProfile and UpdateProfile.

use connectus_proto::{
    account::v1::{OrganizationProfile, Profile, UpdateProfileRequest, UserProfile, profile::Owner},
    common::v1::{Address, GeoPoint},
};
use connectus_testkit::{Suite, invalid_field};
use futures::future::join_all;

use crate::support::{
    crowd, mask, organization_profile, profile, update_organization, update_profile, update_user, user_profile,
};

const USER_PATHS: [&str; 6] = ["interests", "biography", "education", "quote", "current_residence", "certifications"];
const ORGANIZATION_PATHS: [&str; 5] = ["mission", "quote", "address", "affiliated_organization_ids", "interests"];
const ADDRESS_PATHS: [&str; 7] = [
    "address.street",
    "address.city",
    "address.province",
    "address.country",
    "address.postal_code",
    "address.apt_number",
    "address.point",
];

fn user(word: &str) -> UserProfile {
    UserProfile {
        interests: vec![format!("{word} interest"), "books".to_owned()],
        biography: format!("{word} biography"),
        education: format!("{word} education"),
        quote: format!("{word} quote"),
        current_residence: format!("{word} residence"),
        certifications: format!("{word} certifications"),
    }
}

/// Takes one field from another profile.
fn take_user(profile: &mut UserProfile, from: UserProfile, path: &str) {
    match path {
        "interests" => profile.interests = from.interests,
        "biography" => profile.biography = from.biography,
        "education" => profile.education = from.education,
        "quote" => profile.quote = from.quote,
        "current_residence" => profile.current_residence = from.current_residence,
        "certifications" => profile.certifications = from.certifications,
        _ => unreachable!(),
    }
}

fn address(word: &str, longitude: f64) -> Address {
    Address {
        street: format!("{word} street"),
        city: format!("{word} city"),
        province: format!("{word} province"),
        country: format!("{word} country"),
        postal_code: format!("{word} code"),
        apt_number: format!("{word} unit"),
        point: Some(GeoPoint { longitude, latitude: -45.5 }),
    }
}

fn organization(word: &str, affiliation: &str) -> OrganizationProfile {
    OrganizationProfile {
        mission: format!("{word} mission"),
        quote: format!("{word} quote"),
        address: Some(address(word, 7.25)),
        affiliated_organization_ids: vec![affiliation.to_owned()],
        interests: vec![format!("{word} interest")],
    }
}

/// Takes one field, or one part of the address, from another profile.
fn take_organization(profile: &mut OrganizationProfile, from: OrganizationProfile, path: &str) {
    let (address, new) = (profile.address.as_mut().unwrap(), from.address.unwrap());
    match path {
        "mission" => profile.mission = from.mission,
        "quote" => profile.quote = from.quote,
        "address" => *address = new,
        "affiliated_organization_ids" => profile.affiliated_organization_ids = from.affiliated_organization_ids,
        "interests" => profile.interests = from.interests,
        "address.street" => address.street = new.street,
        "address.city" => address.city = new.city,
        "address.province" => address.province = new.province,
        "address.country" => address.country = new.country,
        "address.postal_code" => address.postal_code = new.postal_code,
        "address.apt_number" => address.apt_number = new.apt_number,
        "address.point" => address.point = new.point,
        _ => unreachable!(),
    }
}

#[tokio::test]
async fn a_new_profile_is_empty() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    assert_eq!(profile(&suite, Some(&ann), "me").await.unwrap(), Owner::User(UserProfile::default()));
    let mut organization = organization_profile(&suite, &help.id).await;
    assert_eq!(organization.address.take().unwrap_or_default(), Address::default());
    assert_eq!(organization, OrganizationProfile::default());
}

#[tokio::test]
async fn everybody_sees_a_profile() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    update_user(&suite, &ann, user("her"), &USER_PATHS).await.unwrap();
    for (viewer, id) in [(None, &*ann.id), (Some(&ben), &*ann.id), (Some(&ann), &*ann.id), (Some(&ann), "me")] {
        assert_eq!(profile(&suite, viewer, id).await.unwrap(), Owner::User(user("her")));
    }
    assert_eq!(user_profile(&suite, &ben.id).await, UserProfile::default());
}

#[tokio::test]
async fn only_the_named_fields_of_a_person_change() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for path in USER_PATHS {
        update_user(&suite, &ann, user("old"), &USER_PATHS).await.unwrap();
        let answer = update_user(&suite, &ann, user("new"), &[path]).await.unwrap().into_inner();
        let mut expected = user("old");
        take_user(&mut expected, user("new"), path);
        assert_eq!(answer.profile, Some(Profile { owner: Some(Owner::User(expected.clone())) }), "{path}");
        assert_eq!(user_profile(&suite, &ann.id).await, expected, "{path}");
    }
}

#[tokio::test]
async fn only_the_named_fields_of_an_organization_change() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let others = crowd(&suite, "organization", 2).await;
    let (old, mut new) = (organization("old", &others[0]), organization("new", &others[1]));
    new.address = Some(address("new", 8.5));
    for path in ORGANIZATION_PATHS.into_iter().chain(ADDRESS_PATHS) {
        update_organization(&suite, &help, old.clone(), &ORGANIZATION_PATHS).await.unwrap();
        let answer = update_organization(&suite, &help, new.clone(), &[path]).await.unwrap().into_inner();
        let mut expected = old.clone();
        take_organization(&mut expected, new.clone(), path);
        assert_eq!(answer.profile, Some(Profile { owner: Some(Owner::Organization(expected.clone())) }), "{path}");
        assert_eq!(organization_profile(&suite, &help.id).await, expected, "{path}");
    }
}

#[tokio::test]
async fn every_named_field_can_be_emptied() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    update_user(&suite, &ann, user("old"), &USER_PATHS).await.unwrap();
    update_user(&suite, &ann, UserProfile::default(), &USER_PATHS).await.unwrap();
    assert_eq!(user_profile(&suite, &ann.id).await, UserProfile::default());
    let other = crowd(&suite, "organization", 1).await.remove(0);
    let empty = OrganizationProfile { address: Some(Address::default()), ..OrganizationProfile::default() };
    for new in [empty.clone(), OrganizationProfile::default()] {
        update_organization(&suite, &help, organization("old", &other), &ORGANIZATION_PATHS).await.unwrap();
        update_organization(&suite, &help, new, &ORGANIZATION_PATHS).await.unwrap();
        assert_eq!(organization_profile(&suite, &help.id).await, empty);
    }
}

#[tokio::test]
async fn a_mask_that_names_no_field_is_refused_and_changes_nothing() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    for paths in [&[][..], &["type"], &[""], &["*"], &["mission"], &["address.city"], &["quote", "user"]] {
        assert_eq!(invalid_field(update_user(&suite, &ann, user("new"), paths).await), "update_mask", "{paths:?}");
    }
    for paths in
        [&[][..], &["biography"], &["address."], &["address.planet"], &["address.point.latitude"], &["addresscity"]]
    {
        let answer = update_organization(&suite, &help, organization("new", &help.id), paths).await;
        assert_eq!(invalid_field(answer), "update_mask", "{paths:?}");
    }
    let new = Some(Profile { owner: Some(Owner::User(user("new"))) });
    let no_mask = UpdateProfileRequest { profile: new, update_mask: None };
    assert_eq!(invalid_field(suite.account().update_profile(ann.asks(no_mask)).await), "update_mask");
    assert_eq!(user_profile(&suite, &ann.id).await, UserProfile::default());
}

#[tokio::test]
async fn a_profile_of_the_other_type_is_refused() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let other = Owner::Organization(organization("new", &help.id));
    assert_eq!(invalid_field(update_profile(&suite, &ann, other, &["quote"]).await), "profile");
    assert_eq!(invalid_field(update_user(&suite, &help, user("new"), &["quote"]).await), "profile");
    for profile in [None, Some(Profile { owner: None })] {
        let request = UpdateProfileRequest { profile, update_mask: Some(mask(&["quote"])) };
        assert_eq!(invalid_field(suite.account().update_profile(ann.asks(request)).await), "profile");
    }
    assert_eq!(user_profile(&suite, &ann.id).await, UserProfile::default());
}

#[tokio::test]
async fn of_changes_at_once_none_is_lost() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for word in ["first", "second", "third"] {
        let changes = USER_PATHS.map(|path| {
            let (suite, ann) = (&suite, &ann);
            async move { update_user(suite, ann, user(word), &[path]).await.unwrap() }
        });
        join_all(changes).await;
        assert_eq!(user_profile(&suite, &ann.id).await, user(word));
    }
}
