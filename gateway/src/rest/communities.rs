//! Communities: what organizations gather about their people.

use axum::{
    Json,
    extract::State,
    response::Response,
    routing::{delete, get, post},
};
use connectus_platform::peer::on_behalf;
use connectus_proto::{
    common::v1::ErrorReason,
    community::v1::{
        self as proto, CreateCommunityRequest, DeleteCommunityRequest, GetCommunityRequest, LinkCommunityRequest,
        ListCommunitiesRequest, UnlinkCommunityRequest,
    },
};
use http::Method;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Params,
    community_structure::{ActivityType, CustomField, NAME_TAKEN, Segment, Source, limit},
    done,
    opportunities::ORGANIZATIONS_ONLY,
    types::unix_seconds,
};
use crate::{
    body::Body,
    failure::Failure,
    route::{Answer, Auth, BAD_QUERY, Cause, ErrorCode, INTERNAL, Origin, Route, error, schema_of},
    upstream::Gateway,
};

/// The error of the routes about a community that is not there.
pub(super) const NOT_FOUND: ErrorCode =
    error(4000, 404, "Community not found.", &[Cause::Reason(ErrorReason::CommunityNotFound)])
        .when("There is no such community, or it is another organization's.");

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::POST,
        path: "/v1/communities",
        summary: "Makes a community of the calling organization.",
        details: "",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.community.v1.ManagementService/CreateCommunity"],
        body: Some(schema_of::<NewCommunity>),
        answer: Answer::Json(schema_of::<CreatedCommunity>),
        errors: &[
            INTERNAL,
            ORGANIZATIONS_ONLY,
            error(4003, 409, "Community limit reached.", &[Cause::Reason(ErrorReason::LimitReached)])
                .when("The organization has 20 communities."),
            BAD_QUERY,
        ],
        handler: || post(create),
    },
    Route {
        method: Method::GET,
        path: "/v1/communities",
        summary: "The calling organization's communities, oldest first.",
        details: "",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.community.v1.ManagementService/ListCommunities"],
        body: None,
        answer: Answer::Json(schema_of::<Communities>),
        errors: &[INTERNAL, ORGANIZATIONS_ONLY],
        handler: || get(list),
    },
    Route {
        method: Method::GET,
        path: "/v1/communities/{id}",
        summary: "A community of the calling organization, with what its data is made of.",
        details: "",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.community.v1.ManagementService/GetCommunity"],
        body: None,
        answer: Answer::Json(schema_of::<WholeCommunity>),
        errors: &[NOT_FOUND, INTERNAL, ORGANIZATIONS_ONLY],
        handler: || get(find),
    },
    Route {
        method: Method::DELETE,
        path: "/v1/communities/{id}",
        summary: "Deletes a community of the calling organization with all its data.",
        details: "Its tokens are good for nothing from now on.",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.community.v1.ManagementService/DeleteCommunity"],
        body: None,
        answer: Answer::Done,
        errors: &[NOT_FOUND, INTERNAL, ORGANIZATIONS_ONLY],
        handler: || delete(remove),
    },
    Route {
        method: Method::POST,
        path: "/v1/communities/{id}/link",
        summary: "Links a community to the calling organization: what it confirms appears as activities of its members.",
        details: "What it has confirmed before appears too; what is withdrawn, changed or deleted goes or changes with that. People whose \
            settings say no, and those who have blocked the organization, are left out. It comes from a source of its own, `ConnectUS`, \
            which no API token may use.",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.community.v1.ManagementService/LinkCommunity"],
        body: None,
        answer: Answer::Json(schema_of::<LinkedCommunity>),
        errors: &[NOT_FOUND, INTERNAL, ORGANIZATIONS_ONLY, NAME_TAKEN, limit("Source limit reached."), BAD_QUERY],
        handler: || post(link),
    },
    Route {
        method: Method::DELETE,
        path: "/v1/communities/{id}/link",
        summary: "Ends the link of a community to the calling organization.",
        details: "What came through it goes soon.",
        origin: Origin::Added,
        auth: Auth::Token,
        query: &[],
        rpcs: &["connectus.community.v1.ManagementService/UnlinkCommunity"],
        body: None,
        answer: Answer::Done,
        errors: &[NOT_FOUND, INTERNAL, ORGANIZATIONS_ONLY],
        handler: || delete(unlink),
    },
];

