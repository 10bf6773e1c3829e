-- What an organization has confirmed of whom.
CREATE INDEX experiences_confirmed ON experiences (organization_id, user_id, id)
    WHERE validation_state = 'verified' AND organization_id IS NOT NULL;
