-- What others made of a post goes after it, in portions: of what everybody likes there is more than one statement can delete in
-- time.
ALTER TABLE likes DROP CONSTRAINT likes_post_id_fkey;
ALTER TABLE shares DROP CONSTRAINT shares_post_id_fkey;
-- Whoever deletes posts, a version from before included, leaves nothing behind.
CREATE FUNCTION forget_posts() RETURNS trigger LANGUAGE plpgsql SET search_path = social, pg_temp AS $$
BEGIN
    INSERT INTO outbox (id, payload)
        SELECT gen_random_uuid(), jsonb_build_object('kind', 'forget_post', 'post_id', id) FROM deleted;
    RETURN NULL;
END $$;
CREATE TRIGGER forget_posts AFTER DELETE ON posts REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION forget_posts();
