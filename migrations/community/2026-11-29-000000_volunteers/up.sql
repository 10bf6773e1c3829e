ALTER TABLE communities
    -- Since when what its organization confirms appears in it; absent if it does not.
    ADD COLUMN linked_at timestamptz,
    -- Up to which account it is noted, after the link or its end, that all are to be looked at; absent when it is.
    ADD COLUMN survey_after uuid,
    -- How often it was linked, or not any more.
    ADD COLUMN link_changes bigint NOT NULL DEFAULT 0;
CREATE INDEX communities_survey ON communities (id) WHERE survey_after IS NOT NULL;

-- Whether it is what the suite itself says, which nobody else may.
ALTER TABLE sources ADD COLUMN is_connectus boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX sources_connectus ON sources (community_id) WHERE is_connectus;

-- What is confirmed of it: how many hours it took, and when it was, as the person says it.
ALTER TABLE activities ADD COLUMN hours integer, ADD COLUMN begins text, ADD COLUMN ends text;

-- People of whom the organization of a community has confirmed something, though they may not share it.
CREATE TABLE volunteers (
    community_id uuid NOT NULL REFERENCES communities (id) ON DELETE CASCADE,
    account_id uuid NOT NULL,
    -- Another one whenever something about the person has changed, and never one that was there before.
    revision bigserial,
    -- When the person is looked at; absent if nothing has changed since that was done.
    due_at timestamptz,
    PRIMARY KEY (community_id, account_id)
);
CREATE INDEX volunteers_account_id ON volunteers (account_id);
CREATE INDEX volunteers_due_at ON volunteers (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX volunteers_due ON volunteers (community_id) WHERE due_at IS NOT NULL;

-- That a volunteer was forgotten, and not who: what was confirmed before does not come back.
CREATE TABLE forgotten_volunteers (
    community_id uuid NOT NULL REFERENCES communities (id) ON DELETE CASCADE,
    -- The SHA-256 of the community's id and the account's.
    account_hash bytea NOT NULL,
    forgotten_at timestamptz NOT NULL,
    PRIMARY KEY (community_id, account_hash)
);

GRANT USAGE ON SEQUENCE volunteers_revision_seq TO connectus_community;
GRANT USAGE ON SEQUENCE queue_position_seq TO connectus_community;
GRANT SELECT, INSERT, UPDATE, DELETE ON volunteers TO connectus_community;
GRANT SELECT, INSERT, UPDATE, DELETE ON forgotten_volunteers TO connectus_community;
