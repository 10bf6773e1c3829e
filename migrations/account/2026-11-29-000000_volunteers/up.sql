-- Whether a person lets communities know what their organizations have confirmed.
ALTER TABLE accounts ADD COLUMN share_with_communities boolean NOT NULL DEFAULT true;
