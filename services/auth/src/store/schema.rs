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
    }
}

diesel::table! {
    mail_links (token_hash) {
        token_hash -> Bytea,
        account_id -> Uuid,
        purpose -> Text,
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
