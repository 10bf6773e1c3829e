-- Who is connected with whom: one row for both, the lesser id first.
CREATE TABLE connections (
    -- A UUIDv7: newer ones sort after older ones.
    id uuid PRIMARY KEY,
    low_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    high_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT connections_pair UNIQUE (low_id, high_id),
    CHECK (low_id < high_id)
);
CREATE INDEX connections_low_id ON connections (low_id, id DESC);
CREATE INDEX connections_high_id ON connections (high_id, id DESC);

-- Who asks whom to connect. Of two people one asks at most: when both do, they are connected.
CREATE TABLE connection_requests (
    -- A UUIDv7: newer ones sort after older ones.
    id uuid PRIMARY KEY,
    from_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    to_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    message text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (from_id <> to_id)
);
CREATE UNIQUE INDEX connection_requests_pair ON connection_requests (least(from_id, to_id), greatest(from_id, to_id));
CREATE INDEX connection_requests_from_id ON connection_requests (from_id, id DESC);
CREATE INDEX connection_requests_to_id ON connection_requests (to_id, id DESC);

-- A text as it is searched for: without accents, in lower case. It is as immutable as the rules of unaccent, which change with a
-- major version of PostgreSQL at most. These functions name each other with their schema, since an index may be rebuilt with any
-- search path.
CREATE FUNCTION search_key(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower(extensions.unaccent('extensions.unaccent'::regdictionary, normalize(value, NFKC)))
$$;
CREATE FUNCTION search_keys(list text[]) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    keys text[] := '{}';
    element text;
BEGIN
    FOREACH element IN ARRAY list LOOP
        keys := keys || account.search_key(element);
    END LOOP;
    RETURN keys;
END
$$;
-- The words of a name, with a space before, between and after them, where the name has a space or a sign. It is cut where it
-- would be too long for an index.
CREATE FUNCTION search_words(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT left(regexp_replace(' ' || account.search_key(name) || ' ',
        '[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\xbf\u2000-\u206f\u3000-\u303f]+', ' ', 'g'), 300)
$$;
-- What words are recognized by in spite of a typo: each with any one letter left out, and whole. Two words that differ in one
-- letter too many, too few, or wrong, or in two that are swapped, have one of these in common. Short words are only whole. Its
-- cost keeps the planner from asking it of every row.
CREATE FUNCTION search_typos(words text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
DECLARE
    typos text[] := '{}';
    word text;
BEGIN
    FOREACH word IN ARRAY string_to_array(words, ' ') LOOP
        CONTINUE WHEN length(word) NOT BETWEEN 3 AND 30;
        typos := typos || word;
        CONTINUE WHEN length(word) = 3;
        FOR letter IN 1..length(word) LOOP
            typos := typos || (left(word, letter - 1) || substr(word, letter + 1));
        END LOOP;
    END LOOP;
    RETURN typos;
END
$$;
-- How far apart two points on the Earth are, in kilometres, by the haversine formula with the Earth's mean radius.
CREATE FUNCTION distance_km(
    longitude double precision, latitude double precision, other_longitude double precision, other_latitude double precision
) RETURNS double precision LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT 2 * 6371.0088 * asin(least(1, sqrt(
        sin(radians(other_latitude - latitude) / 2) ^ 2 +
        cos(radians(latitude)) * cos(radians(other_latitude)) * sin(radians(other_longitude - longitude) / 2) ^ 2
    )))
$$;

ALTER TABLE accounts
    -- The counts that an imported account had; those of the social service come on top.
    ADD COLUMN former_posts_count bigint NOT NULL DEFAULT 0,
    ADD COLUMN former_liked_count bigint NOT NULL DEFAULT 0,
    ADD COLUMN former_shared_count bigint NOT NULL DEFAULT 0,
    -- The number of the last change of the counts that the social service told of.
    ADD COLUMN post_counts_version bigint NOT NULL DEFAULT 0,
    -- An organization's opportunities, newest first, and the number of the last change that the experience service told of.
    ADD COLUMN opportunity_ids uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN opportunities_version bigint NOT NULL DEFAULT 0,
    -- What its name is found by: the words of what everybody may see of it.
    ADD COLUMN search_name text COLLATE "C" NOT NULL GENERATED ALWAYS AS (search_words(CASE
        WHEN account_type = 'organization' THEN preferred_name
        WHEN is_full_name_visible THEN first_name || ' ' || middle_name || ' ' || last_name
        ELSE first_name
    END)) STORED;
UPDATE accounts SET
    former_posts_count = posts_count,
    former_liked_count = liked_count,
    former_shared_count = shared_count
WHERE (posts_count, liked_count, shared_count) <> (0, 0, 0);
CREATE INDEX accounts_search_name_trigrams ON accounts USING gin (search_name extensions.gin_trgm_ops);
CREATE INDEX accounts_search_typos ON accounts USING gin (search_typos(search_name));
CREATE INDEX accounts_search_name ON accounts (search_name, id);
-- Organizations are few among many.
CREATE INDEX accounts_search_organization ON accounts (search_name, id) WHERE account_type = 'organization';
CREATE INDEX accounts_organization_id ON accounts (id) WHERE account_type = 'organization';

ALTER TABLE profiles ADD COLUMN search_interests text[] NOT NULL GENERATED ALWAYS AS (search_keys(interests)) STORED;
CREATE INDEX profiles_search_interests ON profiles USING gin (search_interests);
CREATE INDEX profiles_point ON profiles USING gist (point(longitude, latitude)) WHERE longitude IS NOT NULL;

CREATE TABLE outbox (
    id uuid PRIMARY KEY,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- The next attempt; while one is under way, the end of its lease.
    due_at timestamptz NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    dead boolean NOT NULL DEFAULT false
);
CREATE INDEX outbox_due_at ON outbox (due_at) WHERE NOT dead;
CREATE INDEX outbox_dead ON outbox (id) WHERE dead;

-- How much was tried of late, by a hash of what and by whom; see the throttle of the platform.
CREATE TABLE throttles (
    key bytea PRIMARY KEY,
    -- When all that was tried is forgotten.
    expires_at timestamptz NOT NULL
);
CREATE INDEX throttles_expires_at ON throttles (expires_at);

-- Nothing changes them: to lock rows takes the right to update.
GRANT SELECT, INSERT, UPDATE, DELETE ON connections TO connectus_account;
GRANT SELECT, INSERT, UPDATE, DELETE ON connection_requests TO connectus_account;
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO connectus_account;
GRANT SELECT, INSERT, UPDATE, DELETE ON throttles TO connectus_account;
