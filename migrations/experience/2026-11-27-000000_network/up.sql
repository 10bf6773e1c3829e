-- A text as it is searched for: without accents, in lower case. It is as immutable as the rules of unaccent, which change with a
-- major version of PostgreSQL at most. These functions name each other with their schema, since an index may be rebuilt with any
-- search path.
CREATE FUNCTION search_key(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower(extensions.unaccent('extensions.unaccent'::regdictionary, normalize(value, NFKC)))
$$;
CREATE FUNCTION search_keys(list text[]) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT experience.search_key(value)), '{}') FROM unnest(list) AS value
$$;
-- The words of texts, with a space before, between and after them, where the texts have a space or a sign.
CREATE FUNCTION search_words(VARIADIC texts text[]) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(' ' || experience.search_key(array_to_string(texts, ' ')) || ' ',
        '[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\xbf\u2000-\u206f\u3000-\u303f]+', ' ', 'g')
$$;
-- What words are recognized by in spite of a typo: each with any one letter left out, and whole. Two words that differ in one
-- letter too many, too few, or wrong, or in two that are swapped, have one of these in common. Short words are only whole. Its
-- cost keeps the planner from asking it of every row.
CREATE FUNCTION search_typos(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
    SELECT coalesce(array_agg(DISTINCT left(word, letter - 1) || substr(word, letter + 1)), '{}')
    FROM string_to_table(words, ' ') AS word,
        generate_series(CASE WHEN length(word) > 3 THEN 1 ELSE 4 END, length(word) + 1) AS letter
    WHERE length(word) BETWEEN 3 AND 30
$$;
-- How far apart two points on the Earth are, in kilometres, by the haversine formula with the Earth's mean radius.
CREATE FUNCTION distance_km(
    longitude double precision, latitude double precision, other_longitude double precision, other_latitude double precision
) RETURNS double precision LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT 2 * 6371.0088 * asin(least(1, sqrt(
        sind((other_latitude - latitude) / 2) ^ 2 +
        cosd(latitude) * cosd(other_latitude) * sind((other_longitude - longitude) / 2) ^ 2
    )))
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
    -- The words of its name, its place and its tags.
    search_text text NOT NULL GENERATED ALWAYS AS
        (search_words(VARIADIC ARRAY[name, city, province, country] || tags)) STORED,

    CHECK ((longitude IS NULL) = (latitude IS NULL)),
    CHECK (NOT is_signups_enabled OR number_of_people_needed > 0)
);
CREATE INDEX opportunities_organization_id ON opportunities (organization_id, id DESC);
CREATE INDEX opportunities_search_text ON opportunities USING gin (search_text extensions.gin_trgm_ops);
CREATE INDEX opportunities_search_typos ON opportunities USING gin (search_typos(search_text));
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
