CREATE TABLE posts (
    -- A UUIDv7: newer ones sort after older ones.
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    text text NOT NULL,
    -- Not a foreign key: a reply outlives what it replies to.
    reply_to_id uuid,
    visibility text NOT NULL CHECK (visibility IN ('public', 'connections', 'private')),
    tags text[] NOT NULL,
    -- A list of objects with a type, a url and a description.
    multimedia jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    likes_count bigint NOT NULL DEFAULT 0,
    comments_count bigint NOT NULL DEFAULT 0,
    shares_count bigint NOT NULL DEFAULT 0
);
CREATE INDEX posts_account_id ON posts (account_id, id DESC);
-- For feeds.
CREATE INDEX posts_account_id_no_reply ON posts (account_id, id DESC) WHERE reply_to_id IS NULL;
CREATE INDEX posts_reply_to_id ON posts (reply_to_id, id DESC) WHERE reply_to_id IS NOT NULL;

CREATE TABLE likes (
    post_id uuid NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    account_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (post_id, account_id)
);
CREATE INDEX likes_account_id ON likes (account_id);

CREATE TABLE shares (
    -- A UUIDv7: newer ones sort after older ones.
    id uuid PRIMARY KEY,
    post_id uuid NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    account_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT shares_once UNIQUE (post_id, account_id)
);
CREATE INDEX shares_account_id ON shares (account_id, id DESC);

-- What the posts of an account come to, but for private ones.
CREATE TABLE post_counts (
    account_id uuid PRIMARY KEY,
    posts_count bigint NOT NULL DEFAULT 0,
    liked_count bigint NOT NULL DEFAULT 0,
    shared_count bigint NOT NULL DEFAULT 0,
    -- Grows with each change, so that the account service can tell which news is newer.
    version bigint NOT NULL DEFAULT 0
);

-- Where the notifications of an account stand; whoever adds one holds its row, so that ids grow in the order of commits.
CREATE TABLE boxes (
    account_id uuid PRIMARY KEY,
    -- The id of the last notification.
    last_id uuid NOT NULL,
    -- The last notification that a digest has told of, and when the next digest is due, if one is.
    digested_id uuid,
    digest_at timestamptz
);

CREATE TABLE notifications (
    -- A UUIDv7, greater than those before it of the same account.
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES boxes (account_id) ON DELETE CASCADE,
    -- What happened, by which a repeat is known.
    event_id uuid NOT NULL CONSTRAINT notifications_event_id UNIQUE,
    kind text NOT NULL,
    actor_id uuid,
    subject_id text NOT NULL,
    content text NOT NULL,
    created_at timestamptz NOT NULL,
    -- Taken away by its owner; it is kept for a while, so that a repeat does not bring it back.
    is_dismissed boolean NOT NULL DEFAULT false,
    expires_at timestamptz NOT NULL
);
CREATE INDEX notifications_account_id ON notifications (account_id, id DESC) WHERE NOT is_dismissed;
CREATE INDEX notifications_actor_id ON notifications (actor_id);
-- What is told of a post goes with it.
CREATE INDEX notifications_subject_id ON notifications (subject_id);
CREATE INDEX notifications_expires_at ON notifications (expires_at);
-- Who likes a post again, or signs up again, is no news.
CREATE UNIQUE INDEX notifications_once ON notifications (account_id, kind, actor_id, subject_id)
    WHERE kind IN ('post_liked', 'post_shared', 'interest_shown');

CREATE TABLE outbox (
    id uuid PRIMARY KEY,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- The next attempt; while one is under way, the end of its lease.
    due_at timestamptz NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    dead boolean NOT NULL DEFAULT false
);
CREATE INDEX outbox_due_at ON outbox (due_at) WHERE NOT dead;
CREATE INDEX outbox_dead ON outbox (id) WHERE dead;
-- For what is to be done for one account, which goes with it.
CREATE INDEX outbox_account ON outbox ((payload->>'account_id'));

-- How much was tried of late, by a hash of what and by whom; see the throttle of the platform.
CREATE TABLE throttles (
    key bytea PRIMARY KEY,
    -- When all that was tried is forgotten.
    expires_at timestamptz NOT NULL
);
CREATE INDEX throttles_expires_at ON throttles (expires_at);

-- The first answers to calls that may be repeated, sealed; see the idempotency of the platform.
CREATE TABLE idempotency_keys (
    key bytea PRIMARY KEY,
    fingerprint bytea NOT NULL,
    -- Absent while the first call is being worked on.
    answer bytea,
    expires_at timestamptz NOT NULL
);
CREATE INDEX idempotency_keys_expires_at ON idempotency_keys (expires_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON posts TO connectus_social;
GRANT SELECT, INSERT, DELETE ON likes TO connectus_social;
GRANT SELECT, INSERT, DELETE ON shares TO connectus_social;
GRANT SELECT, INSERT, UPDATE, DELETE ON post_counts TO connectus_social;
GRANT SELECT, INSERT, UPDATE, DELETE ON boxes TO connectus_social;
GRANT SELECT, INSERT, UPDATE, DELETE ON notifications TO connectus_social;
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO connectus_social;
GRANT SELECT, INSERT, UPDATE, DELETE ON throttles TO connectus_social;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO connectus_social;
