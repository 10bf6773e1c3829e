-- A million accounts, with names as uneven as people's: a few of them very common, and many rare.
SELECT setseed(0.5);

CREATE TEMP TABLE first_names AS
SELECT row_number() OVER () - 1 AS place, name FROM (
    SELECT unnest('{Maria,José,John,Anna,Mary,Wei,Mohammed,Fatima,Olga,Ivan,Sofia,Luca,Emma,Noah,Chloé,Zoë,Jürgen,Søren,Łukasz,Sarah,David,Michael,Laura,Peter,Katharina,Martin,Marta,Marco,Marie}'::text[]) AS name
    UNION ALL
    (SELECT x || y || z
        FROM unnest('{Al,Be,Ca,Da,El,Fa,Ga,Ha,Is,Ja,Ka,La,Ma,Na,Or,Pa,Ra,Sa,Ta,Vi}'::text[]) AS x,
            unnest('{ra,le,mi,no,si,ta,ve,ri,lo,na}'::text[]) AS y, unnest('{n,na,ra,s,la,m,tte,ck,do,va}'::text[]) AS z
        ORDER BY random())
) AS names;

CREATE TEMP TABLE last_names AS
SELECT row_number() OVER () - 1 AS place, name FROM (
    SELECT unnest('{Smith,Garcia,Müller,Lopez,Fernández,Johnson,Williams,Brown,Nguyễn,Lee,Kim,Chen,Wang,Singh,Khan,Silva,Santos,Rossi,Dubois,Ivanov,Jones,Davis,Martinez,Wilson,Anderson,Novák,O''Brien,Lefèvre,Kowalski,Hansen}'::text[]) AS name
    UNION ALL
    (SELECT v || x || y || z
        FROM unnest('{Ab,Br,Cr,Do,Ed,Fl,Gr,Hu,In,Jo,Kr,Lu,Mo,Ni,Ol,Pr,Ro,St,Tr,Wa}'::text[]) AS v,
            unnest('{a,e,i,o,u,au,ei,oo,ie,ar}'::text[]) AS x, unnest('{n,l,r,s,ck,m,tt,nd,v,p}'::text[]) AS y,
            unnest('{son,berg,man,ez,ov,ski,ton,ham,ley,sen}'::text[]) AS z
        ORDER BY random())
) AS names;
ANALYZE first_names;
ANALYZE last_names;

-- A tenth are organizations; a fifth of the people hide their full name, and a seventh have a middle name.
INSERT INTO account.accounts
    (id, account_type, email, created_at, email_notifications, is_full_name_visible,
        first_name, middle_name, last_name, birthday, preferred_name)
SELECT (lpad(to_hex(1700000000000 + i), 12, '0') || '7' || substr(md5(i::text), 1, 3) || '8' || substr(md5(i::text), 4, 15))::uuid,
    CASE WHEN is_organization THEN 'organization' ELSE 'user' END, 'somebody@example.org', now(), true, i % 5 <> 0,
    CASE WHEN is_organization THEN '' ELSE first.name END,
    CASE WHEN is_organization OR i % 7 <> 0 THEN '' ELSE middle.name END,
    CASE WHEN is_organization THEN '' ELSE last.name END,
    CASE WHEN is_organization THEN NULL ELSE date '1990-04-30' END,
    CASE WHEN is_organization THEN last.name || ' ' || kind[1 + i % cardinality(kind)] ELSE '' END
FROM (
    SELECT i, i % 10 = 0 AS is_organization,
        floor((SELECT count(*) FROM first_names) * random() ^ 3) AS first_place,
        floor((SELECT count(*) FROM first_names) * random() ^ 3) AS middle_place,
        floor((SELECT count(*) FROM last_names) * random() ^ 3) AS last_place,
        '{Community Food Bank,Foundation,Youth Club,Helping Hands,Shelter,École,Trust,Animal Rescue,Library}'::text[] AS kind
    FROM generate_series(1, 1000000) AS i
) AS drawn
JOIN first_names AS first ON first.place = first_place
JOIN first_names AS middle ON middle.place = middle_place
JOIN last_names AS last ON last.place = last_place
ORDER BY i;
