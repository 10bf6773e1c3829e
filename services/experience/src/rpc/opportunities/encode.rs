//! Opportunities as the contract writes them.

use connectus_platform::time::to_timestamp;
use connectus_proto::experience::v1::{self as proto, InterestState};
use uuid::Uuid;

use crate::{
    domain::{
        Error,
        interest::{Interest, Standing},
        opportunity::{Seen, SeenShift},
    },
    rpc::Experiences,
};

/// Opportunities, without the people who have blocked their organization, which is the viewer where there are any.
pub(super) async fn all(
    service: &Experiences,
    mut seen: Vec<Seen>,
    viewer: Option<Uuid>,
) -> Result<Vec<proto::Opportunity>, Error> {
    let people = seen.iter().flat_map(|seen| seen.people.iter().copied());
    let visible = service.relations.visible(viewer.unwrap_or_default(), people).await?;
    for seen in &mut seen {
        seen.people.retain(|id| visible.contains(id));
    }
    Ok(seen.into_iter().map(Into::into).collect())
}

impl From<Seen> for proto::Opportunity {
    fn from(seen: Seen) -> Self {
        let Seen { opportunity, shifts, people, is_interested } = seen;
        Self {
            id: opportunity.id.to_string(),
            organization_id: opportunity.organization_id.to_string(),
            details: Some(opportunity.details),
            create_time: Some(to_timestamp(opportunity.created_at)),
            shifts: shifts.into_iter().map(Into::into).collect(),
            interested_user_ids: people.iter().map(ToString::to_string).collect(),
            is_caller_interested: is_interested,
        }
    }
}

impl From<SeenShift> for proto::Shift {
    fn from(seen: SeenShift) -> Self {
        let SeenShift { shift, signed_up, waiting, standing } = seen;
        let caller_state = standing.map_or(InterestState::Unspecified, InterestState::from);
        Self {
            id: shift.id.to_string(),
            begin_time: Some(to_timestamp(shift.times.begins_at)),
            end_time: Some(to_timestamp(shift.times.ends_at)),
            signed_up_count: count(signed_up),
            waiting_count: count(waiting),
            caller_state: caller_state.into(),
        }
    }
}

fn count(many: i64) -> i32 {
    i32::try_from(many).unwrap_or(i32::MAX)
}

impl From<Standing> for InterestState {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Interested => Self::Interested,
            Standing::SignedUp => Self::SignedUp,
            Standing::Waiting => Self::Waiting,
        }
    }
}

impl From<Interest> for proto::Interest {
    fn from(interest: Interest) -> Self {
        Self {
            user_id: interest.user_id.to_string(),
            shift_id: interest.shift_id.map(|id| id.to_string()).unwrap_or_default(),
            state: InterestState::from(interest.standing).into(),
            create_time: Some(to_timestamp(interest.created_at)),
        }
    }
}
