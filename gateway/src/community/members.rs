//! Members: who they are, what is noted of them, and that they are forgotten.

use axum::{
    extract::State,
    response::Response,
    routing::{get, post},
};
use connectus_platform::peer::on_behalf;
use connectus_proto::community::v1::{
    AddMemberNoteRequest, AddMemberTagsRequest, AnonymizeMemberRequest, FindMembersRequest, Identity, identity::By,
};
use http::{Method, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    answer::{self, Outcome, Refusal, done, good, report},
    identities::identity,
    json::{Json, Parameters, comma_separated},
    new_member::NewMember,
    operation::{Answer, Operation},
    profile::CommunityMember,
};
use crate::{
    rest::Params,
    route::{parameter, schema_of},
    upstream::Gateway,
};

/// The parameters that a member is asked for by.
const QUERY: &[crate::route::Parameter] = &[
    parameter("twitter", "string", "A Twitter handle or URL."),
    parameter("email", "string", "An e-mail address."),
    parameter("github", "string", "A GitHub handle or URL."),
    parameter("linkedin", "string", "A LinkedIn handle or URL."),
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        method: Method::GET,
        path: "/members",
        id: "getMembers",
        summary: "Finds a member by an e-mail address or a handle.",
        details: "Of several parameters the first that is given counts, in the order e-mail, Twitter, GitHub, LinkedIn. There is \
            more than one member only after a merge was undone.",
        tag: "Contacts",
        is_deprecated: false,
        path_parameter: None,
        query: QUERY,
        body: None,
        answer: Answer::List(schema_of::<CommunityMember>),
        failures: &[400, 404],
        rpc: "FindMembers",
        handler: || get(find).post(put),
    },
    Operation {
        method: Method::POST,
        path: "/members",
        id: "createOrUpdateCommunityMember",
        summary: "Makes a member, or adds to what is known of one.",
        details: "Sources say the same with `/source/{destinationSourceId}/user`. An e-mail address or a handle is needed.",
        tag: "Members",
        is_deprecated: true,
        path_parameter: None,
        query: &[],
        body: Some(schema_of::<NewMember>),
        answer: Answer::Done,
        failures: &[400, 404, 413],
        rpc: "PutMember",
        handler: axum::routing::MethodRouter::new,
    },
    Operation {
        method: Method::POST,
        path: "/members/",
        id: "createOrUpdateCommunityMemberSlash",
        summary: "The same as without the slash.",
        details: "",
        tag: "Members",
        is_deprecated: true,
        path_parameter: None,
        query: &[],
        body: Some(schema_of::<NewMember>),
        answer: Answer::Done,
        failures: &[400, 404, 413],
        rpc: "PutMember",
        handler: || post(put),
    },
    Operation {
        method: Method::GET,
        path: "/user/{email}",
        id: "getUser",
        summary: "Finds a member by an e-mail address.",
        details: "",
        tag: "Contacts",
        is_deprecated: false,
        path_parameter: Some("string"),
        query: &[],
        body: None,
        answer: Answer::List(schema_of::<CommunityMember>),
        failures: &[400, 404],
        rpc: "FindMembers",
        handler: || get(find_by_email).delete(forget),
    },
    Operation {
        method: Method::DELETE,
        path: "/user/{email}",
        id: "anonymizeUser",
        summary: "Asks that a member be forgotten.",
        details: "It is done later, at a time that the operator chooses, and never later than 15 days after this. Then nothing \
            remains of the names, addresses, handles, notes, custom fields and words of the person; counts do.",
        tag: "Right to be Forgotten",
        is_deprecated: false,
        path_parameter: Some("string"),
        query: &[],
        body: None,
        answer: Answer::Done,
        failures: &[400, 404],
        rpc: "AnonymizeMember",
        handler: axum::routing::MethodRouter::new,
    },
    Operation {
        method: Method::POST,
        path: "/members/note",
        id: "addNoteToMember",
        summary: "Adds a note to a member.",
        details: "",
        tag: "Members",
        is_deprecated: false,
        path_parameter: None,
        query: &[],
        body: Some(schema_of::<NewNote>),
        answer: Answer::Done,
        failures: &[400, 404, 413],
        rpc: "AddMemberNote",
        handler: || post(note),
    },
    Operation {
        method: Method::POST,
        path: "/members/tags",
        id: "addTagsToMember",
        summary: "Puts tags on a member; those that are not there are made.",
        details: "",
        tag: "Members",
        is_deprecated: false,
        path_parameter: None,
        query: &[],
        body: Some(schema_of::<NewTags>),
        answer: Answer::Done,
        failures: &[400, 404, 413],
        rpc: "AddMemberTags",
        handler: || post(tag),
    },
];

