ALTER TABLE accounts DROP COLUMN share_with_communities;
