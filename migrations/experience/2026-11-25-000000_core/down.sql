DROP INDEX outbox_dead;
DROP TABLE idempotency_keys;
DROP TABLE throttles;
DROP INDEX experiences_organization_id;
ALTER TABLE experiences DROP COLUMN organization_name;
