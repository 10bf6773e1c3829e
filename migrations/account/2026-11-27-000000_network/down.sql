DROP TABLE connections, connection_requests, outbox, throttles;
ALTER TABLE profiles DROP COLUMN search_interests;
DROP INDEX profiles_point;
ALTER TABLE accounts
    DROP COLUMN search_name,
    DROP COLUMN opportunities_version,
    DROP COLUMN opportunity_ids,
    DROP COLUMN post_counts_version,
    DROP COLUMN former_shared_count,
    DROP COLUMN former_liked_count,
    DROP COLUMN former_posts_count;
DROP FUNCTION search_typos;
DROP FUNCTION search_words;
DROP FUNCTION distance_km;
DROP FUNCTION search_keys;
DROP FUNCTION search_key;
