-- Names are found by whole words and their beginnings, of which the index has each once: the one of trigrams had to compare as many
-- lists as a word has letters. It and accounts_search_typos are for the release before this one, and a later one drops them.
CREATE INDEX IF NOT EXISTS accounts_search_lexemes
    ON accounts USING gin (array_to_tsvector(string_to_array(btrim(search_name), ' ')));

-- The words of all names, and how many accounts have each. They are far fewer than accounts, so who has a word that is nearly what is
-- searched for is found by the word.
CREATE TABLE name_words (
    word text COLLATE "C" PRIMARY KEY,
    -- A word that none has any more is deleted: it may be somebody's name.
    accounts bigint NOT NULL
);

CREATE FUNCTION count_name_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    given text[] := string_to_array(btrim(NEW.search_name), ' ');
    taken text[] := string_to_array(btrim(OLD.search_name), ' ');
BEGIN
    -- In the order of the words, so that two that count the same ones wait for each other at most once.
    INSERT INTO account.name_words AS known (word, accounts)
    SELECT word, sum(change) FROM (
        SELECT unnest(given) AS word, 1 AS change UNION ALL SELECT unnest(taken), -1
    ) AS changes
    GROUP BY word HAVING sum(change) <> 0 ORDER BY word
    ON CONFLICT (word) DO UPDATE SET accounts = known.accounts + excluded.accounts;
    DELETE FROM account.name_words WHERE word = ANY (taken) AND accounts <= 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER count_name_words AFTER INSERT OR DELETE ON accounts
    FOR EACH ROW EXECUTE FUNCTION count_name_words();
CREATE TRIGGER recount_name_words AFTER UPDATE OF search_name ON accounts
    FOR EACH ROW WHEN (OLD.search_name <> NEW.search_name) EXECUTE FUNCTION count_name_words();

-- The triggers keep writers away until the migration is done, so this counts everybody once.
INSERT INTO name_words (word, accounts)
SELECT word, count(*) FROM accounts, unnest(string_to_array(btrim(search_name), ' ')) AS word GROUP BY word;
CREATE INDEX name_words_typos ON name_words USING gin (search_typos(word));

GRANT SELECT, INSERT, UPDATE, DELETE ON name_words TO connectus_account;
