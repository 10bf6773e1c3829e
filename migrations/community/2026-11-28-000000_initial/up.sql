-- What an organization gathers about its people. Whoever changes what is known of a community's people holds its row.
CREATE TABLE communities (
    -- A UUIDv7: newer ones sort after older ones.
    id uuid PRIMARY KEY,
    -- The organization's account.
    owner_id uuid NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    -- It is as good as gone, and its data is being deleted.
    deleted_at timestamptz
);
CREATE INDEX communities_owner_id ON communities (owner_id, id) WHERE deleted_at IS NULL;
CREATE INDEX communities_deleted_at ON communities (deleted_at) WHERE deleted_at IS NOT NULL;

-- The tokens of the Community API. Nothing of the token itself is kept but its id.
CREATE TABLE tokens (
    id uuid PRIMARY KEY,
    community_id uuid NOT NULL REFERENCES communities (id) ON DELETE CASCADE,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX tokens_community_id ON tokens (community_id, id DESC);

-- What is spent of the budgets of tokens. It is written with each call, and may be lost with a crash.
CREATE UNLOGGED TABLE budgets (
    token_id uuid PRIMARY KEY,
    spent integer NOT NULL,
    -- When nothing of it counts any more.
    expires_at timestamptz NOT NULL
);
CREATE INDEX budgets_expires_at ON budgets (expires_at);

CREATE TABLE sources (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    community_id uuid NOT NULL REFERENCES communities (id) ON DELETE CASCADE,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX sources_name ON sources (community_id, lower(name));

CREATE TABLE custom_fields (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    community_id uuid NOT NULL REFERENCES communities (id) ON DELETE CASCADE,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('enum', 'string', 'date', 'int', 'number', 'url', 'boolean')),
    is_multivalue boolean NOT NULL,
    -- What one of the kind enum allows.
    allowed_values text[] NOT NULL
);
CREATE UNIQUE INDEX custom_fields_name ON custom_fields (community_id, lower(name));

CREATE TABLE activity_types (
    community_id uuid NOT NULL REFERENCES communities (id) ON DELETE CASCADE,
    id text NOT NULL,
    display_name text NOT NULL,
    CONSTRAINT activity_types_id PRIMARY KEY (community_id, id)
);

CREATE TABLE tags (
    id uuid PRIMARY KEY,
    community_id uuid NOT NULL REFERENCES communities (id) ON DELETE CASCADE,
    name text NOT NULL,
    description text NOT NULL,
    entity_types text[] NOT NULL,
    created_at timestamptz NOT NULL,
    deleted_at timestamptz
);
CREATE UNIQUE INDEX tags_name ON tags (community_id, lower(name));

-- A person. What is known of them is what their records say.
CREATE TABLE members (
    -- A UUIDv7: newer ones sort after older ones.
    id uuid PRIMARY KEY,
    community_id uuid NOT NULL REFERENCES communities (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    -- The member that it was found to be.
    merged_into_id uuid REFERENCES members (id) ON DELETE CASCADE,
    anonymized_at timestamptz
);
CREATE INDEX members_community_id ON members (community_id, id DESC) WHERE merged_into_id IS NULL;
CREATE INDEX members_merged_into_id ON members (merged_into_id) WHERE merged_into_id IS NOT NULL;

-- A person as one source knows them. A merge gives records to another member, and its undoing gives them back.
CREATE TABLE records (
    -- A UUIDv7: newer ones sort after older ones.
    id uuid PRIMARY KEY,
    community_id uuid NOT NULL REFERENCES communities (id) ON DELETE CASCADE,
    source_id bigint NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    -- The source's own id of the person.
    external_id text NOT NULL,
    member_id uuid NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    -- For each field that the source has spoken of, what it said last, and the position of that in the queue.
    statements jsonb NOT NULL,
    activities_count bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    CONSTRAINT records_external_id UNIQUE (source_id, external_id)
);
CREATE INDEX records_member_id ON records (member_id);
CREATE INDEX records_community_id ON records (community_id);

-- What people are known by in several sources, in the one form that is compared.
CREATE TABLE handles (
    community_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('email', 'twitter', 'github', 'linkedin', 'discord')),
    value text NOT NULL,
    record_id uuid NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    PRIMARY KEY (community_id, kind, value, record_id)
);
CREATE INDEX handles_record_id ON handles (record_id);

CREATE TABLE activities (
    -- A UUIDv7: newer ones sort after older ones.
    id uuid PRIMARY KEY,
    -- Those of its record, which is the only foreign key: each costs time with every activity.
    community_id uuid NOT NULL,
    source_id bigint NOT NULL,
    -- The source's own id of it.
    external_id text NOT NULL,
    activity_type text NOT NULL,
    record_id uuid NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    title text NOT NULL,
    content text NOT NULL,
    is_markdown boolean NOT NULL,
    occurred_at timestamptz NOT NULL,
    url text NOT NULL,
    -- Not foreign keys: a parent may come later.
    parent_external_id text,
    parent_activity_type text,
    sub_source text NOT NULL,
    CONSTRAINT activities_external_id UNIQUE (source_id, external_id, activity_type)
);
CREATE INDEX activities_record_id ON activities (record_id, occurred_at);
CREATE INDEX activities_community_id ON activities (community_id, id DESC);
CREATE INDEX activities_activity_type ON activities (community_id, activity_type, id DESC);
CREATE INDEX activities_parent ON activities (source_id, parent_external_id) WHERE parent_external_id IS NOT NULL;

CREATE TABLE record_tags (
    tag_id uuid NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    record_id uuid NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    PRIMARY KEY (tag_id, record_id)
);
CREATE INDEX record_tags_record_id ON record_tags (record_id);

CREATE TABLE activity_tags (
    activity_id uuid NOT NULL REFERENCES activities (id) ON DELETE CASCADE,
    tag_id uuid NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (activity_id, tag_id)
);
CREATE INDEX activity_tags_tag_id ON activity_tags (tag_id);

CREATE TABLE notes (
    id uuid PRIMARY KEY,
    record_id uuid NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    note text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX notes_record_id ON notes (record_id);

CREATE TABLE segments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    community_id uuid NOT NULL REFERENCES communities (id) ON DELETE CASCADE,
    name text NOT NULL
);
CREATE UNIQUE INDEX segments_name ON segments (community_id, lower(name));

CREATE TABLE segment_statuses (
    -- In the order of the statuses.
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    segment_id bigint NOT NULL REFERENCES segments (id) ON DELETE CASCADE,
    name text NOT NULL
);
CREATE UNIQUE INDEX segment_statuses_name ON segment_statuses (segment_id, lower(name));

CREATE TABLE segment_records (
    segment_id bigint NOT NULL REFERENCES segments (id) ON DELETE CASCADE,
    record_id uuid NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    status_id bigint REFERENCES segment_statuses (id) ON DELETE SET NULL,
    -- When it was last said: of two records of a member, the later one counts.
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (segment_id, record_id)
);
CREATE INDEX segment_records_record_id ON segment_records (record_id);
CREATE INDEX segment_records_status_id ON segment_records (status_id);

CREATE TABLE segment_notes (
    id uuid PRIMARY KEY,
    segment_id bigint NOT NULL REFERENCES segments (id) ON DELETE CASCADE,
    note text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX segment_notes_segment_id ON segment_notes (segment_id);

-- That two members were found to be one. It says nothing of who they are.
CREATE TABLE merges (
    -- A UUIDv7: newer ones sort after older ones.
    id uuid PRIMARY KEY,
    community_id uuid NOT NULL REFERENCES communities (id) ON DELETE CASCADE,
    member_id uuid NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    merged_id uuid NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    -- The records that the merge gave away.
    record_ids uuid[] NOT NULL,
    matched_by text NOT NULL,
    created_at timestamptz NOT NULL,
    undone_at timestamptz
);
CREATE INDEX merges_community_id ON merges (community_id, id DESC);
CREATE INDEX merges_member_id ON merges (member_id);
CREATE INDEX merges_merged_id ON merges (merged_id);

-- Members of whom the owner said that they are not one; the older one comes first.
CREATE TABLE separations (
    member_id uuid NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    other_id uuid NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    PRIMARY KEY (member_id, other_id)
);
CREATE INDEX separations_other_id ON separations (other_id);

-- Who is to be forgotten, and when somebody was; not who.
CREATE TABLE anonymizations (
    -- A UUIDv7: newer ones sort after older ones.
    id uuid PRIMARY KEY,
    community_id uuid NOT NULL REFERENCES communities (id) ON DELETE CASCADE,
    -- Absent once it is done.
    member_id uuid CONSTRAINT anonymizations_member_id UNIQUE REFERENCES members (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    finished_at timestamptz,
    activities_count bigint NOT NULL DEFAULT 0
);
CREATE INDEX anonymizations_community_id ON anonymizations (community_id, id DESC);
CREATE INDEX anonymizations_due_at ON anonymizations (due_at) WHERE finished_at IS NULL;

-- What was taken in, and is worked on in the order of positions, each community by itself.
CREATE TABLE queue (
    -- Not a foreign key: whoever works on it would stand in the way of whoever writes.
    community_id uuid NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    item jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (community_id, position)
);

-- What was taken in, and cannot be worked on.
CREATE TABLE dead_items (
    -- A UUIDv7: newer ones sort after older ones.
    id uuid PRIMARY KEY,
    community_id uuid NOT NULL REFERENCES communities (id) ON DELETE CASCADE,
    item jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    last_error text NOT NULL
);
CREATE INDEX dead_items_community_id ON dead_items (community_id);

-- The first answers to calls that may be repeated, sealed; see the idempotency of the platform.
CREATE TABLE idempotency_keys (
    key bytea PRIMARY KEY,
    fingerprint bytea NOT NULL,
    -- Absent while the first call is being worked on.
    answer bytea,
    expires_at timestamptz NOT NULL
);
CREATE INDEX idempotency_keys_expires_at ON idempotency_keys (expires_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON communities TO connectus_community;
GRANT SELECT, INSERT, UPDATE, DELETE ON tokens TO connectus_community;
GRANT SELECT, INSERT, UPDATE, DELETE ON budgets TO connectus_community;
GRANT SELECT, INSERT, DELETE ON sources TO connectus_community;
GRANT SELECT, INSERT, DELETE ON custom_fields TO connectus_community;
GRANT SELECT, INSERT, DELETE ON activity_types TO connectus_community;
GRANT SELECT, INSERT, UPDATE, DELETE ON tags TO connectus_community;
GRANT SELECT, INSERT, UPDATE, DELETE ON members TO connectus_community;
GRANT SELECT, INSERT, UPDATE, DELETE ON records TO connectus_community;
GRANT SELECT, INSERT, DELETE ON handles TO connectus_community;
GRANT SELECT, INSERT, UPDATE, DELETE ON activities TO connectus_community;
GRANT SELECT, INSERT, DELETE ON record_tags TO connectus_community;
GRANT SELECT, INSERT, DELETE ON activity_tags TO connectus_community;
GRANT SELECT, INSERT, DELETE ON notes TO connectus_community;
GRANT SELECT, INSERT, DELETE ON segments TO connectus_community;
GRANT SELECT, INSERT, DELETE ON segment_statuses TO connectus_community;
GRANT SELECT, INSERT, UPDATE, DELETE ON segment_records TO connectus_community;
GRANT SELECT, INSERT, DELETE ON segment_notes TO connectus_community;
GRANT SELECT, INSERT, UPDATE, DELETE ON merges TO connectus_community;
GRANT SELECT, INSERT, DELETE ON separations TO connectus_community;
GRANT SELECT, INSERT, UPDATE, DELETE ON anonymizations TO connectus_community;
GRANT SELECT, INSERT, DELETE ON queue TO connectus_community;
GRANT SELECT, INSERT, DELETE ON dead_items TO connectus_community;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO connectus_community;
