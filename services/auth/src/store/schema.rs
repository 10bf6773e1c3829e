//! The tables of auth.

diesel::table! {
    access_changes (seq) {
        seq -> Int8,
        token_id -> Nullable<Uuid>,
        account_id -> Nullable<Uuid>,
        min_generation -> Nullable<Int4>,
        email_verified -> Nullable<Bool>,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    accounts (id) {
        id -> Uuid,
        email -> Text,
        email_key -> Text,
        password_hash -> Text,
        account_type -> Text,
        email_verified_at -> Nullable<Timestamptz>,
        session_generation -> Int4,
        created_at -> Timestamptz,
        locked_at -> Nullable<Timestamptz>,
        email_version -> Int4,
    }
}

diesel::table! {
    email_changes (id) {
        id -> Uuid,
        account_id -> Uuid,
        old_email -> Text,
        new_email -> Text,
        new_email_key -> Text,
        confirmed_at -> Nullable<Timestamptz>,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    mail_links (token_hash) {
        token_hash -> Bytea,
        account_id -> Uuid,
        purpose -> Text,
        expires_at -> Timestamptz,
        email_change_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    security_events (id) {
        id -> Uuid,
        account_id -> Nullable<Uuid>,
        kind -> Text,
        client_address -> Text,
        device -> Text,
        operator -> Text,
        detail -> Text,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        account_id -> Uuid,
        device -> Text,
        client_address -> Text,
        created_at -> Timestamptz,
        last_used_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    signing_keys (key_id) {
        key_id -> Text,
        private_key -> Bytea,
        public_key -> Bytea,
        active_at -> Timestamptz,
        created_at -> Timestamptz,
    }
}