/// What an organization gathers about its people.
#[derive(Serialize, ToSchema)]
struct Community {
    id: String,
    name: String,
    /// When it was made, in Unix seconds.
    created_at: i64,
    /// Whether what its organization confirms appears as activities of its members.
    is_linked: bool,
}

/// All communities of an organization.
#[derive(Serialize, ToSchema)]
struct Communities(Vec<Community>);

/// A community with what its data is made of, each part by id.
#[derive(Serialize, ToSchema)]
struct WholeCommunity {
    #[serde(flatten)]
    community: Community,
    sources: Vec<Source>,
    custom_fields: Vec<CustomField>,
    segments: Vec<Segment>,
    activity_types: Vec<ActivityType>,
}

impl From<proto::Community> for Community {
    fn from(community: proto::Community) -> Self {
        let created_at = unix_seconds(community.create_time);
        Self { id: community.id, name: community.name, created_at, is_linked: community.is_linked }
    }
}

/// How a community is to be called.
#[derive(Deserialize, ToSchema)]
struct NewCommunity {
    /// 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
}

/// The answer to a new community.
#[derive(Serialize, ToSchema)]
struct CreatedCommunity {
    /// `200 - OK`.
    message: &'static str,
    #[serde(flatten)]
    community: Community,
}

/// The answer to a link.
#[derive(Serialize, ToSchema)]
struct LinkedCommunity {
    /// `200 - OK`.
    message: &'static str,
    /// Where the activities come from.
    source: Source,
}

async fn create(
    State(gateway): State<Gateway>,
    Body(NewCommunity { name }): Body<NewCommunity>,
) -> Result<Json<CreatedCommunity>, Failure> {
    let request = on_behalf(CreateCommunityRequest { name });
    let response = gateway.communities().create_community(request).await?.into_inner();
    let community = response.community.unwrap_or_default().into();
    Ok(Json(CreatedCommunity { message: "200 - OK", community }))
}

async fn list(State(gateway): State<Gateway>) -> Result<Json<Communities>, Failure> {
    let response = gateway.communities().list_communities(on_behalf(ListCommunitiesRequest {})).await?.into_inner();
    Ok(Json(Communities(response.communities.into_iter().map(Community::from).collect())))
}

async fn find(
    State(gateway): State<Gateway>,
    Params(community_id): Params<String>,
) -> Result<Json<WholeCommunity>, Failure> {
    let request = on_behalf(GetCommunityRequest { community_id });
    let response = gateway.communities().get_community(request).await?.into_inner();
    let structure = response.structure.unwrap_or_default();
    Ok(Json(WholeCommunity {
        community: response.community.unwrap_or_default().into(),
        sources: structure.sources.into_iter().map(Source::from).collect(),
        custom_fields: structure.custom_fields.into_iter().map(CustomField::from).collect(),
        segments: structure.segments.into_iter().map(Segment::from).collect(),
        activity_types: structure.activity_types.into_iter().map(ActivityType::from).collect(),
    }))
}

async fn remove(State(gateway): State<Gateway>, Params(community_id): Params<String>) -> Result<Response, Failure> {
    gateway.communities().delete_community(on_behalf(DeleteCommunityRequest { community_id })).await?;
    Ok(done())
}

async fn link(
    State(gateway): State<Gateway>,
    Params(community_id): Params<String>,
) -> Result<Json<LinkedCommunity>, Failure> {
    let request = on_behalf(LinkCommunityRequest { community_id });
    let response = gateway.communities().link_community(request).await?.into_inner();
    Ok(Json(LinkedCommunity { message: "200 - OK", source: response.source.unwrap_or_default().into() }))
}

async fn unlink(State(gateway): State<Gateway>, Params(community_id): Params<String>) -> Result<Response, Failure> {
    gateway.communities().unlink_community(on_behalf(UnlinkCommunityRequest { community_id })).await?;
    Ok(done())
}
