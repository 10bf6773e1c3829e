-- The name of the organization that decided on the site, as it was then.
ALTER TABLE experiences ADD COLUMN organization_name text NOT NULL DEFAULT '';

-- For the erasure of an organization's account, and the export of its data.
CREATE INDEX experiences_organization_id ON experiences (organization_id) WHERE organization_id IS NOT NULL;

-- How much was tried of late, by a hash of what and by whom; see the throttle of the platform.
CREATE TABLE throttles (
    key bytea PRIMARY KEY,
    -- When all that was tried is forgotten.
    expires_at timestamptz NOT NULL
);
CREATE INDEX throttles_expires_at ON throttles (expires_at);

-- The first answers to calls that may be repeated, sealed; see the idempotency of the platform.
CREATE TABLE idempotency_keys (
    key bytea PRIMARY KEY,
    fingerprint bytea NOT NULL,
    -- Absent while the first call is being worked on.
    answer bytea,
    expires_at timestamptz NOT NULL
);
CREATE INDEX idempotency_keys_expires_at ON idempotency_keys (expires_at);

CREATE INDEX outbox_dead ON outbox (id) WHERE dead;

GRANT SELECT, INSERT, UPDATE, DELETE ON throttles TO connectus_experience;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO connectus_experience;
