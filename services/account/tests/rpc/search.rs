//! SearchAccounts by names.

use connectus_proto::{
    account::v1::{SearchAccountsRequest, User, UserSettings, account, settings},
    common::v1::AccountType,
};
use connectus_testkit::{Person, Suite, invalid_field};

use crate::support::{
    Viewer, account as account_of, block, crowd, erase, named, search, update_account, update_settings, user,
};

/// What is called so, as a viewer finds it: the names, in their order.
async fn names(suite: &Suite, viewer: Viewer<'_>, request: SearchAccountsRequest) -> Vec<String> {
    let accounts = search(suite, viewer, request).await.unwrap().accounts;
    let name = |account: connectus_proto::account::v1::Account| match account.owner.expect("an owner") {
        account::Owner::User(user) => [user.first_name, user.middle_name, user.last_name].join(" ").trim().to_owned(),
        account::Owner::Organization(organization) => organization.preferred_name,
    };
    accounts.into_iter().map(name).collect()
}

fn query(query: &str) -> SearchAccountsRequest {
    SearchAccountsRequest { query: query.to_owned(), ..SearchAccountsRequest::default() }
}

/// What everybody finds by a query.
async fn found(suite: &Suite, words: &str) -> Vec<String> {
    names(suite, None, query(words)).await
}

/// Organizations of these names.
async fn organizations(suite: &Suite, names: &[&str]) -> Vec<String> {
    let ids = crowd(suite, "organization", names.len()).await;
    for (id, name) in ids.iter().zip(names) {
        let name = name.replace('\'', "''");
        suite
            .database
            .execute(&format!("UPDATE account.accounts SET preferred_name = '{name}' WHERE id = '{id}'"))
            .await;
    }
    ids
}

#[tokio::test]
async fn a_name_is_found_by_its_beginning_its_words_and_with_typos_in_this_order() {
    let suite = Suite::start().await;
    let all = ["Garcia Trust", "Club Garciana", "The Garcia House", "Gracia Home", "Garciana", "Smith"];
    organizations(&suite, &all).await;
    let ranked = ["Garcia Trust", "Garciana", "The Garcia House", "Club Garciana", "Gracia Home"];
    assert_eq!(found(&suite, "garcia").await, ranked);
    assert_eq!(found(&suite, "GARCÍA").await, ranked);
}

#[tokio::test]
async fn all_words_must_match_in_any_order() {
    let suite = Suite::start().await;
    organizations(&suite, &["Food Bank of Ottawa", "Ottawa Food Trucks", "Ottawa Bank"]).await;
    assert_eq!(found(&suite, "ottawa food").await, ["Ottawa Food Trucks", "Food Bank of Ottawa"]);
    assert_eq!(found(&suite, "ban foo ott").await, ["Food Bank of Ottawa"]);
    assert_eq!(found(&suite, "bank o").await, ["Food Bank of Ottawa", "Ottawa Bank"]);
    assert_eq!(found(&suite, "ottawa zebra").await, [""; 0]);
}

#[tokio::test]
async fn what_more_words_match_as_they_are_comes_first() {
    let suite = Suite::start().await;
    organizations(&suite, &["The Foodie Banker", "The Food Banker", "The Food Bank", "A Fod Banks"]).await;
    assert_eq!(
        found(&suite, "bank food").await,
        ["The Food Bank", "The Food Banker", "The Foodie Banker", "A Fod Banks"]
    );
}

#[tokio::test]
async fn a_typo_is_a_letter_too_many_too_few_wrong_or_swapped() {
    let suite = Suite::start().await;
    organizations(&suite, &["Johnson House", "Ann Club"]).await;
    for typo in ["johnsson", "jonson", "johnsen", "jonhson", "ohnson", "johnsno", "huose jonhson"] {
        assert_eq!(found(&suite, typo).await, ["Johnson House"], "{typo}");
    }
    for other in ["jonsen", "kimson", "house anna"] {
        assert_eq!(found(&suite, other).await, [""; 0], "{other}");
    }
    // A word may also be one letter longer than a short name.
    assert_eq!(found(&suite, "anna").await, ["Ann Club"]);
}

