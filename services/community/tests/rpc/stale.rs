//! Reads that may be stale, where the database has a replica that is held up: what it does not have tells that it answered.

use std::fmt::Debug;

use connectus_proto::{
    common::v1::ErrorReason,
    community::v1::{
        CreateTagRequest, GetTokenStatusRequest, ListActivitiesRequest, ListMembersRequest, ListTagsRequest,
        RevokeTokenRequest, TagEntityType,
    },
};
use connectus_testkit::{Behind, patient, refusal};
use tonic::{Code, Request, Response, Status};

use crate::support::World;

/// Whether an answer has what was written last.
fn has_it<M: Debug>(answer: Result<Response<M>, Status>) -> bool {
    format!("{:?}", answer.unwrap()).contains("After")
}