/// A note about a member.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewNote {
    /// By what the member is known: `email`, `twitter`, `github`, `linkedin` or `discord`.
    #[schema(example = "email")]
    social_type: String,
    #[schema(example = "email@domail.com")]
    value: String,
    #[schema(min_length = 1, max_length = 10000)]
    note: String,
}

/// Tags for a member.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewTags {
    /// By what the member is known: `email`, `twitter`, `github`, `linkedin` or `discord`.
    #[schema(example = "email")]
    social_type: String,
    #[schema(example = "email@domail.com")]
    value: String,
    /// Names with commas between them.
    #[schema(example = "tag1, tag2, tag3")]
    tags: String,
}

async fn find(State(gateway): State<Gateway>, query: Parameters) -> Response {
    let asked =
        ["email", "twitter", "github", "linkedin"].into_iter().find_map(|name| Some((name, query.first(name)?)));
    let outcome = match asked {
        Some((name, value)) => match identity(name, value) {
            Ok(identity) => members(gateway.clone(), identity).await,
            Err(refusal) => Err(refusal),
        },
        None => Err(Refusal::field("email", "is required, or else twitter, github or linkedin")),
    };
    answer::answer(gateway, outcome).await
}

async fn find_by_email(State(gateway): State<Gateway>, Params(email): Params<String>) -> Response {
    let outcome = members(gateway.clone(), Identity { by: Some(By::Email(email)) }).await;
    answer::answer(gateway, outcome).await
}

async fn members(gateway: Gateway, identity: Identity) -> Outcome {
    let response = gateway.community().find_members(on_behalf(FindMembersRequest { identity: Some(identity) })).await?;
    let (metadata, found, _) = response.into_parts();
    let members: Vec<CommunityMember> = found.members.into_iter().map(CommunityMember::from).collect();
    Ok(good(StatusCode::OK, &metadata, members))
}

async fn forget(State(gateway): State<Gateway>, Params(email): Params<String>) -> Response {
    let outcome = gateway.community().anonymize_member(on_behalf(AnonymizeMemberRequest { email })).await;
    let outcome = outcome.map(|response| report(StatusCode::OK, response.metadata(), "success"));
    answer::answer(gateway, outcome.map_err(Refusal::from)).await
}

async fn put(State(gateway): State<Gateway>, Json(new): Json<NewMember>) -> Response {
    let outcome = gateway.community().put_member(on_behalf(new.into_message())).await;
    answer::answer(gateway, outcome.map(|response| done(response.metadata())).map_err(Refusal::from)).await
}

async fn note(State(gateway): State<Gateway>, Json(new): Json<NewNote>) -> Response {
    answer::answer(gateway.clone(), add_note(gateway, new).await).await
}

async fn add_note(gateway: Gateway, new: NewNote) -> Outcome {
    let identity = Some(identity(&new.social_type, &new.value)?);
    let request = AddMemberNoteRequest { identity, note: new.note };
    Ok(done(gateway.community().add_member_note(on_behalf(request)).await?.metadata()))
}

async fn tag(State(gateway): State<Gateway>, Json(new): Json<NewTags>) -> Response {
    answer::answer(gateway.clone(), add_tags(gateway, new).await).await
}

async fn add_tags(gateway: Gateway, new: NewTags) -> Outcome {
    let identity = Some(identity(&new.social_type, &new.value)?);
    let tags = comma_separated(&new.tags).map(str::to_owned).collect();
    let request = AddMemberTagsRequest { identity, tags };
    Ok(done(gateway.community().add_member_tags(on_behalf(request)).await?.metadata()))
}