#[tokio::test]
async fn accents_case_and_signs_make_no_difference() {
    let suite = Suite::start().await;
    organizations(
        &suite,
        &["École Saint-Éloi", "Łódź_Straße", "Ｆｕｌｌ Ｗｉｄｔｈ", "O’Brien & Sons", "Приют", "मित्र समाज"],
    )
    .await;
    for (words, name) in [
        ("ecole", "École Saint-Éloi"),
        ("ÉCOLE saint eloi", "École Saint-Éloi"),
        ("saint-eloi", "École Saint-Éloi"),
        ("eloi ecole", "École Saint-Éloi"),
        ("e\u{301}cole", "École Saint-Éloi"),
        ("lodz", "Łódź_Straße"),
        ("strasse", "Łódź_Straße"),
        ("full width", "Ｆｕｌｌ Ｗｉｄｔｈ"),
        ("o'brien", "O’Brien & Sons"),
        ("brien sons", "O’Brien & Sons"),
        ("при", "Приют"),
        ("समाज", "मित्र समाज"),
    ] {
        assert_eq!(found(&suite, words).await, [name], "{words}");
    }
}

#[tokio::test]
async fn wildcards_match_nothing() {
    let suite = Suite::start().await;
    organizations(&suite, &["Help", "100% Us", "a_b"]).await;
    for (words, names) in
        [("h%p", vec![]), ("h_lp", vec![]), ("100%", vec!["100% Us"]), ("a_b", vec!["a_b"]), ("h\\", vec!["Help"])]
    {
        assert_eq!(found(&suite, words).await, names, "{words}");
    }
}

#[tokio::test]
async fn short_words_alone_are_beginnings_of_names() {
    let suite = Suite::start().await;
    organizations(&suite, &["Max Bell", "Bell Max", "B"]).await;
    assert_eq!(found(&suite, "b").await, ["B", "Bell Max"]);
    assert_eq!(found(&suite, "be ma").await, [""; 0]);
    assert_eq!(found(&suite, "bel ma").await, ["Bell Max", "Max Bell"]);
    // Nothing that is left out in the end makes a word any longer.
    for short in ["m\u{335}\u{336}", "m\u{301}\u{301}\u{301}", "々々々 m", "m\u{20dd}\u{20dd}"] {
        assert_eq!(found(&suite, short).await, ["Max Bell"], "{short}");
    }
}

async fn ann_lee(suite: &Suite) -> Person {
    let ann = suite.user("Ann").await;
    let full = User { middle_name: "Margarethe".to_owned(), last_name: "Leemann".to_owned(), ..User::default() };
    update_account(suite, &ann, user(full), &["user.middle_name", "user.last_name"]).await.unwrap();
    ann
}

async fn hide_full_name(suite: &Suite, person: &Person, hide: bool) {
    let new = settings::Owner::User(UserSettings { is_full_name_visible: !hide, ..UserSettings::default() });
    update_settings(suite, person, new, &["is_full_name_visible"]).await.unwrap();
}

#[tokio::test]
async fn a_hidden_name_finds_nobody_and_the_setting_counts_at_once() {
    let suite = Suite::start().await;
    let ann = ann_lee(&suite).await;
    let ben = suite.user("Ben").await;
    let hidden = ["leemann", "Lee", "margarethe", "ann leemann", "leeman", "ann l", "ann m"];
    for hide in [false, true, false] {
        hide_full_name(&suite, &ann, hide).await;
        for words in hidden {
            for viewer in [None, Some(&ben)] {
                let expected = if hide { vec![] } else { vec!["Ann Margarethe Leemann".to_owned()] };
                assert_eq!(names(&suite, viewer, query(words)).await, expected, "{words} {hide}");
            }
        }
        assert_eq!(found(&suite, "ann").await, [if hide { "Ann" } else { "Ann Margarethe Leemann" }]);
    }
}

