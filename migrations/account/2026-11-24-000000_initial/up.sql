CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    account_type text NOT NULL CHECK (account_type IN ('user', 'organization')),
    email text NOT NULL,
    avatar_url text NOT NULL DEFAULT '',
    header_url text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    posts_count bigint NOT NULL DEFAULT 0,
    liked_count bigint NOT NULL DEFAULT 0,
    shared_count bigint NOT NULL DEFAULT 0,

    -- A person.
    first_name text NOT NULL DEFAULT '',
    middle_name text NOT NULL DEFAULT '',
    last_name text NOT NULL DEFAULT '',
    birthday date,
    gender text NOT NULL DEFAULT '' CHECK (gender IN ('', 'male', 'female', 'other')),

    -- An organization.
    preferred_name text NOT NULL DEFAULT '',
    is_verified boolean NOT NULL DEFAULT false,

    -- Settings.
    allow_messages_from_unknown boolean NOT NULL DEFAULT true,
    email_notifications boolean NOT NULL,
    is_full_name_visible boolean NOT NULL DEFAULT true,
    is_nonprofit boolean NOT NULL DEFAULT false,

    CHECK (account_type <> 'user' OR (first_name <> '' AND birthday IS NOT NULL AND preferred_name = '')),
    CHECK (account_type <> 'organization' OR (preferred_name <> '' AND birthday IS NULL AND first_name = ''))
);

CREATE TABLE profiles (
    account_id uuid PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    interests text[] NOT NULL DEFAULT '{}',
    quote text NOT NULL DEFAULT '',

    -- A person's.
    biography text NOT NULL DEFAULT '',
    education text NOT NULL DEFAULT '',
    current_residence text NOT NULL DEFAULT '',
    certifications text NOT NULL DEFAULT '',

    -- An organization's.
    mission text NOT NULL DEFAULT '',
    affiliated_organization_ids uuid[] NOT NULL DEFAULT '{}',
    street text NOT NULL DEFAULT '',
    city text NOT NULL DEFAULT '',
    province text NOT NULL DEFAULT '',
    country text NOT NULL DEFAULT '',
    postal_code text NOT NULL DEFAULT '',
    apt_number text NOT NULL DEFAULT '',
    longitude double precision,
    latitude double precision,
    CHECK ((longitude IS NULL) = (latitude IS NULL))
);

-- Who does not want to be seen by whom.
CREATE TABLE blocks (
    blocker_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    blocked_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (blocker_id, blocked_id),
    CHECK (blocker_id <> blocked_id)
);
CREATE INDEX blocks_blocked_id ON blocks (blocked_id);

GRANT SELECT, INSERT, UPDATE ON accounts TO connectus_account;
GRANT SELECT, INSERT, UPDATE ON profiles TO connectus_account;
GRANT SELECT, INSERT, DELETE ON blocks TO connectus_account;
