SELECT id, account_type, email, avatar_url, header_url, created_at, posts_count, liked_count, shared_count, first_name, middle_name,
    last_name, birthday, gender, preferred_name, is_verified, is_full_name_visible, opportunity_ids,
    EXISTS (SELECT FROM account.connections WHERE low_id = least(accounts.id, '00000000-0000-0000-0000-000000000000')
        AND high_id = greatest(accounts.id, '00000000-0000-0000-0000-000000000000'))
FROM account.accounts WHERE id = 'ACCOUNT'
    AND NOT EXISTS (SELECT FROM account.blocks WHERE blocker_id = accounts.id AND blocked_id = '00000000-0000-0000-0000-000000000000');
