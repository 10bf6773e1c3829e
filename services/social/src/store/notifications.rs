//! Notifications, one box of them for each account.
//!
//! Whoever adds one holds the box, so that ids grow in the order of commits: a reader that has one has all before it.

use chrono::{DateTime, TimeDelta, Utc};
use connectus_platform::{
    idempotency, ids, outbox,
    page::Page,
    store::{self, Connection, Pool, StoreError},
};
use connectus_proto::social::v1::{ClearNotificationsResponse, DismissNotificationResponse, NotificationKind};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, QueryResult, Queryable,
    Selectable, SelectableHelper, dsl::not, sql_types::Text,
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{
    digests,
    schema::{boxes, notifications},
};
use crate::domain::{
    Error,
    message::Message,
    notification::{Announcement, News, Notification, is_urgent},
};

/// The channel on which every replica hears whose box has something new.
pub(crate) const CHANNEL: &str = "connectus_notifications";
/// How long a notification is kept.
const KEPT_FOR: TimeDelta = TimeDelta::days(90);
/// How long one that was taken away is remembered: longer than anybody tells of it again.
const REMEMBERED_FOR: TimeDelta = TimeDelta::days(7);
/// How many rows one statement changes.
const PORTION: i64 = 5000;
/// How the contract begins the names of all kinds.
const KIND_PREFIX: &str = "NOTIFICATION_KIND_";

#[derive(Queryable, Selectable)]
#[diesel(table_name = notifications)]
pub(super) struct Row {
    id: Uuid,
    account_id: Uuid,
    kind: String,
    actor_id: Option<Uuid>,
    subject_id: String,
    content: String,
    created_at: DateTime<Utc>,
}

impl From<Row> for Notification {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            account_id: row.account_id,
            kind: kind(&row.kind),
            actor_id: row.actor_id,
            subject_id: row.subject_id,
            content: row.content,
            created_at: row.created_at,
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = notifications)]
struct NewRow<'a> {
    id: Uuid,
    account_id: Uuid,
    event_id: Uuid,
    kind: String,
    actor_id: Option<Uuid>,
    subject_id: &'a str,
    content: &'a str,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

/// How the database spells a kind.
fn kind_name(kind: NotificationKind) -> String {
    kind.as_str_name().trim_start_matches(KIND_PREFIX).to_lowercase()
}

fn kind(name: &str) -> NotificationKind {
    let name = format!("{KIND_PREFIX}{}", name.to_uppercase());
    NotificationKind::from_str_name(&name).unwrap_or_default()
}

/// The kinds that are mailed at once, as the database spells them.
pub(super) fn urgent_kinds() -> Vec<String> {
    let kinds = (1..).map_while(|number| NotificationKind::try_from(number).ok());
    kinds.filter(|kind| is_urgent(*kind)).map(kind_name).collect()
}

/// Adds what is new to the boxes of whom it is for, in the transaction of what it is about. What they have been told of changes
/// nothing. Boxes are held in the order of their accounts, so that no two calls wait for each other.
pub(crate) async fn add(conn: &mut AsyncPgConnection, announcement: &Announcement) -> QueryResult<()> {
    let mut in_order: Vec<&News> = announcement.news.iter().collect();
    in_order.sort_by_key(|news| news.account_id);
    for of_account in in_order.chunk_by(|one, other| one.account_id == other.account_id) {
        add_to_box(conn, of_account, announcement.digest_interval).await?;
    }
    Ok(())
}

async fn add_to_box(conn: &mut AsyncPgConnection, news: &[&News], digest_interval: TimeDelta) -> QueryResult<()> {
    let Some(account_id) = news.first().map(|news| news.account_id) else { return Ok(()) };
    let before = open_box(conn, account_id).await?;
    let mut last = before;
    let mut has_calm = false;
    for news in news {
        let id = ids::after(last);
        if insert(conn, id, news).await? {
            last = id;
            has_calm |= !is_urgent(news.kind);
            if is_urgent(news.kind) {
                let mail = Message::NotificationMail { account_id, notification_id: id };
                outbox::enqueue(conn, Uuid::now_v7(), &mail).await?;
            }
        }
    }
    if last == before {
        return Ok(());
    }
    diesel::update(boxes::table.find(account_id)).set(boxes::last_id.eq(last)).execute(conn).await?;
    if has_calm {
        digests::plan(conn, account_id, digest_interval).await?;
    }
    announce(conn, account_id).await
}

