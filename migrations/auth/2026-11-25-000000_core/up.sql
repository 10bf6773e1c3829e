ALTER TABLE accounts
    -- Since when nobody may log in to it; an operator's act.
    ADD COLUMN locked_at timestamptz,
    -- Grows with each change of the address, so that others can tell which news is newer.
    ADD COLUMN email_version integer NOT NULL DEFAULT 0;

-- Changes of an address, for as long as they can be undone.
CREATE TABLE email_changes (
    -- A UUIDv7: later changes sort after earlier ones.
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    old_email text NOT NULL,
    new_email text NOT NULL,
    new_email_key text NOT NULL,
    confirmed_at timestamptz,
    expires_at timestamptz NOT NULL
);
CREATE INDEX email_changes_account_id ON email_changes (account_id);
CREATE INDEX email_changes_new_email_key ON email_changes (new_email_key) WHERE confirmed_at IS NULL;
CREATE INDEX email_changes_expires_at ON email_changes (expires_at);

ALTER TABLE mail_links
    -- The change that the link confirms or undoes, if it is for one.
    ADD COLUMN email_change_id uuid REFERENCES email_changes (id) ON DELETE CASCADE,
    DROP CONSTRAINT mail_links_purpose_check,
    ADD CONSTRAINT mail_links_purpose_check
        CHECK (purpose IN ('verify_email', 'reset_password', 'undo_email_change')),
    ADD CONSTRAINT mail_links_undoes_a_change
        CHECK (purpose <> 'undo_email_change' OR email_change_id IS NOT NULL);
CREATE INDEX mail_links_email_change_id ON mail_links (email_change_id);

-- What each login began, by the id of its access token, a UUIDv7.
CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    device text NOT NULL,
    client_address text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_account_id ON sessions (account_id, id DESC);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

-- What happened to the security of accounts. Rows are only added, whoever tries what: they go when they expire, and lose what is
-- personal when their account is deleted.
CREATE TABLE security_events (
    -- A UUIDv7: newer ones sort after older ones.
    id uuid PRIMARY KEY,
    -- Not a foreign key: that an account was deleted is an event too.
    account_id uuid,
    kind text NOT NULL,
    client_address text NOT NULL DEFAULT '',
    device text NOT NULL DEFAULT '',
    operator text NOT NULL DEFAULT '',
    detail text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL DEFAULT now() + interval '1 year'
);
CREATE INDEX security_events_account_id ON security_events (account_id, id DESC);
CREATE INDEX security_events_expires_at ON security_events (expires_at);

CREATE FUNCTION keep_security_events() RETURNS trigger LANGUAGE plpgsql SET search_path = auth, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.expires_at < now() THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.client_address = '' AND NEW.device = '' AND NEW.detail = ''
        AND (NEW.id, NEW.account_id, NEW.kind, NEW.operator, NEW.created_at, NEW.expires_at)
            IS NOT DISTINCT FROM (OLD.id, OLD.account_id, OLD.kind, OLD.operator, OLD.created_at, OLD.expires_at)
        AND OLD.account_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM accounts WHERE accounts.id = OLD.account_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'security events are only added';
END $$;
CREATE TRIGGER keep_security_events BEFORE UPDATE OR DELETE ON security_events
    FOR EACH ROW EXECUTE FUNCTION keep_security_events();

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
-- For what is to be done for one account, which goes with it.
CREATE INDEX outbox_account ON outbox ((payload->>'account_id'));
CREATE INDEX outbox_email ON outbox (lower(payload->>'email'));
-- For whether replicas believe an address to be unverified.
CREATE INDEX access_changes_account_id ON access_changes (account_id);

GRANT DELETE ON accounts TO connectus_auth;
GRANT SELECT, INSERT, UPDATE, DELETE ON email_changes TO connectus_auth;
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO connectus_auth;
GRANT SELECT, INSERT, UPDATE, DELETE ON security_events TO connectus_auth;
GRANT SELECT, INSERT, UPDATE, DELETE ON throttles TO connectus_auth;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO connectus_auth;
