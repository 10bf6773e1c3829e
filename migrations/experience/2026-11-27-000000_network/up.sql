-- A text as it is searched for: without accents, in lower case. It is as immutable as the rules of unaccent, which change with a
-- major version of PostgreSQL at most.
CREATE FUNCTION search_key(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower(extensions.unaccent('extensions.unaccent'::regdictionary, value))
$$;
CREATE FUNCTION search_keys(list text[]) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = experience, pg_temp AS $$
    SELECT coalesce(array_agg(search_key(value)), '{}') FROM unnest(list) AS value
$$;

-- What organizations need people for.
CREATE TABLE opportunities (
    -- A UUIDv7: newer ones sort after older ones.
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    street text NOT NULL,
    city text NOT NULL,
    province text NOT NULL,
    country text NOT NULL,
    postal_code text NOT NULL,
    apt_number text NOT NULL,
    longitude double precision,
    latitude double precision,
    is_signups_enabled boolean NOT NULL,
    -- How many each shift needs.
    number_of_people_needed integer NOT NULL CHECK (number_of_people_needed >= 0),
    tags text[] NOT NULL,
    method_of_contact text NOT NULL,
    created_at timestamptz NOT NULL,
    search_tags text[] NOT NULL GENERATED ALWAYS AS (search_keys(tags)) STORED,
    -- Its name and its place; its tags are in a column of their own.
    search_text text NOT NULL GENERATED ALWAYS AS (search_key(name || ' ' || city || ' ' || province || ' ' || country)) STORED,

    CHECK ((longitude IS NULL) = (latitude IS NULL)),
    CHECK (NOT is_signups_enabled OR number_of_people_needed > 0)
);
CREATE INDEX opportunities_organization_id ON opportunities (organization_id, id DESC);
CREATE INDEX opportunities_search_text ON opportunities USING gin (search_text extensions.gin_trgm_ops);
CREATE INDEX opportunities_search_tags ON opportunities USING gin (search_tags);
CREATE INDEX opportunities_point ON opportunities USING gist (point(longitude, latitude)) WHERE longitude IS NOT NULL;

-- The times at which people are needed.
CREATE TABLE shifts (
    id uuid PRIMARY KEY,
    opportunity_id uuid NOT NULL REFERENCES opportunities (id) ON DELETE CASCADE,
    begins_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    CHECK (begins_at < ends_at)
);
CREATE INDEX shifts_opportunity_id ON shifts (opportunity_id, begins_at, id);
CREATE INDEX shifts_ends_at ON shifts (ends_at);

-- Who is interested in what, and who has a place in a shift or waits for one.
CREATE TABLE interests (
    -- A UUIDv7: who was later sorts after who was earlier.
    id uuid PRIMARY KEY,
    opportunity_id uuid NOT NULL REFERENCES opportunities (id) ON DELETE CASCADE,
    shift_id uuid REFERENCES shifts (id) ON DELETE CASCADE,
    user_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('interested', 'signed_up', 'waiting')),
    created_at timestamptz NOT NULL,
    CHECK ((shift_id IS NULL) = (state = 'interested'))
);
CREATE UNIQUE INDEX interests_in_opportunity ON interests (opportunity_id, user_id) WHERE shift_id IS NULL;
CREATE UNIQUE INDEX interests_in_shift ON interests (shift_id, user_id) WHERE shift_id IS NOT NULL;
CREATE INDEX interests_shift_id ON interests (shift_id, state, id);
CREATE INDEX interests_opportunity_id ON interests (opportunity_id, id DESC);
CREATE INDEX interests_user_id ON interests (user_id, id DESC);

-- The number of the last change of an organization's opportunities, which whoever makes one holds.
CREATE TABLE organizations (
    organization_id uuid PRIMARY KEY,
    opportunities_version bigint NOT NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE ON opportunities TO connectus_experience;
GRANT SELECT, INSERT, UPDATE, DELETE ON shifts TO connectus_experience;
GRANT SELECT, INSERT, UPDATE, DELETE ON interests TO connectus_experience;
GRANT SELECT, INSERT, UPDATE, DELETE ON organizations TO connectus_experience;
