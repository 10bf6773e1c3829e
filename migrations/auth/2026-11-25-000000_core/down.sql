DROP INDEX access_changes_account_id;
DROP INDEX outbox_email;
DROP INDEX outbox_account;
DROP INDEX outbox_dead;
DROP TABLE idempotency_keys;
DROP TABLE throttles;
DROP TABLE security_events;
DROP FUNCTION keep_security_events;
DROP TABLE sessions;
DELETE FROM mail_links WHERE purpose = 'undo_email_change';
ALTER TABLE mail_links
    DROP COLUMN email_change_id,
    DROP CONSTRAINT mail_links_purpose_check,
    ADD CONSTRAINT mail_links_purpose_check CHECK (purpose IN ('verify_email', 'reset_password'));
DROP TABLE email_changes;
ALTER TABLE accounts DROP COLUMN email_version, DROP COLUMN locked_at;
REVOKE DELETE ON accounts FROM connectus_auth;
