//! What the tests of connections share.

use connectus_proto::account::v1::{
    AcceptConnectionRequest, Account, BlockAccountRequest, ConnectionRequest, ConnectionRequestDirection,
    DeclineConnectionRequest, ListConnectionRequestsRequest, ListConnectionsRequest, RemoveConnectionRequest,
    RequestConnectionRequest, UnblockAccountRequest,
};
use connectus_testkit::{Person, Suite};
use serde_json::Value;
use tonic::Status;
use uuid::Uuid;

use crate::support::{Viewer, seen_by};

/// Somebody asks an account to connect. Answers whether the two are connected by it.
pub(crate) async fn request(suite: &Suite, by: &Person, id: &str, message: &str) -> Result<bool, Status> {
    let request = RequestConnectionRequest { account_id: id.to_owned(), message: message.to_owned() };
    Ok(suite.connections().request_connection(by.asks(request)).await?.into_inner().is_connected)
}

/// Somebody accepts what an account has asked.
pub(crate) async fn accept(suite: &Suite, by: &Person, id: &str) -> Result<(), Status> {
    let request = AcceptConnectionRequest { account_id: id.to_owned() };
    suite.connections().accept_connection(by.asks(request)).await.map(drop)
}

/// Somebody declines what an account has asked.
pub(crate) async fn decline(suite: &Suite, by: &Person, id: &str) -> Result<(), Status> {
    let request = DeclineConnectionRequest { account_id: id.to_owned() };
    suite.connections().decline_connection(by.asks(request)).await.map(drop)
}

/// Somebody ends a connection, or takes back what they have asked.
pub(crate) async fn remove(suite: &Suite, by: &Person, id: &str) -> Result<(), Status> {
    let request = RemoveConnectionRequest { account_id: id.to_owned() };
    suite.connections().remove_connection(by.asks(request)).await.map(drop)
}

/// Somebody blocks one account more.
pub(crate) async fn block_one(suite: &Suite, by: &Person, id: &str) -> Result<(), Status> {
    let request = BlockAccountRequest { account_id: id.to_owned() };
    suite.connections().block_account(by.asks(request)).await.map(drop)
}

/// Somebody lets an account see them again.
pub(crate) async fn unblock(suite: &Suite, by: &Person, id: &str) -> Result<(), Status> {
    let request = UnblockAccountRequest { account_id: id.to_owned() };
    suite.connections().unblock_account(by.asks(request)).await.map(drop)
}

/// Connects two.
pub(crate) async fn connect(suite: &Suite, one: &Person, other: &Person) {
    assert!(!request(suite, one, &other.id, "").await.unwrap());
    accept(suite, other, &one.id).await.unwrap();
}

/// A page of whom an account is connected with, as a viewer sees them, and the next page's token.
pub(crate) async fn connections_page(
    suite: &Suite,
    viewer: Viewer<'_>,
    id: &str,
    (page_size, page_token): (i32, &str),
) -> Result<(Vec<Account>, String), Status> {
    let request = ListConnectionsRequest { account_id: id.to_owned(), page_size, page_token: page_token.to_owned() };
    let response = suite.connections().list_connections(seen_by(viewer, request)).await?.into_inner();
    Ok((response.accounts, response.next_page_token))
}

/// The ids of those whom an account is connected with and a viewer sees, newest connections first.
pub(crate) async fn connected(suite: &Suite, viewer: Viewer<'_>, id: &str) -> Result<Vec<String>, Status> {
    let (accounts, next) = connections_page(suite, viewer, id, (200, "")).await?;
    assert_eq!(next, "", "all fit into a page");
    Ok(accounts.into_iter().map(|account| account.id).collect())
}

/// A page of what somebody has asked and was asked, and the next page's token.
pub(crate) async fn requests_page(
    suite: &Suite,
    person: &Person,
    direction: ConnectionRequestDirection,
    (page_size, page_token): (i32, &str),
) -> Result<(Vec<ConnectionRequest>, String), Status> {
    let request =
        ListConnectionRequestsRequest { direction: direction.into(), page_size, page_token: page_token.to_owned() };
    let response = suite.connections().list_connection_requests(person.asks(request)).await?.into_inner();
    Ok((response.requests, response.next_page_token))
}

/// The ids of those who have asked somebody, and of those whom they have asked, newest first.
pub(crate) async fn pending(suite: &Suite, person: &Person) -> (Vec<String>, Vec<String>) {
    let ids = async |direction| {
        let (requests, _) = requests_page(suite, person, direction, (200, "")).await.unwrap();
        assert!(requests.iter().all(|request| request.direction() == direction));
        let others = requests.into_iter().map(|request| request.account.expect("the other one").id);
        others.collect::<Vec<_>>()
    };
    (ids(ConnectionRequestDirection::Incoming).await, ids(ConnectionRequestDirection::Outgoing).await)
}

/// Connects an account with others, in their order, without anybody's doing.
pub(crate) async fn link(suite: &Suite, id: &str, others: &[String]) {
    let row = |other: &String| {
        format!("('{}', least('{id}', '{other}')::uuid, greatest('{id}', '{other}')::uuid)", Uuid::now_v7())
    };
    let rows: Vec<String> = others.iter().map(row).collect();
    let insert = format!("INSERT INTO account.connections (id, low_id, high_id) VALUES {}", rows.join(", "));
    suite.database.execute(&insert).await;
}

/// Lets others ask an account, in their order, without anybody's doing.
pub(crate) async fn ask(suite: &Suite, id: &str, others: &[String]) {
    let rows: Vec<String> =
        others.iter().map(|other| format!("('{}', '{other}', '{id}', '')", Uuid::now_v7())).collect();
    let columns = "id, from_id, to_id, message";
    let insert = format!("INSERT INTO account.connection_requests ({columns}) VALUES {}", rows.join(", "));
    suite.database.execute(&insert).await;
}

/// Forgets how often anybody was asked.
pub(crate) async fn forget_attempts(suite: &Suite) {
    suite.database.execute("DELETE FROM account.throttles").await;
}

/// Keeps a copy of all notices that are written from now on, since those that are delivered are gone.
pub(crate) async fn watch_notices(suite: &Suite) {
    suite
        .database
        .execute(
            "CREATE TABLE public.notices (number bigserial, payload jsonb); \
             CREATE FUNCTION public.keep() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN \
                INSERT INTO public.notices (payload) VALUES (NEW.payload); RETURN NEW; END $$; \
             CREATE TRIGGER keep AFTER INSERT ON account.outbox FOR EACH ROW EXECUTE FUNCTION public.keep()",
        )
        .await;
}

/// What was written of notices: the kind's number, who is told, of whom, and what they say.
pub(crate) async fn notices(suite: &Suite) -> Vec<(i64, String, String, String)> {
    let all = "SELECT coalesce(jsonb_agg(n ORDER BY number), '[]')::text \
        FROM public.notices, jsonb_array_elements(payload -> 'notices') n";
    let all: Vec<Value> = serde_json::from_str(&suite.database.value::<String>(all).await).unwrap();
    let text = |notice: &Value, field: &str| notice[field].as_str().unwrap().to_owned();
    let told = |notice: &Value| {
        let kind = notice["notification_kind"].as_i64().unwrap();
        (kind, text(notice, "account_id"), text(notice, "actor_id"), text(notice, "content"))
    };
    all.iter().map(told).collect()
}
