-- Each person has two posts, and has been told of two things.
INSERT INTO social.posts (id, account_id, text, visibility, tags, multimedia, created_at)
SELECT bench.id('post', 2 * n + post), bench.account(n), 'We were at the beach again, and there is less to gather each time.',
    'public', '{beach}', '[]', now()
FROM generate_series(1, ROWS) AS n, generate_series(0, 1) AS post
WHERE n % 10 <> 0;

INSERT INTO social.boxes (account_id, last_id)
SELECT bench.account(n), bench.id('notification', 2 * n + 1) FROM generate_series(1, ROWS) AS n WHERE n % 10 <> 0;

INSERT INTO social.notifications (id, account_id, event_id, kind, actor_id, subject_id, content, created_at, expires_at)
SELECT bench.id('notification', 2 * n + told), bench.account(n), gen_random_uuid(),
    CASE told WHEN 0 THEN 'post_replied' ELSE 'validation_approved' END, bench.organization(n),
    bench.id('post', 2 * n)::text, 'Coast Watch', now(), now() + interval '90 days'
FROM generate_series(1, ROWS) AS n, generate_series(0, 1) AS told
WHERE n % 10 <> 0;
