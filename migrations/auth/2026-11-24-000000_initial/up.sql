CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    -- The address in lower case: one account for each.
    email_key text NOT NULL CONSTRAINT accounts_email_key UNIQUE,
    password_hash text NOT NULL,
    account_type text NOT NULL CHECK (account_type IN ('user', 'organization')),
    email_verified_at timestamptz,
    session_generation integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE signing_keys (
    key_id text PRIMARY KEY,
    private_key bytea NOT NULL,
    public_key bytea NOT NULL,
    -- Tokens are signed with it from then on, until a newer key takes over.
    active_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- What replicas must know to refuse tokens; see PollAccess.
CREATE TABLE access_changes (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_id uuid,
    account_id uuid,
    min_generation integer,
    email_verified boolean,
    expires_at timestamptz NOT NULL,
    CHECK ((token_id IS NULL) <> (account_id IS NULL)),
    CHECK ((account_id IS NULL) = (min_generation IS NULL)),
    CHECK ((account_id IS NULL) = (email_verified IS NULL))
);
CREATE INDEX access_changes_expires_at ON access_changes (expires_at);

-- Mailed links that still work, by the SHA-256 of their token.
CREATE TABLE mail_links (
    token_hash bytea PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    purpose text NOT NULL CHECK (purpose IN ('verify_email', 'reset_password')),
    expires_at timestamptz NOT NULL
);
CREATE INDEX mail_links_account_id ON mail_links (account_id, purpose);
CREATE INDEX mail_links_expires_at ON mail_links (expires_at);

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

GRANT SELECT, INSERT, UPDATE ON accounts TO connectus_auth;
GRANT SELECT, INSERT, DELETE ON signing_keys TO connectus_auth;
GRANT SELECT, INSERT, DELETE ON access_changes TO connectus_auth;
GRANT SELECT, INSERT, DELETE ON mail_links TO connectus_auth;
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO connectus_auth;
