DROP TABLE forgotten_volunteers;
DROP TABLE volunteers;
REVOKE USAGE ON SEQUENCE queue_position_seq FROM connectus_community;
ALTER TABLE activities DROP COLUMN hours, DROP COLUMN begins, DROP COLUMN ends;
ALTER TABLE sources DROP COLUMN is_connectus;
ALTER TABLE communities DROP COLUMN linked_at, DROP COLUMN survey_after, DROP COLUMN link_changes;