#[tokio::test]
async fn a_token_tells_nothing_of_a_hidden_name() {
    let suite = Suite::start().await;
    let ann = ann_lee(&suite).await;
    hide_full_name(&suite, &ann, true).await;
    suite.user("Anna").await;
    let token =
        search(&suite, None, SearchAccountsRequest { page_size: 1, ..query("ann") }).await.unwrap().next_page_token;
    // It is base64 of what has the name by which she is found.
    let token = String::from_utf8(base64(&token)).unwrap();
    assert!(token.contains("ann") && !token.contains("lee"), "{token}");
}

fn base64(token: &str) -> Vec<u8> {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    BASE64_URL_SAFE_NO_PAD.decode(token).unwrap()
}

#[tokio::test]
async fn a_name_is_found_as_it_is_now() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    assert_eq!(found(&suite, "help").await, ["Help"]);
    update_account(&suite, &help, named("Shelter"), &["organization.preferred_name"]).await.unwrap();
    assert_eq!((found(&suite, "help").await, found(&suite, "shelter").await), (vec![], vec!["Shelter".to_owned()]));
    erase(&suite, &help.id).await.unwrap();
    assert_eq!(found(&suite, "shelter").await, [""; 0]);
}

#[tokio::test]
async fn a_word_is_known_as_long_as_somebody_is_called_so() {
    const KNOWN: &str = "SELECT string_agg(word || accounts, ' ' ORDER BY word) FROM account.name_words";
    let suite = Suite::start().await;
    let (ann, ben) = (ann_lee(&suite).await, suite.user("Ben Ann").await);
    let known = async || suite.database.value::<String>(KNOWN).await;
    assert_eq!(known().await, "ann2 ben1 leemann1 margarethe1");
    hide_full_name(&suite, &ann, true).await;
    assert_eq!(known().await, "ann2 ben1");
    let first_name = |name: &str| user(User { first_name: name.to_owned(), ..User::default() });
    update_account(&suite, &ben, first_name("Benno Ann"), &["user.first_name"]).await.unwrap();
    assert_eq!(known().await, "ann2 benno1");
    erase(&suite, &ann.id).await.unwrap();
    assert_eq!(known().await, "ann1 benno1");
    // Those who come at once count the same words, in whatever order their names have them.
    let names = ["Food Bank One", "Two Bank Food", "Bank Three Food", "Food Four Bank"];
    futures::future::join_all(names.iter().map(|name| suite.organization(name))).await;
    assert_eq!(known().await, "ann1 bank4 benno1 food4 four1 one1 three1 two1");
}

#[tokio::test]
async fn who_blocks_the_viewer_is_not_found() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    block(&suite, &ann, &[&ben.id]).await.unwrap();
    for words in ["ann", "an", "anm"] {
        assert_eq!(names(&suite, Some(&ben), query(words)).await, [""; 0], "{words}");
        let expected = if words == "anm" { vec![] } else { vec!["Ann"] };
        assert_eq!(
            (found(&suite, words).await, names(&suite, Some(&ann), query(words)).await),
            (to_owned(&expected), to_owned(&expected))
        );
    }
    // She still finds him.
    assert_eq!(names(&suite, Some(&ann), query("ben")).await, ["Ben"]);
}

