DROP TABLE organizations, interests, shifts, opportunities;
DROP FUNCTION distance_km;
DROP FUNCTION search_typos;
DROP FUNCTION search_words;
DROP FUNCTION search_keys;
DROP FUNCTION search_key;
