//! The tables that it reads, so far as it does.

use diesel::sql_types::Uuid as SqlUuid;

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
        is_full_name_visible -> Bool,
        opportunity_ids -> Array<Uuid>,
    }
}

diesel::table! {
    blocks (blocker_id, blocked_id) {
        blocker_id -> Uuid,
        blocked_id -> Uuid,
    }
}

diesel::table! {
    connections (id) {
        id -> Uuid,
        low_id -> Uuid,
        high_id -> Uuid,
    }
}

diesel::allow_tables_to_appear_in_same_query!(accounts, blocks, connections);

diesel::define_sql_function! {
    /// The lesser of two ids.
    fn least(one: SqlUuid, other: SqlUuid) -> SqlUuid;
}
diesel::define_sql_function! {
    /// The greater of two ids.
    fn greatest(one: SqlUuid, other: SqlUuid) -> SqlUuid;
}
