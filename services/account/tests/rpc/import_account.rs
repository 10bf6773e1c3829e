//! ImportAccount.

use connectus_proto::{
    account::v1::{
        Account, Gender, ImportAccountRequest, Organization, OrganizationProfile, OrganizationSettings, Profile,
        Settings, User, UserProfile, UserSettings, account, profile, settings,
    },
    common::v1::{Address, Date, GeoPoint},
};
use connectus_testkit::{Suite, invalid_field};
use futures::future::join_all;
use prost_types::Timestamp;
use serde_json::{Value, json};

use crate::support::{
    account as seen, former_id, former_organization, former_user, import, named, organization_profile, stored,
    user_profile,
};

/// A person with everything that there can be.
fn full_user() -> ImportAccountRequest {
    let owner = User {
        first_name: "Zoë".to_owned(),
        middle_name: "May".to_owned(),
        last_name: "Lee".to_owned(),
        birthday: Some(Date { year: 1990, month: 4, day: 30 }),
        gender: Gender::Other.into(),
    };
    let profile = UserProfile {
        interests: vec!["soup".to_owned()],
        biography: "b".to_owned(),
        education: "e".to_owned(),
        quote: "q".to_owned(),
        current_residence: "r".to_owned(),
        certifications: "c".to_owned(),
    };
    let settings = UserSettings {
        allow_messages_from_unknown: false,
        email_notifications: true,
        is_full_name_visible: true,
        blocked_account_ids: Vec::new(),
        share_with_communities: false,
    };
    ImportAccountRequest {
        account: Some(Account { owner: Some(account::Owner::User(owner)), ..common() }),
        profile: Some(Profile { owner: Some(profile::Owner::User(profile)) }),
        settings: Some(Settings { owner: Some(settings::Owner::User(settings)) }),
    }
}

/// An organization with everything that there can be.
fn full_organization() -> ImportAccountRequest {
    let owner = Organization { preferred_name: "Help".to_owned(), is_verified: true, opportunity_ids: Vec::new() };
    let profile = OrganizationProfile {
        mission: "m".to_owned(),
        quote: "q".to_owned(),
        address: Some(Address {
            street: "1 Elm".to_owned(),
            city: "Bonn".to_owned(),
            province: "NRW".to_owned(),
            country: "Germany".to_owned(),
            postal_code: "53111".to_owned(),
            apt_number: "2b".to_owned(),
            point: Some(GeoPoint { longitude: 7.1, latitude: 50.7 }),
        }),
        affiliated_organization_ids: vec![former_id()],
        interests: vec!["soup".to_owned()],
    };
    let settings =
        OrganizationSettings { allow_messages_from_unknown: false, email_notifications: false, is_nonprofit: true };
    ImportAccountRequest {
        account: Some(Account { owner: Some(account::Owner::Organization(owner)), ..common() }),
        profile: Some(Profile { owner: Some(profile::Owner::Organization(profile)) }),
        settings: Some(Settings { owner: Some(settings::Owner::Organization(settings)) }),
    }
}

fn common() -> Account {
    Account {
        id: former_id(),
        email: "old@example.org".to_owned(),
        avatar_url: "https://example.org/a.png".to_owned(),
        header_url: "https://example.org/h.png".to_owned(),
        create_time: Some(Timestamp { seconds: 1_500_000_000, nanos: 0 }),
        posts_count: 1,
        liked_count: 2,
        shared_count: 3,
        owner: None,
    }
}

/// The settings of the only account.
async fn settings_row(suite: &Suite) -> Value {
    let settings = "SELECT jsonb_build_array(allow_messages_from_unknown, email_notifications, is_full_name_visible, \
        is_nonprofit, share_with_communities)::text FROM account.accounts";
    serde_json::from_str(&suite.database.value::<String>(settings).await).unwrap()
}

#[tokio::test]
async fn a_person_comes_over_with_everything() {
    let suite = Suite::start().await;
    let former = full_user();
    assert!(!import(&suite, former.clone()).await.unwrap());
    let account = former.account.unwrap();
    let now = seen(&suite, None, &account.id).await.unwrap();
    // The address is for the owner's eyes.
    assert_eq!(now, Account { id: now.id.clone(), email: String::new(), ..account });
    assert_eq!(suite.database.value::<String>("SELECT email FROM account.accounts").await, "old@example.org");
    let Some(profile::Owner::User(profile)) = former.profile.unwrap().owner else { unreachable!() };
    assert_eq!(user_profile(&suite, &now.id).await, profile);
    assert_eq!(settings_row(&suite).await, json!([false, true, true, false, true]));
}

#[tokio::test]
async fn a_name_that_was_hidden_stays_so() {
    let suite = Suite::start().await;
    let mut former = full_user();
    let hidden = UserSettings { allow_messages_from_unknown: true, ..UserSettings::default() };
    former.settings = Some(Settings { owner: Some(settings::Owner::User(hidden)) });
    import(&suite, former.clone()).await.unwrap();
    let now = seen(&suite, None, &former.account.unwrap().id).await.unwrap();
    let Some(account::Owner::User(user)) = now.owner else { unreachable!() };
    assert_eq!((&*user.first_name, &*user.middle_name, &*user.last_name), ("Zoë", "", ""));
    assert_eq!(settings_row(&suite).await, json!([true, false, false, false, true]));
}

