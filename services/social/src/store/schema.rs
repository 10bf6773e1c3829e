//! The tables of the social service.

diesel::table! {
    boxes (account_id) {
        account_id -> Uuid,
        last_id -> Uuid,
        digested_id -> Nullable<Uuid>,
        digest_at -> Nullable<Timestamptz>,
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
    likes (post_id, account_id) {
        post_id -> Uuid,
        account_id -> Uuid,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    notifications (id) {
        id -> Uuid,
        account_id -> Uuid,
        event_id -> Uuid,
        kind -> Text,
        actor_id -> Nullable<Uuid>,
        subject_id -> Text,
        content -> Text,
        created_at -> Timestamptz,
        is_dismissed -> Bool,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    post_counts (account_id) {
        account_id -> Uuid,
        posts_count -> Int8,
        liked_count -> Int8,
        shared_count -> Int8,
        version -> Int8,
    }
}

diesel::table! {
    posts (id) {
        id -> Uuid,
        account_id -> Uuid,
        text -> Text,
        reply_to_id -> Nullable<Uuid>,
        visibility -> Text,
        tags -> Array<Text>,
        multimedia -> Jsonb,
        created_at -> Timestamptz,
        likes_count -> Int8,
        comments_count -> Int8,
        shares_count -> Int8,
    }
}

diesel::table! {
    shares (id) {
        id -> Uuid,
        post_id -> Uuid,
        account_id -> Uuid,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    throttles (key) {
        key -> Bytea,
        expires_at -> Timestamptz,
    }
}

diesel::allow_tables_to_appear_in_same_query!(boxes, likes, notifications, post_counts, posts, shares);