fn to_owned(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn an_account_is_found_as_get_account_shows_it() {
    let suite = Suite::start().await;
    let (ann, help) = (ann_lee(&suite).await, suite.organization("Annual Help").await);
    hide_full_name(&suite, &ann, true).await;
    for viewer in [None, Some(&ann), Some(&help)] {
        let accounts = search(&suite, viewer, query("ann")).await.unwrap().accounts;
        let ids: Vec<&str> = accounts.iter().map(|account| account.id.as_str()).collect();
        assert_eq!(ids, [&ann.id, &help.id]);
        for found in &accounts {
            assert_eq!(found, &account_of(&suite, viewer, &found.id).await.unwrap());
        }
    }
}

#[tokio::test]
async fn one_type_of_account_is_found() {
    let suite = Suite::start().await;
    suite.user("Ann").await;
    suite.organization("Ann Club").await;
    for (account_type, expected) in [
        (AccountType::Unspecified, vec!["Ann", "Ann Club"]),
        (AccountType::User, vec!["Ann"]),
        (AccountType::Organization, vec!["Ann Club"]),
    ] {
        for words in ["ann", "anna"] {
            let request = SearchAccountsRequest { account_type: account_type.into(), ..query(words) };
            assert_eq!(names(&suite, None, request).await, expected, "{words}");
        }
    }
}

#[tokio::test]
async fn every_bad_field_is_named() {
    let suite = Suite::start().await;
    let many: Vec<String> = (0..11).map(|n| n.to_string()).collect();
    for (request, field) in [
        (SearchAccountsRequest::default(), "query"),
        (query("%"), "query"),
        (query(&"a".repeat(101)), "query"),
        (query("a b c d e f g h i"), "query"),
        (SearchAccountsRequest { account_type: 9, ..query("a") }, "account_type"),
        (SearchAccountsRequest { interests: many, ..query("a") }, "interests"),
        (SearchAccountsRequest { interests: vec![" ".to_owned()], ..query("a") }, "interests"),
        (SearchAccountsRequest { interests: vec!["a".repeat(101)], ..query("a") }, "interests"),
        (
            SearchAccountsRequest { area: Some(connectus_proto::common::v1::Area::default()), ..query("a") },
            "area.center",
        ),
        (SearchAccountsRequest { page_size: 201, ..query("a") }, "page_size"),
        (SearchAccountsRequest { page_size: -1, ..query("a") }, "page_size"),
        (SearchAccountsRequest { page_token: "x".to_owned(), ..query("a") }, "page_token"),
    ] {
        assert_eq!(invalid_field(search(&suite, None, request.clone()).await), field, "{request:?}");
    }
}

#[tokio::test]
async fn a_name_is_stored_whatever_is_in_it() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    // Each of the first becomes eighteen letters, and each letter of the last is left out once.
    for name in ["\u{fdfa}".repeat(100), "💚".to_owned(), "%_\\'".to_owned(), "a".repeat(100)] {
        let changed = update_account(&suite, &help, named(&name), &["organization.preferred_name"]).await;
        assert!(changed.is_ok(), "{name}: {changed:?}");
    }
    assert_eq!(found(&suite, &"a".repeat(99)).await.len(), 1);
}

#[tokio::test]
async fn no_word_has_a_wildcard_once_it_is_made_plain() {
    let suite = Suite::start().await;
    // Everything that PostgreSQL makes a wildcard, or nothing, of.
    let risky: String = suite
        .database
        .value(
            "SELECT string_agg(chr(code), ' ') FROM generate_series(1, 1114111) AS code \
            WHERE code NOT BETWEEN 55296 AND 57343 AND code > 31 AND account.search_key(chr(code)) ~ '[%_\\\\]|^$'",
        )
        .await;
    assert!(risky.contains('％'), "{risky}");
    for part in risky.split(' ') {
        let words = connectus_platform::search::words("query", part);
        assert!(words.is_err() || words.as_deref() == Ok(&[]), "{part:?}: {words:?}");
    }
}

#[tokio::test]
async fn no_word_is_shorter_once_it_is_made_plain() {
    let suite = Suite::start().await;
    // Every letter and mark twice, after a letter that tells where it is.
    let words =
        ('\u{20}'..=char::MAX).filter_map(|c| connectus_platform::search::words("query", &format!("x{c}{c}")).ok());
    let words: Vec<String> =
        words.filter(|words| words.len() == 1).flatten().filter(|word| word.chars().count() > 2).collect();
    assert!(words.len() > 100_000, "{}", words.len());
    let shorter: String = suite
        .database
        .value(&format!(
            "SELECT coalesce(string_agg(word, ' '), '') FROM string_to_table('{}', ' ') AS word \
            WHERE length(trim(account.search_words(word))) < 3 OR trim(account.search_words(word)) LIKE '% %'",
            words.join(" ")
        ))
        .await;
    assert_eq!(shorter, "");
}
