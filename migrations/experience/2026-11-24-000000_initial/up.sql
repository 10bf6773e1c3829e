CREATE TABLE experiences (
    -- A UUIDv7: newer ones sort after older ones.
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    opportunity_id text NOT NULL,
    street text NOT NULL,
    city text NOT NULL,
    province text NOT NULL,
    country text NOT NULL,
    postal_code text NOT NULL,
    apt_number text NOT NULL,
    longitude double precision,
    latitude double precision,
    begins text NOT NULL,
    ends text NOT NULL,
    hours integer NOT NULL CHECK (hours >= 0),
    created_at timestamptz NOT NULL,

    -- Who is asked: an account or an address, or nobody. Which of the two never changes.
    organization_id uuid,
    organization_email text,
    validation_state text NOT NULL
        CHECK (validation_state IN ('none', 'pending_on_site', 'pending_by_mail', 'verified', 'declined')),
    -- The current request, a UUIDv7; each change of the experience makes a new one.
    request_id uuid,
    decided_by text,
    decided_at timestamptz,

    CHECK ((longitude IS NULL) = (latitude IS NULL)),
    CHECK (organization_id IS NULL OR organization_email IS NULL),
    CHECK (validation_state <> 'pending_on_site' OR organization_id IS NOT NULL),
    CHECK (validation_state <> 'pending_by_mail' OR organization_email IS NOT NULL),
    CHECK ((validation_state = 'none') = (request_id IS NULL)),
    CHECK ((validation_state IN ('verified', 'declined')) = (decided_at IS NOT NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL))
);
CREATE INDEX experiences_user_id ON experiences (user_id, id DESC);
CREATE INDEX experiences_inbox ON experiences (organization_id, request_id DESC) WHERE validation_state = 'pending_on_site';

-- Mailed links that still work, by the SHA-256 of their token.
CREATE TABLE approval_links (
    token_hash bytea PRIMARY KEY,
    experience_id uuid NOT NULL REFERENCES experiences (id) ON DELETE CASCADE,
    -- The request that it decides; it works for no other.
    request_id uuid NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX approval_links_experience_id ON approval_links (experience_id);
CREATE INDEX approval_links_expires_at ON approval_links (expires_at);

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

GRANT SELECT, INSERT, UPDATE, DELETE ON experiences TO connectus_experience;
GRANT SELECT, INSERT, DELETE ON approval_links TO connectus_experience;
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO connectus_experience;
