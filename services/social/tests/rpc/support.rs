//! What the tests of social share.

use connectus_proto::{
    account::v1::{
        AcceptConnectionRequest, BlockAccountRequest, GetAccountRequest, RemoveConnectionRequest,
        RequestConnectionRequest, UnblockAccountRequest,
    },
    social::v1::{
        CreatePostRequest, DeletePostRequest, EraseAccountRequest, ExportDataRequest, GetPostRequest, LikePostRequest,
        ListCommentsRequest, ListCommentsResponse, ListFeedRequest, ListFeedResponse, ListNotificationsRequest,
        ListPostsRequest, ListPostsResponse, Notification, Post, PostContent, SharePostRequest, UnlikePostRequest,
        UnsharePostRequest, Visibility, social_admin_service_client::SocialAdminServiceClient,
    },
};
use connectus_testkit::{Person, Suite, eventually};
use futures::TryStreamExt;
use serde_json::Value;
use tonic::{Request, Status, transport::Channel};
use uuid::Uuid;

/// Who asks: somebody, or nobody.
pub(crate) type Viewer<'a> = Option<&'a Person>;

/// A request that a viewer makes.
fn seen_by<M>(viewer: Viewer<'_>, message: M) -> Request<M> {
    match viewer {
        Some(person) => person.asks(message),
        None => Request::new(message),
    }
}

/// A text for everybody.
pub(crate) fn words(text: &str) -> PostContent {
    PostContent { text: text.to_owned(), ..PostContent::default() }
}

/// A text for some.
pub(crate) fn words_for(visibility: Visibility, text: &str) -> PostContent {
    PostContent { visibility: visibility.into(), ..words(text) }
}

/// A text in reply to a post.
pub(crate) fn reply(to: &Post, text: &str) -> PostContent {
    PostContent { reply_to_id: to.id.clone(), ..words(text) }
}

/// Says something.
pub(crate) async fn post(suite: &Suite, by: &Person, content: PostContent) -> Result<Post, Status> {
    let request = CreatePostRequest { content: Some(content) };
    let response = suite.posts().create_post(by.asks(request)).await?.into_inner();
    Ok(response.post.expect("the post"))
}

/// Says something to everybody, which is all right.
pub(crate) async fn say(suite: &Suite, by: &Person, text: &str) -> Post {
    post(suite, by, words(text)).await.unwrap()
}

/// A post, as a viewer sees it.
pub(crate) async fn get(suite: &Suite, viewer: Viewer<'_>, id: &str) -> Result<Post, Status> {
    let request = GetPostRequest { post_id: id.to_owned() };
    Ok(suite.posts().get_post(seen_by(viewer, request)).await?.into_inner().post.expect("the post"))
}

/// Deletes a post.
pub(crate) async fn delete(suite: &Suite, by: &Person, id: &str) -> Result<(), Status> {
    suite.posts().delete_post(by.asks(DeletePostRequest { post_id: id.to_owned() })).await.map(drop)
}

/// Likes a post.
pub(crate) async fn like(suite: &Suite, by: &Person, id: &str) -> Result<(), Status> {
    suite.posts().like_post(by.asks(LikePostRequest { post_id: id.to_owned() })).await.map(drop)
}

/// Does not like a post any more.
pub(crate) async fn unlike(suite: &Suite, by: &Person, id: &str) -> Result<(), Status> {
    suite.posts().unlike_post(by.asks(UnlikePostRequest { post_id: id.to_owned() })).await.map(drop)
}

/// Shares a post.
pub(crate) async fn share(suite: &Suite, by: &Person, id: &str) -> Result<(), Status> {
    suite.posts().share_post(by.asks(SharePostRequest { post_id: id.to_owned() })).await.map(drop)
}

/// Does not share a post any more.
pub(crate) async fn unshare(suite: &Suite, by: &Person, id: &str) -> Result<(), Status> {
    suite.posts().unshare_post(by.asks(UnsharePostRequest { post_id: id.to_owned() })).await.map(drop)
}

