DROP TABLE outbox;
DROP TABLE approval_links;
DROP TABLE experiences;
