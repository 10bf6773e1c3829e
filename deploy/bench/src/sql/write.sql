\set n random(1, ROWS)
BEGIN;
INSERT INTO experience.throttles AS t (key, expires_at)
SELECT sha256(convert_to('bench' || :n, 'UTF8')), clock_timestamp() + interval '10 minutes'
ON CONFLICT (key) DO UPDATE SET expires_at = greatest(t.expires_at, clock_timestamp()) + interval '10 minutes';
INSERT INTO experience.experiences
    (id, user_id, name, description, opportunity_id, street, city, province, country, postal_code, apt_number, begins, ends, hours,
        created_at, organization_id, validation_state, request_id)
VALUES (gen_random_uuid(), bench.account(:n), 'Beach clean-up', 'Gathered what the sea had brought.', '', '', '', '', '', '', '',
    '2026-06-01', '2026-06-02', 8, now(), bench.organization(:n), 'pending_on_site', gen_random_uuid());
INSERT INTO experience.outbox (id, payload, due_at)
VALUES (gen_random_uuid(), jsonb_build_object('kind', 'bench', 'account_id', bench.account(:n)), 'infinity');
COMMIT;