#[tokio::test]
async fn an_organization_comes_over_with_everything_before_those_it_belongs_with() {
    let suite = Suite::start().await;
    let former = full_organization();
    assert!(!import(&suite, former.clone()).await.unwrap());
    let account = former.account.unwrap();
    let now = seen(&suite, None, &account.id).await.unwrap();
    assert_eq!(now, Account { id: now.id.clone(), ..account });
    let Some(profile::Owner::Organization(mut profile)) = former.profile.unwrap().owner else { unreachable!() };
    let mut kept = organization_profile(&suite, &now.id).await;
    let (other, former_other) =
        (kept.affiliated_organization_ids.remove(0), profile.affiliated_organization_ids.remove(0));
    assert_eq!(kept, profile);
    assert_eq!(settings_row(&suite).await, json!([false, false, true, true, true]));
    // When the other comes over, it is the one that was named.
    let mut later = former_organization("Care");
    later.account.as_mut().unwrap().id = former_other;
    import(&suite, later).await.unwrap();
    seen(&suite, None, &other).await.unwrap();
}

#[tokio::test]
async fn what_is_absent_is_as_at_a_registration() {
    for (former, settings) in [
        (former_user("Ann"), json!([true, false, true, false, true])),
        (former_organization("Help"), json!([true, true, true, false, true])),
    ] {
        let suite = Suite::start().await;
        import(&suite, former.clone()).await.unwrap();
        assert_eq!(settings_row(&suite).await, settings);
        let id = &former.account.as_ref().unwrap().id;
        match former.account.as_ref().unwrap().owner {
            Some(account::Owner::User(_)) => assert_eq!(user_profile(&suite, id).await, UserProfile::default()),
            _ => assert_eq!(organization_profile(&suite, id).await.mission, ""),
        }
    }
}

#[tokio::test]
async fn a_repeat_changes_nothing_and_says_so() {
    let suite = Suite::start().await;
    let first = full_user();
    import(&suite, first.clone()).await.unwrap();
    suite.database.execute("UPDATE account.profiles SET quote = 'mine'").await;
    let before = stored(&suite).await;
    let id = first.account.as_ref().unwrap().id.clone();
    let other = |mut request: ImportAccountRequest| {
        request.account.as_mut().unwrap().id = id.to_uppercase();
        request
    };
    for repeat in [first.clone(), other(former_user("Eve")), other(full_organization())] {
        assert!(import(&suite, repeat).await.unwrap());
    }
    assert_eq!(stored(&suite).await, before);
}

#[tokio::test]
async fn of_imports_at_once_one_makes_the_account() {
    let suite = Suite::start().await;
    let former = full_user();
    let answers = join_all((0..10).map(|_| import(&suite, former.clone()))).await;
    let existed = answers.into_iter().filter(|answer| *answer.as_ref().unwrap()).count();
    assert_eq!(existed, 9);
    assert_eq!(suite.database.value::<i64>("SELECT count(*) FROM account.profiles").await, 1);
}

#[tokio::test]
async fn what_is_wrong_is_named_and_nothing_is_made() {
    let suite = Suite::start().await;
    let with = |change: fn(&mut Account)| {
        let mut request = full_user();
        change(request.account.as_mut().unwrap());
        request
    };
    let person = |change: fn(&mut User)| {
        let mut request = full_user();
        if let Some(account::Owner::User(user)) = &mut request.account.as_mut().unwrap().owner {
            change(user);
        }
        request
    };
    let quote =
        Profile { owner: Some(profile::Owner::User(UserProfile { quote: "x".repeat(501), ..UserProfile::default() })) };
    let nameless =
        ImportAccountRequest { account: Some(Account { owner: named("").owner, ..common() }), ..former_user("") };
    for (request, field) in [
        (ImportAccountRequest::default(), "account.owner"),
        (with(|account| account.owner = None), "account.owner"),
        (with(|account| account.id = "018f0000-0000-7000-8000-000000000001".to_owned()), "account.id"),
        (with(|account| account.id = "507f1f77bcf86cd79943901x".to_owned()), "account.id"),
        (with(|account| account.email = "ann".to_owned()), "account.email"),
        (with(|account| account.create_time = None), "account.create_time"),
        (with(|account| account.posts_count = -1), "account.posts_count"),
        (with(|account| account.liked_count = -1), "account.liked_count"),
        (with(|account| account.shared_count = -1), "account.shared_count"),
        (with(|account| account.avatar_url = "http://example.org".to_owned()), "account.avatar_url"),
        (with(|account| account.header_url = "x".to_owned()), "account.header_url"),
        (person(|user| user.first_name = String::new()), "account.user.first_name"),
        (person(|user| user.middle_name = "x".repeat(101)), "account.user.middle_name"),
        (person(|user| user.last_name = "x".repeat(101)), "account.user.last_name"),
        (person(|user| user.birthday = None), "account.user.birthday"),
        (person(|user| user.gender = 9), "account.user.gender"),
        (nameless, "account.organization.preferred_name"),
        (ImportAccountRequest { profile: Some(quote), ..full_user() }, "profile.user.quote"),
        (ImportAccountRequest { profile: full_organization().profile, ..full_user() }, "profile"),
        (ImportAccountRequest { profile: full_user().profile, ..full_organization() }, "profile"),
        (ImportAccountRequest { settings: full_organization().settings, ..full_user() }, "settings"),
        (ImportAccountRequest { settings: full_user().settings, ..full_organization() }, "settings"),
    ] {
        assert_eq!(invalid_field(import(&suite, request.clone()).await), field, "{request:?}");
    }
    assert_eq!(stored(&suite).await.trim_matches('|'), "");
}
