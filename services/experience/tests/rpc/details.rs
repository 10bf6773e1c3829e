//! What a person may say about an experience, by CreateExperience and ReplaceExperience alike.

use connectus_proto::{
    common::v1::{Address, GeoPoint},
    experience::v1::{CreateExperienceRequest, ExperienceDetails, ReplaceExperienceRequest},
};
use connectus_testkit::{Person, Suite, invalid_field};
use tonic::Status;

use crate::support::{create, details, only, stored};

/// Ann, and the one experience that she has.
struct Scene {
    suite: Suite,
    ann: Person,
    id: String,
}

impl Scene {
    async fn new() -> Self {
        let suite = Suite::start().await;
        let ann = suite.user("Ann").await;
        let id = create(&suite, &ann, "Soup kitchen", None).await.unwrap().id;
        Self { suite, ann, id }
    }

    async fn create(&self, details: Option<ExperienceDetails>) -> Result<(), Status> {
        let request = CreateExperienceRequest { details, validator: None };
        self.suite.experience().create_experience(self.ann.asks(request)).await.map(drop)
    }

    async fn replace(&self, details: Option<ExperienceDetails>) -> Result<(), Status> {
        let request = ReplaceExperienceRequest { experience_id: self.id.clone(), details, validator: None };
        self.suite.experience().replace_experience(self.ann.asks(request)).await.map(drop)
    }

    /// Both rpcs take these details, and keep them as they are.
    async fn take(&self, details: ExperienceDetails) {
        self.replace(Some(details.clone())).await.unwrap();
        assert_eq!(only(&self.suite, &self.ann).await.details, Some(details.clone()));
        self.create(Some(details)).await.unwrap();
        let newest = format!("DELETE FROM experience.experiences WHERE id <> '{}'", self.id);
        self.suite.database.execute(&newest).await;
    }

    /// Both rpcs refuse these details for a field, and nothing changes.
    async fn refuse(&self, details: Option<ExperienceDetails>, field: &str) {
        let before = stored(&self.suite).await;
        assert_eq!(invalid_field(self.create(details.clone()).await), field);
        assert_eq!(invalid_field(self.replace(details).await), field);
        assert_eq!(stored(&self.suite).await, before);
    }
}

/// A field's path, the least and the most characters that it may have, and where it is.
type Text = (&'static str, usize, usize, fn(&mut ExperienceDetails) -> &mut String);

const TEXTS: [Text; 10] = [
    ("name", 1, 200, |details| &mut details.name),
    ("description", 1, 5000, |details| &mut details.description),
    ("begin", 0, 64, |details| &mut details.begin),
    ("end", 0, 64, |details| &mut details.end),
    ("location.street", 0, 200, |details| &mut location(details).street),
    ("location.city", 0, 200, |details| &mut location(details).city),
    ("location.province", 0, 200, |details| &mut location(details).province),
    ("location.country", 0, 200, |details| &mut location(details).country),
    ("location.postal_code", 0, 20, |details| &mut location(details).postal_code),
    ("location.apt_number", 0, 50, |details| &mut location(details).apt_number),
];

fn location(details: &mut ExperienceDetails) -> &mut Address {
    details.location.get_or_insert_default()
}

fn with(field: fn(&mut ExperienceDetails) -> &mut String, text: &str) -> ExperienceDetails {
    let mut details = details("Soup kitchen");
    text.clone_into(field(&mut details));
    details
}

#[tokio::test]
async fn texts_have_their_limits() {
    let scene = Scene::new().await;
    for (path, least, most, field) in TEXTS {
        // Each of these characters has two bytes.
        for length in [least, most] {
            scene.take(with(field, &"ß".repeat(length))).await;
        }
        let mut refused = vec!["ß".repeat(most + 1), "a\0b".to_owned()];
        if least > 0 {
            refused.extend([String::new(), " \n".to_owned()]);
        }
        for text in refused {
            scene.refuse(Some(with(field, &text)), &format!("details.{path}")).await;
        }
    }
}

#[tokio::test]
async fn hours_have_their_limits() {
    let scene = Scene::new().await;
    for hours in [0, 1, 1_000_000] {
        scene.take(ExperienceDetails { hours, ..details("Soup kitchen") }).await;
    }
    for hours in [-1, 1_000_001, i32::MIN, i32::MAX] {
        scene.refuse(Some(ExperienceDetails { hours, ..details("Soup kitchen") }), "details.hours").await;
    }
}

fn at(longitude: f64, latitude: f64) -> ExperienceDetails {
    let mut details = details("Soup kitchen");
    location(&mut details).point = Some(GeoPoint { longitude, latitude });
    details
}

#[tokio::test]
async fn a_point_is_on_the_earth() {
    let scene = Scene::new().await;
    for (longitude, latitude) in [(-180.0, -90.0), (180.0, 90.0), (13.377_704, 52.516_275)] {
        scene.take(at(longitude, latitude)).await;
    }
    for longitude in [-180.001, 180.001, f64::NAN, f64::INFINITY] {
        scene.refuse(Some(at(longitude, 0.0)), "details.location.point.longitude").await;
    }
    for latitude in [-90.001, 90.001, f64::NAN, f64::NEG_INFINITY] {
        scene.refuse(Some(at(0.0, latitude)), "details.location.point.latitude").await;
    }
}

#[tokio::test]
async fn a_replacement_leaves_nothing_of_what_was_there() {
    let scene = Scene::new().await;
    let location = Some(Address::default());
    let (name, description) = ("x".to_owned(), "y".to_owned());
    scene.take(ExperienceDetails { name, description, location, ..ExperienceDetails::default() }).await;
}

#[tokio::test]
async fn there_must_be_details() {
    Scene::new().await.refuse(None, "details").await;
}
