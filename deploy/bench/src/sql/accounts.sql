-- Accounts, with names as uneven as people's: a few of them very common, and many rare. A tenth are organizations; a fifth of the
-- people hide their full name. Nobody wants mails, since nobody reads them.
SELECT setseed(0.5);
CREATE TEMP TABLE first_names AS
SELECT row_number() OVER () - 1 AS place, name FROM (
    SELECT unnest('{Maria,José,John,Anna,Mary,Wei,Mohammed,Fatima,Olga,Ivan,Sofia,Luca,Emma,Noah,Chloé,Zoë,Jürgen,Søren}'::text[]) AS name
    UNION ALL
    (SELECT x || y || z
        FROM unnest('{Al,Be,Ca,Da,El,Fa,Ga,Ha,Is,Ja,Ka,La,Ma,Na,Or,Pa,Ra,Sa,Ta,Vi}'::text[]) AS x,
            unnest('{ra,le,mi,no,si,ta,ve,ri,lo,na}'::text[]) AS y, unnest('{n,na,ra,s,la,m,tte,ck,do,va}'::text[]) AS z
        ORDER BY random())
) AS names;
CREATE TEMP TABLE last_names AS
SELECT row_number() OVER () - 1 AS place, name FROM (
    SELECT unnest('{Smith,Garcia,Müller,Lopez,Fernández,Johnson,Williams,Brown,Nguyễn,Lee,Kim,Chen,Wang,Singh,Khan,Silva}'::text[]) AS name
    UNION ALL
    (SELECT v || x || y || z
        FROM unnest('{Ab,Br,Cr,Do,Ed,Fl,Gr,Hu,In,Jo,Kr,Lu,Mo,Ni,Ol,Pr,Ro,St,Tr,Wa}'::text[]) AS v,
            unnest('{a,e,i,o,u,au,ei,oo,ie,ar}'::text[]) AS x, unnest('{n,l,r,s,ck,m,tt,nd,v,p}'::text[]) AS y,
            unnest('{son,berg,man,ez,ov,ski,ton,ham,ley,sen}'::text[]) AS z
        ORDER BY random())
) AS names;
ANALYZE first_names;
ANALYZE last_names;

INSERT INTO account.accounts
    (id, account_type, email, created_at, email_notifications, is_full_name_visible, first_name, last_name, birthday, preferred_name)
SELECT bench.account(n),
    CASE WHEN is_organization THEN 'organization' ELSE 'user' END, 'person' || n || '@example.org', now(), false, n % 5 <> 0,
    CASE WHEN is_organization THEN '' ELSE first.name END, CASE WHEN is_organization THEN '' ELSE last.name END,
    CASE WHEN is_organization THEN NULL ELSE date '1990-04-30' END,
    CASE WHEN is_organization THEN last.name || ' ' || kind[1 + n / 10 % cardinality(kind)] ELSE '' END
FROM (
    SELECT n, n % 10 = 0 AS is_organization, floor((SELECT count(*) FROM first_names) * random() ^ 3) AS first_place,
        floor((SELECT count(*) FROM last_names) * random() ^ 3) AS last_place,
        '{Community Food Bank,Foundation,Youth Club,Helping Hands,Shelter,École,Trust,Animal Rescue,Library}'::text[] AS kind
    FROM generate_series(1, ROWS) AS n
) AS drawn
JOIN first_names AS first ON first.place = first_place
JOIN last_names AS last ON last.place = last_place
ORDER BY n;

INSERT INTO account.name_words (word, accounts)
SELECT word, count(*) FROM account.accounts, unnest(string_to_array(btrim(search_name), ' ')) AS word GROUP BY word;

INSERT INTO account.profiles (account_id, interests, biography)
SELECT bench.account(n), ARRAY[common[1 + n % 8], 'Topic ' || n % 20000], 'Helps where it is needed, mostly on weekends.'
FROM generate_series(1, ROWS) AS n,
    (SELECT '{Music,Reading,Gardening,Cooking,Animals,Teaching,Sport,Elder care}'::text[] AS common) AS interests;

INSERT INTO auth.accounts (id, email, email_key, password_hash, account_type, email_verified_at)
SELECT bench.account(n), 'person' || n || '@example.org', 'person' || n || '@example.org', 'HASH',
    CASE WHEN n % 10 = 0 THEN 'organization' ELSE 'user' END, now()
FROM generate_series(1, ROWS) AS n;

-- Each person knows six others.
INSERT INTO account.connections (id, low_id, high_id)
SELECT gen_random_uuid(), bench.account(n), bench.account(n + other)
FROM generate_series(1, ROWS) AS n, unnest(ARRAY[1, 11, 111]) AS other
WHERE n % 10 <> 0 AND (n + other) % 10 <> 0 AND n + other <= ROWS;
