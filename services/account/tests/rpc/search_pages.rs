//! Pages of SearchAccounts.

use connectus_proto::{
    account::v1::SearchAccountsRequest,
    common::v1::{Area, GeoPoint},
};
use connectus_testkit::{Suite, invalid_field};

use crate::support::{crowd, search};

/// Adds organizations whose names, interests and places are alike for many of them.
async fn add(suite: &Suite, size: usize) {
    let ids = crowd(suite, "organization", size).await;
    let added = format!("unnest('{{{}}}'::uuid[]) WITH ORDINALITY AS added (added_id, n)", ids.join(","));
    let names = "'{Garcia Home,Garcia,The Garcia,A Garciana,Gracia,Home,My Gracia Home}'::text[]";
    let name =
        format!("UPDATE account.accounts SET preferred_name = ({names})[1 + n % 7] FROM {added} WHERE id = added_id");
    suite.database.execute(&name).await;
    let profile =
        "SELECT added_id, CASE WHEN n % 2 = 0 THEN '{music}' ELSE '{music,books}' END::text[], 10 + n % 3 * 0.01, 50";
    let columns = "account_id, interests, longitude, latitude";
    suite.database.execute(&format!("INSERT INTO account.profiles ({columns}) {profile} FROM {added}")).await;
}

fn searches() -> Vec<SearchAccountsRequest> {
    let named = |query: &str| SearchAccountsRequest { query: query.to_owned(), ..SearchAccountsRequest::default() };
    let interests = vec!["music".to_owned(), "books".to_owned()];
    let area = Some(Area { center: Some(GeoPoint { longitude: 10.0, latitude: 50.0 }), radius_km: 100.0 });
    vec![
        named("garcia"),
        named("g"),
        named("home garcia"),
        SearchAccountsRequest { interests: interests.clone(), ..named("garcia") },
        SearchAccountsRequest { interests: interests.clone(), ..named("") },
        SearchAccountsRequest { area, ..named("") },
        SearchAccountsRequest { area, interests, ..named("garcia") },
    ]
}

/// One page: the ids, and the next page's token.
async fn page(suite: &Suite, request: &SearchAccountsRequest, size: i32, token: String) -> (Vec<String>, String) {
    let request = SearchAccountsRequest { page_size: size, page_token: token, ..request.clone() };
    let response = search(suite, None, request).await.unwrap();
    (response.accounts.into_iter().map(|account| account.id).collect(), response.next_page_token)
}

#[tokio::test]
async fn pages_skip_and_repeat_nothing_while_accounts_are_added() {
    let suite = Suite::start().await;
    add(&suite, 40).await;
    for request in searches() {
        for size in [1, 7] {
            let (all, end) = page(&suite, &request, 200, String::new()).await;
            assert!(all.len() > 5 && end.is_empty(), "{request:?}: {}", all.len());
            let (mut seen, mut token, mut pages) = (Vec::new(), String::new(), 0);
            loop {
                let (ids, next) = page(&suite, &request, size, token).await;
                assert!(ids.len() <= usize::try_from(size).unwrap());
                seen.extend(ids);
                (token, pages) = (next, pages + 1);
                if token.is_empty() {
                    break;
                }
                if pages % 5 == 0 && pages < 20 {
                    add(&suite, 2).await;
                }
            }
            let first_seen: Vec<_> = seen.iter().filter(|id| all.contains(id)).cloned().collect();
            assert_eq!(first_seen, all, "{request:?} by {size}");
            seen.sort();
            let many = seen.len();
            seen.dedup();
            assert_eq!(seen.len(), many, "{request:?} by {size}");
        }
    }
}

#[tokio::test]
async fn a_full_last_page_has_no_token() {
    let suite = Suite::start().await;
    crowd(&suite, "organization", 3).await;
    let request = SearchAccountsRequest { query: "help".to_owned(), ..SearchAccountsRequest::default() };
    let (ids, token) = page(&suite, &request, 3, String::new()).await;
    assert_eq!((ids.len(), token.as_str()), (3, ""));
    let (ids, token) = page(&suite, &request, 2, String::new()).await;
    assert!(ids.len() == 2 && !token.is_empty());
    assert_eq!(page(&suite, &request, 2, token).await.0.len(), 1);
}

#[tokio::test]
async fn a_token_that_is_none_or_of_another_kind_of_search_is_refused() {
    let suite = Suite::start().await;
    add(&suite, 10).await;
    let all = searches();
    let (by_name, by_interest) = (&all[0], &all[4]);
    let (_, token) = page(&suite, by_name, 1, String::new()).await;
    let mut cut = token.clone();
    cut.truncate(token.len() / 2);
    let no_position = "eyJ0aWVyIjoiTmFtZSJ9";
    let with_nul = base64(r#"{"tier":"Name","rank":0,"name":"\u0000","id":"00000000-0000-0000-0000-000000000000"}"#);
    for (request, token) in [
        (by_interest, token.as_str()),
        (by_name, &cut),
        (by_name, "x"),
        (by_name, "é"),
        (by_name, no_position),
        (by_name, &with_nul),
    ] {
        let request = SearchAccountsRequest { page_token: token.to_owned(), ..request.clone() };
        assert_eq!(invalid_field(search(&suite, None, request).await), "page_token", "{token}");
    }
    // Words of a name that begin with one letter are not looked for, whatever a token says.
    let words = base64(r#"{"tier":"Words","rank":-9999,"name":"","id":"00000000-0000-0000-0000-000000000000"}"#);
    for query in ["g", "g a", "g\u{335}\u{336}", "々々々 g"] {
        let request = SearchAccountsRequest {
            query: query.to_owned(),
            page_token: words.clone(),
            ..SearchAccountsRequest::default()
        };
        assert_eq!(invalid_field(search(&suite, None, request).await), "page_token", "{query}");
    }
    let made_up = base64(
        r#"{"tier":"Typos","rank":-9223372036854775808,"name":"ÿ'%","id":"ffffffff-ffff-ffff-ffff-ffffffffffff"}"#,
    );
    let request = SearchAccountsRequest { page_token: made_up, ..by_name.clone() };
    assert!(search(&suite, None, request).await.is_ok());
}

fn base64(text: &str) -> String {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    BASE64_URL_SAFE_NO_PAD.encode(text)
}
