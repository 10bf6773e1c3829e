-- What is loaded is numbered, and its ids follow from the numbers: they grow with them, as those do that are made one after another.
CREATE SCHEMA IF NOT EXISTS bench;
CREATE OR REPLACE FUNCTION bench.id(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (lpad(to_hex(1700000000000 + n), 12, '0') || '7' || substr(md5(kind || n), 1, 3) || '8' || substr(md5(kind || n), 4, 15))::uuid
$$;
CREATE OR REPLACE FUNCTION bench.account(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT bench.id('account', n)
$$;
-- Every tenth account is an organization; this is the one of a person.
CREATE OR REPLACE FUNCTION bench.organization(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT bench.id('account', n / 10 * 10 + 10)
$$;
-- What makes the indexes that no constraint needs.
CREATE OR REPLACE VIEW bench.indexes AS
    SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
    FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
    WHERE relnamespace::regnamespace::text IN ('auth', 'account', 'experience', 'social', 'community')
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid);
