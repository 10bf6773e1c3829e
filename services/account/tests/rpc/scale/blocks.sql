-- Everybody among some of them blocks the next.
INSERT INTO account.blocks (blocker_id, blocked_id)
SELECT blocker.id, blocked.id
FROM (SELECT id, row_number() OVER () AS n FROM account.accounts WHERE account_type = 'user' LIMIT 20000) AS blocker
JOIN (SELECT id, row_number() OVER () AS n FROM account.accounts WHERE account_type = 'user' LIMIT 20000) AS blocked
    ON blocker.n = blocked.n + 1;
