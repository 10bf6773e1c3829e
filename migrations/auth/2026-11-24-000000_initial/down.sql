DROP TABLE outbox;
DROP TABLE mail_links;
DROP TABLE access_changes;
DROP TABLE signing_keys;
DROP TABLE accounts;
