DROP TABLE idempotency_keys;
DROP INDEX profiles_affiliated_organization_ids;
DROP TABLE notes;
ALTER TABLE accounts DROP COLUMN email_version;
REVOKE DELETE ON accounts FROM connectus_account;
