//! The tables of the experience service.

diesel::table! {
    approval_links (token_hash) {
        token_hash -> Bytea,
        experience_id -> Uuid,
        request_id -> Uuid,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    experiences (id) {
        id -> Uuid,
        user_id -> Uuid,
        name -> Text,
        description -> Text,
        opportunity_id -> Text,
        street -> Text,
        city -> Text,
        province -> Text,
        country -> Text,
        postal_code -> Text,
        apt_number -> Text,
        longitude -> Nullable<Float8>,
        latitude -> Nullable<Float8>,
        begins -> Text,
        ends -> Text,
        hours -> Int4,
        created_at -> Timestamptz,
        organization_id -> Nullable<Uuid>,
        organization_email -> Nullable<Text>,
        validation_state -> Text,
        request_id -> Nullable<Uuid>,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<Timestamptz>,
        organization_name -> Text,
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
    throttles (key) {
        key -> Bytea,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    interests (id) {
        id -> Uuid,
        opportunity_id -> Uuid,
        shift_id -> Nullable<Uuid>,
        user_id -> Uuid,
        state -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    opportunities (id) {
        id -> Uuid,
        organization_id -> Uuid,
        name -> Text,
        description -> Text,
        street -> Text,
        city -> Text,
        province -> Text,
        country -> Text,
        postal_code -> Text,
        apt_number -> Text,
        longitude -> Nullable<Float8>,
        latitude -> Nullable<Float8>,
        is_signups_enabled -> Bool,
        number_of_people_needed -> Int4,
        tags -> Array<Text>,
        method_of_contact -> Text,
        created_at -> Timestamptz,
        search_tags -> Array<Text>,
        search_text -> Text,
    }
}

diesel::table! {
    organizations (organization_id) {
        organization_id -> Uuid,
        opportunities_version -> Int8,
    }
}

diesel::table! {
    shifts (id) {
        id -> Uuid,
        opportunity_id -> Uuid,
        begins_at -> Timestamptz,
        ends_at -> Timestamptz,
    }
}