/// A page of an account's posts.
pub(crate) async fn posts_page(
    suite: &Suite,
    viewer: Viewer<'_>,
    account_id: &str,
    (page_size, token): (i32, &str),
) -> Result<ListPostsResponse, Status> {
    let request = ListPostsRequest { account_id: account_id.to_owned(), page_size, page_token: token.to_owned() };
    Ok(suite.posts().list_posts(seen_by(viewer, request)).await?.into_inner())
}

/// An account's posts.
pub(crate) async fn posts_of(suite: &Suite, viewer: Viewer<'_>, account_id: &str) -> Result<Vec<Post>, Status> {
    Ok(posts_page(suite, viewer, account_id, (0, "")).await?.posts)
}

/// A page of the replies to a post.
pub(crate) async fn comments_page(
    suite: &Suite,
    viewer: Viewer<'_>,
    post_id: &str,
    (page_size, token): (i32, &str),
) -> Result<ListCommentsResponse, Status> {
    let request = ListCommentsRequest { post_id: post_id.to_owned(), page_size, page_token: token.to_owned() };
    Ok(suite.posts().list_comments(seen_by(viewer, request)).await?.into_inner())
}

/// The replies to a post.
pub(crate) async fn comments(suite: &Suite, viewer: Viewer<'_>, post_id: &str) -> Result<Vec<Post>, Status> {
    Ok(comments_page(suite, viewer, post_id, (0, "")).await?.posts)
}

/// A page of somebody's feed.
pub(crate) async fn feed_page(suite: &Suite, of: &Person, page_size: i32, token: &str) -> ListFeedResponse {
    let request = ListFeedRequest { page_size, page_token: token.to_owned() };
    suite.posts().list_feed(of.asks(request)).await.unwrap().into_inner()
}

/// Somebody's feed.
pub(crate) async fn feed(suite: &Suite, of: &Person) -> Vec<Post> {
    feed_page(suite, of, 0, "").await.posts
}

/// What posts say, in their order.
pub(crate) fn texts(posts: &[Post]) -> Vec<&str> {
    posts.iter().map(|post| post.content.as_ref().unwrap().text.as_str()).collect()
}

/// How many likes, replies and shares a post has.
pub(crate) fn numbers(post: &Post) -> (i64, i64, i64) {
    (post.likes_count, post.comments_count, post.shares_count)
}

/// Connects two accounts.
pub(crate) async fn connect(suite: &Suite, one: &Person, other: &Person) {
    let request = RequestConnectionRequest { account_id: other.id.clone(), ..RequestConnectionRequest::default() };
    suite.connections().request_connection(one.asks(request)).await.unwrap();
    let accept = AcceptConnectionRequest { account_id: one.id.clone() };
    suite.connections().accept_connection(other.asks(accept)).await.unwrap();
}

/// Ends a connection.
pub(crate) async fn disconnect(suite: &Suite, one: &Person, other: &Person) {
    let request = RemoveConnectionRequest { account_id: other.id.clone() };
    suite.connections().remove_connection(one.asks(request)).await.unwrap();
}

/// Blocks an account.
pub(crate) async fn block(suite: &Suite, by: &Person, whom: &Person) {
    let request = BlockAccountRequest { account_id: whom.id.clone() };
    suite.connections().block_account(by.asks(request)).await.unwrap();
}

/// Lets an account see one again.
pub(crate) async fn unblock(suite: &Suite, by: &Person, whom: &Person) {
    let request = UnblockAccountRequest { account_id: whom.id.clone() };
    suite.connections().unblock_account(by.asks(request)).await.unwrap();
}

/// How many posts an account has, how many likes, and how many shares, as its account says.
pub(crate) async fn totals(suite: &Suite, person: &Person) -> (i64, i64, i64) {
    let request = GetAccountRequest { account_id: person.id.clone() };
    let account = suite.account().get_account(request).await.unwrap().into_inner().account.unwrap();
    (account.posts_count, account.liked_count, account.shared_count)
}

/// Waits until the account says so.
pub(crate) async fn until_totals(suite: &Suite, person: &Person, expected: (i64, i64, i64)) {
    eventually("the account is told", async || (totals(suite, person).await == expected).then_some(())).await;
}

