//! GetSettings and UpdateSettings.

use connectus_proto::account::v1::{
    OrganizationSettings, Settings, UpdateSettingsRequest, UserSettings, settings::Owner,
};
use connectus_testkit::{Suite, invalid_field};
use futures::future::join_all;

use crate::support::{mask, settings, update_settings};

fn user(messages: bool, mails: bool, names: bool) -> Owner {
    Owner::User(UserSettings {
        allow_messages_from_unknown: messages,
        email_notifications: mails,
        is_full_name_visible: names,
        blocked_account_ids: Vec::new(),
        share_with_communities: true,
    })
}

fn organization(messages: bool, mails: bool, nonprofit: bool) -> Owner {
    Owner::Organization(OrganizationSettings {
        allow_messages_from_unknown: messages,
        email_notifications: mails,
        is_nonprofit: nonprofit,
    })
}

#[tokio::test]
async fn new_settings_are_those_of_the_contract() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    assert_eq!(settings(&suite, &ann).await, user(true, false, true));
    // It registered as a non-profit.
    assert_eq!(settings(&suite, &help).await, organization(true, true, true));
}

#[tokio::test]
async fn only_the_named_settings_of_a_person_change() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for (paths, expected) in [
        (&["email_notifications"][..], user(true, true, true)),
        (&["is_full_name_visible"], user(true, true, false)),
        (&["allow_messages_from_unknown"], user(false, true, false)),
    ] {
        let answer = update_settings(&suite, &ann, user(false, true, false), paths).await.unwrap().into_inner();
        assert_eq!(answer.settings, Some(Settings { owner: Some(expected.clone()) }));
        assert_eq!(settings(&suite, &ann).await, expected);
    }
    let all = &["email_notifications", "is_full_name_visible", "allow_messages_from_unknown"];
    update_settings(&suite, &ann, user(true, false, true), all).await.unwrap();
    assert_eq!(settings(&suite, &ann).await, user(true, false, true));
}

#[tokio::test]
async fn a_person_says_whether_communities_learn_of_what_was_confirmed() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for share_with_communities in [false, true] {
        let new = Owner::User(UserSettings { share_with_communities, ..UserSettings::default() });
        update_settings(&suite, &ann, new, &["share_with_communities"]).await.unwrap();
        let Owner::User(expected) = user(true, false, true) else { unreachable!() };
        let expected = UserSettings { share_with_communities, ..expected };
        assert_eq!(settings(&suite, &ann).await, Owner::User(expected));
    }
}

#[tokio::test]
async fn only_the_named_settings_of_an_organization_change() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    for (path, expected) in [
        ("is_nonprofit", organization(true, true, false)),
        ("allow_messages_from_unknown", organization(false, true, false)),
        ("email_notifications", organization(false, false, false)),
    ] {
        let answer = update_settings(&suite, &help, organization(false, false, false), &[path]).await.unwrap();
        assert_eq!(answer.into_inner().settings, Some(Settings { owner: Some(expected.clone()) }));
        assert_eq!(settings(&suite, &help).await, expected);
    }
}

#[tokio::test]
async fn settings_are_everybodys_own() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    update_settings(&suite, &ann, user(false, true, false), &["email_notifications"]).await.unwrap();
    assert_eq!(settings(&suite, &ben).await, user(true, false, true));
}

#[tokio::test]
async fn a_mask_that_names_no_setting_is_refused_and_changes_nothing() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    for paths in [&[][..], &["type"], &[""], &["*"], &["is_nonprofit"], &["email_notifications", "user"]] {
        let answer = update_settings(&suite, &ann, user(false, true, false), paths).await;
        assert_eq!(invalid_field(answer), "update_mask", "{paths:?}");
    }
    for paths in [&[][..], &["is_full_name_visible"], &["is_nonprofit", "x"]] {
        let answer = update_settings(&suite, &help, organization(false, false, false), paths).await;
        assert_eq!(invalid_field(answer), "update_mask", "{paths:?}");
    }
    let no_mask =
        UpdateSettingsRequest { settings: Some(Settings { owner: Some(user(false, true, false)) }), update_mask: None };
    assert_eq!(invalid_field(suite.account().update_settings(ann.asks(no_mask)).await), "update_mask");
    assert_eq!(settings(&suite, &ann).await, user(true, false, true));
    assert_eq!(settings(&suite, &help).await, organization(true, true, true));
}

#[tokio::test]
async fn settings_of_the_other_type_are_refused() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let paths = &["email_notifications"];
    assert_eq!(invalid_field(update_settings(&suite, &ann, organization(true, true, true), paths).await), "settings");
    assert_eq!(invalid_field(update_settings(&suite, &help, user(true, true, true), paths).await), "settings");
    for settings in [None, Some(Settings { owner: None })] {
        let request = UpdateSettingsRequest { settings, update_mask: Some(mask(paths)) };
        assert_eq!(invalid_field(suite.account().update_settings(ann.asks(request)).await), "settings");
    }
    assert_eq!(settings(&suite, &ann).await, user(true, false, true));
}

#[tokio::test]
async fn of_changes_at_once_none_is_lost() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let paths = ["email_notifications", "is_full_name_visible", "allow_messages_from_unknown"];
    for (new, round) in [(user(false, true, false), 1), (user(true, false, true), 2), (user(false, true, false), 3)] {
        let changes = paths.map(|path| {
            let (suite, ann, new) = (&suite, &ann, new.clone());
            async move { update_settings(suite, ann, new, &[path]).await.unwrap() }
        });
        join_all(changes).await;
        assert_eq!(settings(&suite, &ann).await, new, "round {round}");
    }
}