/// Makes a box if there is none, and keeps others from it until the transaction ends. Returns the id of its last notification.
async fn open_box(conn: &mut AsyncPgConnection, account_id: Uuid) -> QueryResult<Uuid> {
    let new = (boxes::account_id.eq(account_id), boxes::last_id.eq(Uuid::nil()));
    diesel::insert_into(boxes::table)
        .values(new)
        .on_conflict(boxes::account_id)
        .do_update()
        // A change that is none, to hold the row.
        .set(boxes::last_id.eq(boxes::last_id))
        .returning(boxes::last_id)
        .get_result(conn)
        .await
}

async fn insert(conn: &mut AsyncPgConnection, id: Uuid, news: &News) -> QueryResult<bool> {
    let row = NewRow {
        id,
        account_id: news.account_id,
        event_id: news.event_id,
        kind: kind_name(news.kind),
        actor_id: news.actor_id,
        subject_id: &news.subject_id,
        content: &news.content,
        created_at: news.created_at,
        expires_at: Utc::now() + KEPT_FOR,
    };
    let insert = diesel::insert_into(notifications::table).values(row).on_conflict_do_nothing();
    Ok(insert.execute(conn).await? == 1)
}

/// Tells every replica, once the transaction is committed.
async fn announce(conn: &mut AsyncPgConnection, account_id: Uuid) -> QueryResult<()> {
    let announce = diesel::sql_query("SELECT pg_notify($1, $2)").bind::<Text, _>(CHANNEL);
    announce.bind::<Text, _>(account_id.to_string()).execute(conn).await?;
    Ok(())
}

/// Takes back what was told of a post of an author: nobody has its words any more.
pub(super) async fn take_back(conn: &mut AsyncPgConnection, author: Uuid, post: Uuid) -> QueryResult<()> {
    let told = notifications::actor_id.eq(author).and(notifications::subject_id.eq(post.to_string()));
    diesel::delete(notifications::table.filter(told)).execute(conn).await?;
    Ok(())
}

/// Adds what other services tell of.
pub(crate) async fn add_all(pool: &Pool, announcement: &Announcement) -> Result<(), StoreError> {
    let mut conn = store::connection(pool).await?;
    let added = conn.transaction(async |conn: &mut Connection| add(conn, announcement).await);
    Ok(added.await?)
}

/// Those that were not taken away, and have not expired.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn left() -> _ {
    let now: DateTime<Utc> = Utc::now();
    not(notifications::is_dismissed).and(notifications::expires_at.gt(now))
}

/// Lists an account's notifications, newest first, with one more than the page has.
pub(crate) async fn list(pool: &Pool, account_id: Uuid, page: Page) -> Result<Vec<Notification>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let of_account = notifications::account_id.eq(account_id).and(left());
    let older = notifications::id.lt(page.before.unwrap_or(Uuid::max()));
    let listed = notifications::table.filter(of_account.and(older)).order(notifications::id.desc());
    let rows: Vec<Row> = listed.limit(page.size + 1).select(Row::as_select()).load(&mut conn).await?;
    Ok(rows.into_iter().map(Notification::from).collect())
}

/// Lists what came after a notification of an account, oldest first, up to a number.
pub(crate) async fn since(
    pool: &Pool,
    account_id: Uuid,
    last: Uuid,
    most: i64,
) -> Result<Vec<Notification>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let of_account = notifications::account_id.eq(account_id).and(left());
    let listed = notifications::table.filter(of_account.and(notifications::id.gt(last))).order(notifications::id);
    let rows: Vec<Row> = listed.limit(most).select(Row::as_select()).load(&mut conn).await?;
    Ok(rows.into_iter().map(Notification::from).collect())
}

