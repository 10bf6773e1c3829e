//! A community of a million activities: what is taken in, asked and listed does not take longer than in a small one.

use connectus_proto::community::v1::{
    FindMembersRequest, ListActivitiesRequest, ListMembersRequest, UpsertActivityRequest, identity::By,
};
use connectus_testkit::{
    Options, Server, eventually,
    plans::{explain, most_rows},
};
use futures::future::join_all;
use tokio::time::Instant;

use crate::support::{World, activity, email};

/// How many activities are taken in to measure.
const TAKEN_IN: usize = 20_000;
/// How many clients tell of them at once.
const CLIENTS: usize = 16;
/// The most rows that one step of a statement may look at, beside those of a batch.
const MOST_ROWS: u64 = 2000;
/// How much slower a large community may be, on a machine that does other things as well.
const SLOWER: f64 = 0.5;

/// People of one record, an address, a tag and several activities each.
fn load(world: &World, people: usize, activities: usize, first: usize) -> String {
    let (community, source, last) = (&world.community, world.source, first + people - 1);
    format!(
        "SET search_path = community; \
        INSERT INTO tags SELECT gen_random_uuid(), '{community}', name, '', '{{member}}', now() \
            FROM unnest(ARRAY['loaded{first}', 'common{first}']) AS name; \
        CREATE TEMPORARY TABLE loaded AS SELECT n, gen_random_uuid() AS member_id, gen_random_uuid() AS record_id \
            FROM generate_series({first}, {last}) AS n; \
        INSERT INTO members (id, community_id, created_at) SELECT member_id, '{community}', now() FROM loaded; \
        INSERT INTO records SELECT record_id, '{community}', {source}, 'loaded' || n, member_id, \
            jsonb_build_object('email', jsonb_build_array('loaded' || n || '@example.org', n)), {activities}, now() FROM loaded; \
        INSERT INTO handles SELECT '{community}', 'email', 'loaded' || n || '@example.org', record_id FROM loaded; \
        INSERT INTO record_tags SELECT (SELECT id FROM tags WHERE name = 'loaded{first}'), record_id FROM loaded WHERE n % 1000 = 0; \
        INSERT INTO record_tags SELECT (SELECT id FROM tags WHERE name = 'common{first}'), record_id FROM loaded WHERE n % 2 = 0; \
        INSERT INTO activities SELECT gen_random_uuid(), '{community}', {source}, n || '-' || a, 'talk', record_id, '', 'words', \
            false, now(), '', NULL, NULL, '' FROM loaded, generate_series(1, {activities}) AS a; \
        DROP TABLE loaded; ANALYZE;"
    )
}

/// Has activities worked on that were taken in, of old people and new ones. Answers how many a second.
async fn work(world: &World, what: &str) -> f64 {
    let last = TAKEN_IN - 1;
    let take_in = format!(
        "INSERT INTO community.queue (community_id, item) SELECT '{}', jsonb_build_object('source_id', {}, 'kind', 'activity', \
            'id', '{what}-' || n, 'activity_type', 'talk', 'title', '', 'content', 'words', 'is_markdown', false, \
            'occurred_at', now(), 'url', '', 'parent', NULL, 'sub_source', '', \
            'user', jsonb_build_object('id', CASE WHEN n % 4 = 0 THEN '{what}' || n / 8 ELSE 'loaded' || n % 1000 END)) \
        FROM generate_series(0, {last}) AS n",
        world.community, world.source
    );
    let began = Instant::now();
    world.suite.database.execute(&take_in).await;
    eventually("all is worked on", async || {
        let waiting: i64 = world.suite.database.value("SELECT count(*) FROM community.queue").await;
        (waiting == 0).then_some(())
    })
    .await;
    rate(what, began)
}

/// Has activities told of by calls, and worked on. Answers how many a second.
async fn tell(world: &World, what: &str) -> f64 {
    let began = Instant::now();
    let client = async |client: usize| {
        let mut community = world.suite.community();
        for n in (client..TAKEN_IN).step_by(CLIENTS) {
            let by = if n % 4 == 0 { format!("{what}{}", n / 8) } else { format!("loaded{}", n % 1000) };
            let told = activity(&format!("{what}-{n}"), &by);
            let request = UpsertActivityRequest { source_id: world.source, activity: Some(told) };
            community.upsert_activity(world.asks(request)).await.unwrap();
        }
    };
    join_all((0..CLIENTS).map(client)).await;
    world.settled().await;
    rate(what, began)
}

