//! What there is about an account, table by table.

use connectus_platform::export::Source;

/// A person's experiences and interests, an organization's opportunities and their shifts; of the experiences that an
/// organization is asked about or has decided, what is about the organization. Links belong to whom they were mailed to;
/// messages name what the other tables have; throttles and idempotency keys are known by hashes alone.
pub(crate) const SOURCES: &[Source] = &[
    (
        "experiences",
        "SELECT (CASE WHEN user_id = $1 THEN to_jsonb(t) ELSE jsonb_build_object('id', id, 'user_id', user_id, \
            'organization_id', organization_id, 'organization_name', organization_name, 'validation_state', validation_state, \
            'request_id', request_id, 'decided_at', decided_at) END)::text AS json \
         FROM experiences t WHERE user_id = $1 OR organization_id = $1 ORDER BY id",
    ),
    // What only finds them says nothing more.
    (
        "opportunities",
        "SELECT (to_jsonb(t) - 'search_text' - 'search_tags')::text AS json \
         FROM opportunities t WHERE organization_id = $1 ORDER BY id",
    ),
    (
        "shifts",
        "SELECT to_jsonb(t)::text AS json FROM shifts t JOIN opportunities o ON o.id = t.opportunity_id \
         WHERE o.organization_id = $1 ORDER BY t.opportunity_id, t.begins_at, t.id",
    ),
    ("interests", "SELECT to_jsonb(t)::text AS json FROM interests t WHERE user_id = $1 ORDER BY id"),
    ("organizations", "SELECT to_jsonb(t)::text AS json FROM organizations t WHERE organization_id = $1"),
];
