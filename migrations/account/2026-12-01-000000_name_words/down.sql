DROP TRIGGER recount_name_words ON accounts;
DROP TRIGGER count_name_words ON accounts;
DROP FUNCTION count_name_words;
DROP TABLE name_words;
DROP INDEX accounts_search_lexemes;
