//! The tables of the account service.

diesel::table! {
    accounts (id) {
        id -> Uuid,
        account_type -> Text,
        email -> Text,
        avatar_url -> Text,
        header_url -> Text,
        created_at -> Timestamptz,
        posts_count -> Int8,
        liked_count -> Int8,
        shared_count -> Int8,
        first_name -> Text,
        middle_name -> Text,
        last_name -> Text,
        birthday -> Nullable<Date>,
        gender -> Text,
        preferred_name -> Text,
        is_verified -> Bool,
        allow_messages_from_unknown -> Bool,
        email_notifications -> Bool,
        is_full_name_visible -> Bool,
        is_nonprofit -> Bool,
        email_version -> Int4,
        former_posts_count -> Int8,
        former_liked_count -> Int8,
        former_shared_count -> Int8,
        post_counts_version -> Int8,
        opportunity_ids -> Array<Uuid>,
        opportunities_version -> Int8,
        search_name -> Text,
        share_with_communities -> Bool,
    }
}

diesel::table! {
    blocks (blocker_id, blocked_id) {
        blocker_id -> Uuid,
        blocked_id -> Uuid,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    connection_requests (id) {
        id -> Uuid,
        from_id -> Uuid,
        to_id -> Uuid,
        message -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    connections (id) {
        id -> Uuid,
        low_id -> Uuid,
        high_id -> Uuid,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    idempotency_keys (key) {
        key -> Bytea,
        fingerprint -> Bytea,
        answer -> Nullable<Bytea>,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    name_words (word) {
        word -> Text,
        accounts -> Int8,
    }
}

diesel::table! {
    notes (id) {
        id -> Uuid,
        account_id -> Uuid,
        text -> Text,
        operator -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    outbox (id) {
        id -> Uuid,
        payload -> Jsonb,
        created_at -> Timestamptz,
        due_at -> Timestamptz,
        attempts -> Int4,
        last_error -> Nullable<Text>,
        dead -> Bool,
        traceparent -> Nullable<Text>,
    }
}

diesel::table! {
    profiles (account_id) {
        account_id -> Uuid,
        interests -> Array<Text>,
        quote -> Text,
        biography -> Text,
        education -> Text,
        current_residence -> Text,
        certifications -> Text,
        mission -> Text,
        affiliated_organization_ids -> Array<Uuid>,
        street -> Text,
        city -> Text,
        province -> Text,
        country -> Text,
        postal_code -> Text,
        apt_number -> Text,
        longitude -> Nullable<Float8>,
        latitude -> Nullable<Float8>,
        search_interests -> Array<Text>,
    }
}

diesel::table! {
    throttles (key) {
        key -> Bytea,
        expires_at -> Timestamptz,
    }
}

diesel::joinable!(profiles -> accounts (account_id));
diesel::allow_tables_to_appear_in_same_query!(accounts, blocks, connection_requests, connections, profiles);
