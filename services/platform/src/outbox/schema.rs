//! The table that every service with an outbox has in its schema.

diesel::table! {
    outbox (id) {
        id -> Uuid,
        payload -> Jsonb,
        created_at -> Timestamptz,
        due_at -> Timestamptz,
        attempts -> Integer,
        last_error -> Nullable<Text>,
        dead -> Bool,
        traceparent -> Nullable<Text>,
    }
}
