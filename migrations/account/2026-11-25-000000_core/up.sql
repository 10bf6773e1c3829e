-- The number of the last change of the address that auth told of.
ALTER TABLE accounts ADD COLUMN email_version integer NOT NULL DEFAULT 0;

-- What operators have to say about accounts. Rows are only added; they go with their account.
CREATE TABLE notes (
    -- A UUIDv7: newer ones sort after older ones.
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    text text NOT NULL,
    operator text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX notes_account_id ON notes (account_id, id DESC);

-- For the removal of an account from those that say they belong with it.
CREATE INDEX profiles_affiliated_organization_ids ON profiles USING gin (affiliated_organization_ids);

-- The first answers to calls that may be repeated, sealed; see the idempotency of the platform.
CREATE TABLE idempotency_keys (
    key bytea PRIMARY KEY,
    fingerprint bytea NOT NULL,
    -- Absent while the first call is being worked on.
    answer bytea,
    expires_at timestamptz NOT NULL
);
CREATE INDEX idempotency_keys_expires_at ON idempotency_keys (expires_at);

GRANT DELETE ON accounts TO connectus_account;
GRANT SELECT, INSERT ON notes TO connectus_account;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO connectus_account;
