//! What there is about an account, table by table.

use connectus_platform::export::Source;

/// A person's experiences; of those that an organization is asked about or has decided, what is about the organization. Links
/// belong to whom they were mailed to; messages name nobody; throttles and idempotency keys are known by hashes alone.
pub(crate) const SOURCES: &[Source] = &[(
    "experiences",
    "SELECT (CASE WHEN user_id = $1 THEN to_jsonb(t) ELSE jsonb_build_object('id', id, 'user_id', user_id, \
        'organization_id', organization_id, 'organization_name', organization_name, 'validation_state', validation_state, \
        'request_id', request_id, 'decided_at', decided_at) END)::text AS json \
     FROM experiences t WHERE user_id = $1 OR organization_id = $1 ORDER BY id",
)];
