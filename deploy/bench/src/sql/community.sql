-- The first organization has a community: a member for every tenth account, of one record and ten activities.
INSERT INTO community.communities (id, owner_id, name, created_at) VALUES (bench.id('community', 1), bench.account(10), 'Friends', now());
INSERT INTO community.sources (community_id, name) VALUES (bench.id('community', 1), 'Chat');
INSERT INTO community.activity_types (community_id, id, display_name) VALUES (bench.id('community', 1), 'talk', 'Talk');
INSERT INTO community.members (id, community_id, created_at)
SELECT bench.id('member', n), bench.id('community', 1), now() FROM generate_series(1, ROWS / 10) AS n;
INSERT INTO community.records (id, community_id, source_id, external_id, member_id, statements, activities_count, created_at)
SELECT bench.id('record', n), bench.id('community', 1), (SELECT max(id) FROM community.sources), 'member' || n, bench.id('member', n),
    jsonb_build_object('email', jsonb_build_array('member' || n || '@example.org', n)), 10, now()
FROM generate_series(1, ROWS / 10) AS n;
INSERT INTO community.handles (community_id, kind, value, record_id)
SELECT bench.id('community', 1), 'email', 'member' || n || '@example.org', bench.id('record', n) FROM generate_series(1, ROWS / 10) AS n;
INSERT INTO community.activities
    (id, community_id, source_id, external_id, activity_type, record_id, title, content, is_markdown, occurred_at, url, sub_source)
SELECT bench.id('activity', n), bench.id('community', 1), (SELECT max(id) FROM community.sources), 'loaded' || n, 'talk',
    bench.id('record', 1 + n % (ROWS / 10)), '', 'Said that the tide is early tomorrow.', false, now(), '', ''
FROM generate_series(1, ROWS) AS n;