/// Somebody's notifications, newest first.
pub(crate) async fn notifications(suite: &Suite, of: &Person) -> Vec<Notification> {
    let request = of.asks(ListNotificationsRequest::default());
    suite.notifications().list_notifications(request).await.unwrap().into_inner().notifications
}

/// A client of what only operators may ask of social.
pub(crate) fn admin(suite: &Suite) -> SocialAdminServiceClient<Channel> {
    SocialAdminServiceClient::new(suite.channel())
}

/// Removes what there is about an account, as auth has it done.
pub(crate) async fn erase(suite: &Suite, id: &str) -> Result<(), Status> {
    let request = EraseAccountRequest { account_id: id.to_owned() };
    suite.social_internal().erase_account(suite.as_service(request)).await.map(drop)
}

/// Everything that social holds about somebody: the kind of each record, and the record.
pub(crate) async fn export(suite: &Suite, person: &Person) -> Vec<(String, Value)> {
    let responses = suite.posts().export_data(person.asks(ExportDataRequest {})).await.unwrap().into_inner();
    let responses: Vec<_> = responses.try_collect().await.unwrap();
    let records = responses.into_iter().map(|response| response.record.expect("a record"));
    records.map(|record| (record.kind, serde_json::from_str(&record.json).unwrap())).collect()
}

/// An id that nothing has.
pub(crate) fn unknown_id() -> String {
    Uuid::now_v7().to_string()
}

/// In how many rows of the service's tables a text is found.
pub(crate) async fn traces(suite: &Suite, text: &str) -> i64 {
    let mut traces = 0;
    for (table, _) in connectus_testkit::schema::tables(&suite.database, "social").await {
        let count = format!("SELECT count(*) FROM social.{table} t WHERE t::text LIKE '%{text}%'");
        traces += suite.database.value::<i64>(&count).await;
    }
    traces
}

/// How many rows a table of the service has.
pub(crate) async fn count(suite: &Suite, table: &str) -> i64 {
    suite.database.value(&format!("SELECT count(*) FROM social.{table}")).await
}

/// Waits until no message is due any more.
pub(crate) async fn until_delivered(suite: &Suite) {
    let due = "SELECT count(*) FROM social.outbox WHERE NOT dead AND due_at < now() + interval '10 minutes'";
    eventually("every message is delivered", async || (suite.database.value::<i64>(due).await == 0).then_some(()))
        .await;
}

/// All that the service stores but messages, to tell whether anything changed.
pub(crate) async fn stored(suite: &Suite) -> String {
    let tables = ["posts", "likes", "shares", "post_counts", "boxes", "notifications"];
    let rows = tables.map(|table| format!("(SELECT string_agg(t::text, ';' ORDER BY t::text) FROM social.{table} t)"));
    suite.database.value(&format!("SELECT concat({})", rows.join(", '|', "))).await
}

/// Every number of every post and account, next to what there is to count: empty where all are right.
pub(crate) async fn miscounted(suite: &Suite) -> String {
    const MISCOUNTED: &str = "SELECT concat( \
        (SELECT string_agg(p::text, ';') FROM social.posts p WHERE (likes_count, comments_count, shares_count) <> ( \
            (SELECT count(*) FROM social.likes l WHERE l.post_id = p.id), \
            (SELECT count(*) FROM social.posts r WHERE r.reply_to_id = p.id AND r.visibility <> 'private'), \
            (SELECT count(*) FROM social.shares s WHERE s.post_id = p.id))), \
        (SELECT string_agg(c::text, ';') FROM social.post_counts c WHERE (posts_count, liked_count, shared_count) <> ( \
            SELECT count(*), coalesce(sum(likes_count), 0), coalesce(sum(shares_count), 0) FROM social.posts p \
            WHERE p.account_id = c.account_id AND p.visibility <> 'private')))";
    suite.database.value(MISCOUNTED).await
}

/// Waits until so many calls wait for a lock.
pub(crate) async fn until_waiting(suite: &Suite, many: i64) {
    let waiting = "SELECT count(*) FROM pg_stat_activity \
        WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0";
    eventually("calls wait for a lock", async || (suite.database.value::<i64>(waiting).await == many).then_some(()))
        .await;
}
