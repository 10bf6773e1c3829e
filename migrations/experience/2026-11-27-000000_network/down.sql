DROP TABLE organizations, interests, shifts, opportunities;
DROP FUNCTION search_keys;
DROP FUNCTION search_key;
