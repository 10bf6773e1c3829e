//! UpdateAccount: which values it takes.

use chrono::{Datelike, NaiveDate, TimeDelta, Utc};
use connectus_proto::{
    account::v1::{Account, Gender, User},
    common::v1::Date,
};
use connectus_testkit::{Person, Suite, invalid_field};

use crate::support::{account, named, organization_of, stored, update_account, user, user_of};

/// A path, the least and the most characters of its text, and how it is set.
type Text = (&'static str, usize, usize, fn(&str) -> Account);

const USER_TEXTS: [Text; 3] = [
    ("user.first_name", 1, 100, |text| user(User { first_name: text.to_owned(), ..User::default() })),
    ("user.middle_name", 0, 100, |text| user(User { middle_name: text.to_owned(), ..User::default() })),
    ("user.last_name", 0, 100, |text| user(User { last_name: text.to_owned(), ..User::default() })),
];
const ORGANIZATION_TEXTS: [Text; 1] = [("organization.preferred_name", 1, 200, named)];

async fn texts_have_their_limits(suite: &Suite, person: &Person, texts: &[Text]) {
    for (path, least, most, new) in texts {
        for length in [*least, *most] {
            let text = "ß".repeat(length);
            update_account(suite, person, new(&format!(" {text} ")), &[path]).await.unwrap();
            let kept = account(suite, Some(person), "me").await.unwrap();
            assert!(format!("{kept:?}").contains(&format!("\"{text}\"")), "{path}: {text}");
        }
        let mut refused = vec!["ß".repeat(most + 1), "a\0b".to_owned()];
        refused.extend((*least > 0).then(|| " ".to_owned()));
        for text in refused {
            let answer = update_account(suite, person, new(&text), &[path]).await;
            assert_eq!(invalid_field(answer), format!("account.{path}"), "{text:?}");
        }
    }
}

#[tokio::test]
async fn names_have_their_limits() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    texts_have_their_limits(&suite, &ann, &USER_TEXTS).await;
    texts_have_their_limits(&suite, &help, &ORGANIZATION_TEXTS).await;
    assert_eq!(user_of(&account(&suite, Some(&ann), "me").await.unwrap()).first_name, "ß".repeat(100));
    assert_eq!(organization_of(&account(&suite, None, &help.id).await.unwrap()).preferred_name, "ß".repeat(200));
}

fn born(date: NaiveDate) -> Date {
    Date { year: date.year(), month: date.month().cast_signed(), day: date.day().cast_signed() }
}

#[tokio::test]
async fn a_birthday_is_a_day_that_has_begun_somewhere() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let set = async |birthday| {
        let new = user(User { birthday, ..User::default() });
        update_account(&suite, &ann, new, &["user.birthday"]).await
    };
    // On Kiritimati (UTC+14) a day begins first.
    let today = (Utc::now() + TimeDelta::hours(14)).date_naive();
    let day = |year, month, day| Date { year, month, day };
    for good in [day(1, 1, 1), day(2000, 2, 29), born(Utc::now().date_naive()), born(today)] {
        assert_eq!(user_of(&set(Some(good)).await.unwrap()).birthday, Some(good));
    }
    let in_two_days = born(today + TimeDelta::days(2));
    for bad in [day(0, 1, 1), day(1900, 2, 29), day(2000, 13, 1), day(2000, 1, -1), day(9999, 12, 31), in_two_days] {
        assert_eq!(invalid_field(set(Some(bad)).await), "account.user.birthday", "{bad:?}");
    }
    assert_eq!(invalid_field(set(None).await), "account.user.birthday");
}

#[tokio::test]
async fn every_known_gender_can_be_said_and_unsaid() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let set = async |gender| {
        let new = user(User { gender, ..User::default() });
        update_account(&suite, &ann, new, &["user.gender"]).await
    };
    for gender in [Gender::Male, Gender::Female, Gender::Other, Gender::Unspecified] {
        set(gender.into()).await.unwrap();
        assert_eq!(user_of(&account(&suite, None, &ann.id).await.unwrap()).gender(), gender);
    }
    for gender in [-1, 4, i32::MAX] {
        assert_eq!(invalid_field(set(gender).await), "account.user.gender", "{gender}");
    }
}

#[tokio::test]
async fn pictures_are_https_urls_of_up_to_two_thousand_characters() {
    let suite = Suite::start().await;
    for person in [suite.user("Ann").await, suite.organization("Help").await] {
        let of_length = |length| format!("https://example.org/{}", "x".repeat(length - "https://example.org/".len()));
        let set = async |path, url: &str| {
            let (avatar_url, header_url) = (url.to_owned(), url.to_owned());
            update_account(&suite, &person, Account { avatar_url, header_url, ..Account::default() }, &[path]).await
        };
        for url in [&of_length(2000), "https://bücher.example/ä%20b.png?size=2#x", ""] {
            assert_eq!(set("avatar_url", url).await.unwrap().avatar_url, url);
            assert_eq!(set("header_url", url).await.unwrap().header_url, url);
        }
        let before = stored(&suite).await;
        for url in [
            &*of_length(2001),
            "http://example.org/a.png",
            "javascript:alert(1)",
            "https://",
            "https://ann:secret@example.org/a.png",
            "https:example.org",
            "https://example.org/\"onerror=alert(1)",
            "https://example.org/a\0b",
            "x",
        ] {
            for path in ["avatar_url", "header_url"] {
                assert_eq!(invalid_field(set(path, url).await), format!("account.{path}"), "{url}");
            }
        }
        assert_eq!(stored(&suite).await, before);
    }
}

#[tokio::test]
async fn one_to_fifty_known_paths_are_named() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let new = user(User { last_name: "Lee".to_owned(), ..User::default() });
    update_account(&suite, &ann, new.clone(), &["user.last_name"; 50]).await.unwrap();
    let long = format!("user.{}", "x".repeat(10_000));
    for paths in [
        &[][..],
        &["user.last_name"; 51],
        &["user"],
        &["email"],
        &["id"],
        &["posts_count"],
        &["user.last_name.x"],
        &[&long],
        &["\0"],
    ] {
        assert_eq!(invalid_field(update_account(&suite, &ann, new.clone(), paths).await), "update_mask", "{paths:?}");
    }
}

#[tokio::test]
async fn of_a_change_with_one_bad_field_nothing_is_made() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let before = stored(&suite).await;
    let new = user(User { last_name: "Lee".to_owned(), middle_name: "x".repeat(101), ..User::default() });
    for paths in [["user.last_name", "user.middle_name"], ["user.middle_name", "user.last_name"]] {
        let answer = update_account(&suite, &ann, new.clone(), &paths).await;
        assert_eq!(invalid_field(answer), "account.user.middle_name");
    }
    assert_eq!(stored(&suite).await, before);
}