/// The id of an account's last notification, or of none.
pub(crate) async fn last_id(pool: &Pool, account_id: Uuid) -> Result<Uuid, StoreError> {
    let mut conn = store::connection(pool).await?;
    let last: Option<Uuid> = boxes::table.find(account_id).select(boxes::last_id).first(&mut conn).await.optional()?;
    Ok(last.unwrap_or_default())
}

/// Finds a notification that was not taken away.
pub(crate) async fn find(pool: &Pool, id: Uuid) -> Result<Option<Notification>, StoreError> {
    let mut conn = store::connection(pool).await?;
    let row: Option<Row> =
        notifications::table.find(id).filter(left()).select(Row::as_select()).first(&mut conn).await.optional()?;
    Ok(row.map(Notification::from))
}

/// What becomes of a notification that is taken away.
#[diesel::dsl::auto_type(no_type_alias)]
fn emptied() -> _ {
    let forgotten_at: DateTime<Utc> = forgotten_at();
    (notifications::is_dismissed.eq(true), notifications::content.eq(""), notifications::expires_at.eq(forgotten_at))
}

fn forgotten_at() -> DateTime<Utc> {
    Utc::now() + REMEMBERED_FOR
}

/// Takes one of an account's notifications away.
pub(crate) async fn dismiss(pool: &Pool, account_id: Uuid, id: Uuid) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        let own = notifications::table.find(id).filter(notifications::account_id.eq(account_id).and(left()));
        if diesel::update(own).set(emptied()).execute(conn).await? == 0 {
            return Err(Error::NotificationNotFound);
        }
        Ok(idempotency::complete(conn, &DismissNotificationResponse {}).await?)
    })
    .await
}

/// Empties a portion of an account's notifications, none of which takes long. Answers whether there may be more.
async fn empty_some(conn: &mut AsyncPgConnection, account_id: Uuid) -> QueryResult<bool> {
    let own = notifications::account_id.eq(account_id).and(not(notifications::is_dismissed));
    let some = notifications::table.filter(own).select(notifications::id).limit(PORTION);
    let some: Vec<Uuid> = some.load(conn).await?;
    diesel::update(notifications::table.filter(notifications::id.eq_any(&some))).set(emptied()).execute(conn).await?;
    Ok(!some.is_empty())
}

/// Takes all of an account's notifications away. Whoever changes several of a box holds it, so that no two wait for each other.
pub(crate) async fn clear(pool: &Pool, account_id: Uuid) -> Result<(), Error> {
    let mut conn = store::connection(pool).await?;
    conn.transaction(async |conn: &mut Connection| {
        let held = boxes::table.find(account_id).select(boxes::account_id).for_update();
        held.first::<Uuid>(conn).await.optional()?;
        while empty_some(conn, account_id).await? {}
        Ok(idempotency::complete(conn, &ClearNotificationsResponse {}).await?)
    })
    .await
}

/// Deletes a portion of what anybody was told about something that is gone. Answers whether there may be more.
pub(super) async fn withdraw(conn: &mut Connection, subject: Uuid) -> QueryResult<bool> {
    conn.transaction(async |conn: &mut Connection| {
        let told = notifications::table.filter(notifications::subject_id.eq(subject.to_string())).limit(PORTION);
        let told: Vec<(Uuid, Uuid)> = told.select((notifications::id, notifications::account_id)).load(conn).await?;
        let (ids, owners): (Vec<Uuid>, Vec<Uuid>) = told.into_iter().unzip();
        let held = boxes::table.filter(boxes::account_id.eq_any(owners)).order(boxes::account_id);
        held.select(boxes::account_id).for_update().load::<Uuid>(conn).await?;
        diesel::delete(notifications::table.filter(notifications::id.eq_any(&ids))).execute(conn).await?;
        Ok(!ids.is_empty())
    })
    .await
}
