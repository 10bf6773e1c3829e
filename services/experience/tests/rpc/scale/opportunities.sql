-- A hundred thousand opportunities of some years, every other from PART on, with names and places as uneven as those of people
-- who need help.
SELECT setseed(0.5);

CREATE TEMP TABLE drawn AS
SELECT i, now() - (100000 - i) * interval '15 minutes' AS made_at,
    (ARRAY['Beach','Food','Soup','Garden','Reading','Night','Summer','Winter','Holiday','Community'])[1 + floor(10 * random() ^ 2)::int] AS first,
    (ARRAY['clean-up','bank helpers','kitchen','work','for children','shelter','festival','café','drive','lessons','tree planting'])
        [1 + floor(11 * random() ^ 2)::int] AS second,
    'Street ' || substr(md5(floor(20000 * random() ^ 3)::text), 1, 6) AS third,
    (ARRAY['Toronto','Ottawa','Montréal','Hamilton','Vancouver','Köln'])[1 + floor(6 * random() ^ 3)::int] AS city,
    (ARRAY['Outdoors','Food','Children','Animals','Music','Elder care','Sport','Teaching'])[1 + floor(8 * random())::int] AS common,
    'Topic ' || floor(5000 * random() ^ 3) AS rare
FROM generate_series(PART, 100000, 2) AS i;

-- Newer ones have greater ids.
ALTER TABLE drawn ADD COLUMN id uuid;
UPDATE drawn SET id =
    (lpad(to_hex((extract(epoch FROM made_at) * 1000)::bigint), 12, '0') || '70008' || substr(md5(i::text), 1, 15))::uuid;

-- Five hundred organizations have them. Two in three are somewhere on a map, and a tenth of those in one city.
INSERT INTO experience.opportunities
    (id, organization_id, name, description, street, city, province, country, postal_code, apt_number, longitude, latitude,
        is_signups_enabled, number_of_people_needed, tags, method_of_contact, created_at)
SELECT id, md5((i % 500)::text)::uuid, first || ' ' || second || ' ' || third, 'x', '', city, '', 'Canada', '', '',
    CASE WHEN i % 30 = 0 THEN 10 + 0.05 * random() WHEN i % 3 <> 0 THEN -80 + 40 * (random() + random() + random() - 1.5) END,
    CASE WHEN i % 30 = 0 THEN 50 + 0.03 * random() WHEN i % 3 <> 0 THEN 43 + 12 * (random() + random() + random() - 1.5) END,
    i % 4 <> 0, 5, ARRAY[common, rare], '', made_at
FROM drawn;

-- Where people sign up, there are two shifts within two months: those of the last months alone are not over.
INSERT INTO experience.shifts (id, opportunity_id, begins_at, ends_at)
SELECT gen_random_uuid(), id, begins_at, begins_at + interval '3 hours'
FROM (SELECT id, made_at + random() * interval '60 days' AS begins_at
      FROM drawn, generate_series(1, 2) WHERE i % 4 <> 0) AS shifts;
