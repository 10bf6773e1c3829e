DROP TRIGGER forget_posts ON posts;
DROP FUNCTION forget_posts;
DELETE FROM outbox WHERE payload->>'kind' = 'forget_post';
DELETE FROM likes WHERE NOT EXISTS (SELECT FROM posts WHERE posts.id = likes.post_id);
DELETE FROM shares WHERE NOT EXISTS (SELECT FROM posts WHERE posts.id = shares.post_id);
DELETE FROM notifications WHERE kind IN ('post_liked', 'post_shared')
    AND NOT EXISTS (SELECT FROM posts WHERE posts.id::text = notifications.subject_id);
ALTER TABLE likes ADD CONSTRAINT likes_post_id_fkey FOREIGN KEY (post_id) REFERENCES posts (id) ON DELETE CASCADE;
ALTER TABLE shares ADD CONSTRAINT shares_post_id_fkey FOREIGN KEY (post_id) REFERENCES posts (id) ON DELETE CASCADE;
