-- The profiles of a million accounts. They may be written before the accounts are.
SET session_replication_role = replica;
SELECT setseed(0.5);

-- Each has one of eight common interests, and one of twenty thousand others; organizations are where people live, close
-- together in places, and two thirds of them in one city.
INSERT INTO account.profiles (account_id, interests, longitude, latitude)
SELECT (lpad(to_hex(1700000000000 + i), 12, '0') || '7' || substr(md5(i::text), 1, 3) || '8' || substr(md5(i::text), 4, 15))::uuid,
    ARRAY[common[1 + floor(8 * random())::int], 'Topic ' || floor(20000 * random() ^ 3)],
    CASE WHEN i % 30 IN (0, 10) THEN 10 + 0.05 * random() WHEN i % 10 = 0 THEN -80 + 40 * (random() + random() + random() - 1.5) END,
    CASE WHEN i % 30 IN (0, 10) THEN 50 + 0.03 * random() WHEN i % 10 = 0 THEN 43 + 12 * (random() + random() + random() - 1.5) END
FROM generate_series(1, 1000000) AS i,
    (SELECT '{Music,Reading,Gardening,Cooking,Animals,Teaching,Sport,Elder care}'::text[] AS common) AS interests
ORDER BY i;