fn rate(what: &str, began: Instant) -> f64 {
    #[allow(clippy::cast_precision_loss)] // It is not that large.
    let rate = TAKEN_IN as f64 / began.elapsed().as_secs_f64();
    println!("{what}: {rate:.0} a second");
    rate
}

/// What is asked, with what it is called.
async fn ask(world: &World, what: &str) {
    let (community_id, page_size) = (world.community.clone(), 100);
    let members = ListMembersRequest { community_id: community_id.clone(), page_size, ..Default::default() };
    let activities = ListActivitiesRequest { community_id, page_size, ..Default::default() };
    let mut communities = world.suite.communities();
    match what {
        "a member" => {
            let request = FindMembersRequest { identity: email("loaded12@example.org") };
            world.suite.community().find_members(world.asks(request)).await.map(drop)
        }
        "members" => communities.list_members(world.owner.asks(members)).await.map(drop),
        "members with a tag" => {
            let request = ListMembersRequest { tag: "loaded20000".to_owned(), ..members };
            communities.list_members(world.owner.asks(request)).await.map(drop)
        }
        "activities" => communities.list_activities(world.owner.asks(activities)).await.map(drop),
        "activities of a type" => {
            let request = ListActivitiesRequest { activity_type: "talk".to_owned(), ..activities };
            communities.list_activities(world.owner.asks(request)).await.map(drop)
        }
        "activities of a member" => {
            let member = world.find(By::Email("loaded12@example.org".to_owned())).await.unwrap().remove(0);
            let request = ListActivitiesRequest { member_id: member.id, ..activities };
            communities.list_activities(world.owner.asks(request)).await.map(drop)
        }
        other => panic!("{other}"),
    }
    .unwrap();
}

/// Sees that no plan goes through a whole table, or looks at many rows.
fn check(what: &str, plans: &str) {
    for table in ["members", "records", "handles", "activities", "record_tags", "queue"] {
        assert!(!plans.contains(&format!("Seq Scan on {table} ")), "{what}: {plans}");
    }
    let most = most_rows(plans);
    println!("{what:<30}{most:>8} rows");
    assert!(most <= MOST_ROWS, "{what}: {most} rows, {plans}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it takes a minute"]
async fn a_million_activities_slow_nothing_down() {
    let server = Server::start().await;
    let community = vec!["--community-rate-limit=100000000"];
    let options = Options { database: Some(server.database().await), community, ..Options::default() };
    let world = World::with(options).await;
    world.suite.database.execute(&load(&world, 1000, 10, 0)).await;
    work(&world, "warming up").await;
    let small = work(&world, "among ten thousand").await;
    let told_of_small = tell(&world, "by calls, among ten thousand").await;
    world.suite.database.execute(&load(&world, 99_000, 10, 20_000)).await;
    let large = work(&world, "among a million").await;
    let told_of_large = tell(&world, "by calls, among a million").await;
    for (large, small) in [(large, small), (told_of_large, told_of_small)] {
        println!("{:.2} of the rate", large / small);
        assert!(large > small * SLOWER, "{large} against {small}");
    }
    explain(&world.suite.database).await;
    // The plans are those of new connections.
    world.suite.database.cut_off().await;
    for what in
        ["a member", "members", "members with a tag", "activities", "activities of a type", "activities of a member"]
    {
        eventually("there are connections again", async || {
            world.find(By::Email("loaded12@example.org".to_owned())).await.ok()
        })
        .await;
        let before = server.log().len();
        let began = Instant::now();
        ask(&world, what).await;
        println!("{what} took {:.1?}", began.elapsed());
        check(what, &server.log()[before..]);
    }
    let before = server.log().len();
    work(&world, "with plans").await;
    check("what is taken in", &server.log()[before..]);
}
