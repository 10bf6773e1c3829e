//! Whom somebody has blocked sees them nowhere: every rpc and every route that shows people or what they say is asked.

use connectus_proto::{
    account::v1::{
        BatchGetAccountsRequest, GetAccountRequest, GetProfileRequest, ListConnectionRequestsRequest,
        ListConnectionsRequest, SearchAccountsRequest,
    },
    experience::v1::{
        GetOpportunityRequest, ListExperiencesRequest, ListInterestsRequest, ListOpportunitiesRequest,
        ListValidationRequestsRequest, SearchOpportunitiesRequest,
    },
    social::v1::{
        CreatePostRequest, GetPostRequest, ListCommentsRequest, ListFeedRequest, ListNotificationsRequest,
        ListPostsRequest, PostContent, StreamNotificationsRequest,
        notification_service_client::NotificationServiceClient,
    },
};
use connectus_testkit::{Database, MailServer, as_caller, eventually};
use serde_json::Value;
use tonic::{Code, Status, transport::Channel};

use super::people::{Circle, NAME, done, say};
use crate::{
    contract::world::{Member, NOBODY},
    raw::{bytes, call, contracts, has, name, public_rpcs},
    topology::Topology,
};

/// The messages that show people, or what they say and do.
const SHOWING: [&str; 9] = [
    "connectus.account.v1.Account",
    "connectus.account.v1.Profile",
    "connectus.experience.v1.Experience",
    "connectus.experience.v1.ExperienceDetails",
    "connectus.experience.v1.Interest",
    "connectus.experience.v1.Opportunity",
    "connectus.experience.v1.ValidationRequest",
    "connectus.social.v1.Notification",
    "connectus.social.v1.Post",
];

/// The rpcs that have those, and nobody else in them: they answer what is the caller's own, or whoever holds a mailed link.
const WRITING: [&str; 8] = [
    "connectus.account.v1.AccountService/UpdateAccount",
    "connectus.account.v1.AccountService/UpdateProfile",
    "connectus.experience.v1.ExperienceService/CreateExperience",
    "connectus.experience.v1.ExperienceService/GetMailedValidation",
    "connectus.experience.v1.ExperienceService/ReplaceExperience",
    "connectus.experience.v1.OpportunityService/CreateOpportunity",
    "connectus.experience.v1.OpportunityService/GetSignUps",
    "connectus.experience.v1.OpportunityService/ReplaceOpportunity",
];

/// Who is looked for: somebody, or nobody at all.
#[derive(Clone, Copy)]
struct Sought<'a> {
    account: &'a str,
    name: &'a str,
    post: &'a str,
}

/// A question that shows somebody to who asks it, as long as they may be seen.
struct Question<'a> {
    by: &'a Member,
    message: Vec<u8>,
}

/// The question of an rpc, about whoever is sought; none of one that this test does not know.
fn question<'a>(rpc: &str, circle: &'a Circle, sought: Sought<'_>) -> Option<Question<'a>> {
    let Circle { viewer, asked, friend, organization, .. } = circle;
    let account_id = sought.account.to_owned();
    let (post_id, opportunity_id) = (sought.post.to_owned(), circle.opportunity.clone());
    let (by, message) = match rpc.strip_prefix("connectus.")? {
        "account.v1.AccountService/GetAccount" => (viewer, bytes(&GetAccountRequest { account_id })),
        "account.v1.AccountService/GetProfile" => (viewer, bytes(&GetProfileRequest { account_id })),
        "account.v1.AccountService/BatchGetAccounts" => {
            (viewer, bytes(&BatchGetAccountsRequest { account_ids: vec![friend.id.clone(), account_id] }))
        }
        "account.v1.AccountService/SearchAccounts" => {
            (viewer, bytes(&SearchAccountsRequest { query: sought.name.to_owned(), ..Default::default() }))
        }
        "account.v1.ConnectionService/ListConnections" => {
            (viewer, bytes(&ListConnectionsRequest { account_id: friend.id.clone(), ..Default::default() }))
        }
        "account.v1.ConnectionService/ListConnectionRequests" => {
            (asked, bytes(&ListConnectionRequestsRequest::default()))
        }
        "experience.v1.ExperienceService/ListExperiences" => {
            (viewer, bytes(&ListExperiencesRequest { user_id: account_id, ..Default::default() }))
        }
        "experience.v1.ExperienceService/ListValidationRequests" => {
            (organization, bytes(&ListValidationRequestsRequest::default()))
        }
        "experience.v1.OpportunityService/GetOpportunity" => {
            (organization, bytes(&GetOpportunityRequest { opportunity_id }))
        }
        "experience.v1.OpportunityService/ListInterests" => {
            (organization, bytes(&ListInterestsRequest { opportunity_id, ..Default::default() }))
        }
        "experience.v1.OpportunityService/ListOpportunities" => {
            let organization_id = organization.id.clone();
            (organization, bytes(&ListOpportunitiesRequest { organization_id, ..Default::default() }))
        }
        "experience.v1.OpportunityService/SearchOpportunities" => {
            (organization, bytes(&SearchOpportunitiesRequest::default()))
        }
        "social.v1.PostService/GetPost" => (viewer, bytes(&GetPostRequest { post_id })),
        "social.v1.PostService/ListPosts" => (viewer, bytes(&ListPostsRequest { account_id, ..Default::default() })),
        "social.v1.PostService/ListComments" => {
            (viewer, bytes(&ListCommentsRequest { post_id: circle.discussed.clone(), ..Default::default() }))
        }
        "social.v1.PostService/ListFeed" => (viewer, bytes(&ListFeedRequest::default())),
        "social.v1.PostService/CreatePost" => {
            let content = PostContent { text: "Me too".to_owned(), reply_to_id: post_id, ..Default::default() };
            (viewer, bytes(&CreatePostRequest { content: Some(content) }))
        }
        "social.v1.NotificationService/ListNotifications" => (viewer, bytes(&ListNotificationsRequest::default())),
        _ => return None,
    };
    Some(Question { by, message })
}

#[tokio::test]
async fn whom_somebody_has_blocked_sees_them_nowhere_in_one_process() {
    see_nobody(Topology::Together).await;
}

#[tokio::test]
async fn whom_somebody_has_blocked_sees_them_nowhere_with_a_process_for_each_role() {
    see_nobody(Topology::Apart).await;
}

async fn see_nobody(topology: Topology) {
    let (database, mail) = (Database::new().await, MailServer::start().await);
    let suite = topology.start(&database, &mail, 10).await;
    let circle = Circle::make(&suite.api, &mail).await;
    let channel = suite.channel();
    let rpcs = rpcs();
    for rpc in &rpcs {
        eventually(rpc, async || shows(&circle, &ask(&channel, &circle, rpc, blocker(&circle)).await).then_some(()))
            .await;
    }
    circle.part().await;
    for rpc in &rpcs {
        let answer = ask(&channel, &circle, rpc, blocker(&circle)).await;
        assert!(!shows(&circle, &answer), "{rpc} shows who has blocked the caller");
        assert_eq!(answer, ask(&channel, &circle, rpc, nobody()).await, "{rpc} tells them from nobody");
    }
    stream(&channel, &circle).await;
    routes(&circle).await;
}

/// The rpcs that show people, each of which this test must know.
fn rpcs() -> Vec<String> {
    let showing = public_rpcs().into_iter().filter(|rpc| has(&rpc.output(), &SHOWING));
    let names: Vec<String> = showing.filter(|rpc| !rpc.is_server_streaming()).map(|rpc| name(&rpc)).collect();
    names.into_iter().filter(|name| !WRITING.contains(&name.as_str())).collect()
}

fn blocker(circle: &Circle) -> Sought<'_> {
    Sought { account: &circle.blocker.id, name: NAME, post: &circle.post }
}

fn nobody() -> Sought<'static> {
    Sought { account: NOBODY, name: "Nemo", post: NOBODY }
}

type Answer = Result<Vec<u8>, (Code, Vec<u8>)>;

async fn ask(channel: &Channel, circle: &Circle, rpc: &str, sought: Sought<'_>) -> Answer {
    let question = question(rpc, circle, sought);
    let Question { by, message } = question.unwrap_or_else(|| panic!("{rpc} shows people: this test must ask it"));
    let failure = |status: Status| (status.code(), status.details().to_vec());
    call(channel, rpc, as_caller(&by.token, message)).await.map_err(failure)
}

/// Whether an answer has something of the blocker: the account or a post.
fn shows(circle: &Circle, answer: &Answer) -> bool {
    let Ok(message) = answer else { return false };
    is_in(circle, message)
}

fn is_in(circle: &Circle, message: &[u8]) -> bool {
    let traces = [circle.blocker.id.as_str(), circle.post.as_str(), NAME];
    traces.iter().any(|trace| message.windows(trace.len()).any(|part| part == trace.as_bytes()))
}

/// What comes live, from the beginning to what the friend does last, has nothing of the blocker.
async fn stream(channel: &Channel, circle: &Circle) {
    let request = StreamNotificationsRequest { last_notification_id: NOBODY.to_owned() };
    let mut client = NotificationServiceClient::new(channel.clone());
    let answer = client.stream_notifications(as_caller(&circle.viewer.token, request)).await;
    let mut stream = answer.unwrap().into_inner();
    let liked = say(&circle.api, &circle.viewer, &serde_json::json!({"content": "The last"})).await;
    done(&circle.api, &circle.friend, &format!("/v1/posts/{liked}/like"), &serde_json::json!({})).await;
    loop {
        let Some(notification) = stream.message().await.unwrap().unwrap().notification else { continue };
        assert_ne!(notification.actor_id, circle.blocker.id);
        if notification.subject_id == liked {
            return;
        }
    }
}

/// Every route that reads has nothing of the blocker for the viewer, and nothing for the organization.
async fn routes(circle: &Circle) {
    let document = circle.api.get("/openapi.json", None).await.ok();
    for (path, methods) in document["paths"].as_object().unwrap() {
        if methods.get("get").is_none() || reads_no_people(path, &methods["get"]) {
            continue;
        }
        let path = path_of(path, circle);
        for by in [&circle.viewer, &circle.asked, &circle.organization] {
            let answer = circle.api.get(&path, Some(&by.token)).await;
            assert!(!is_in(circle, answer.text.as_bytes()), "{path}: {answer:?}");
        }
    }
}

/// Pages have no caller; a stream does not end; what is held about the caller is theirs, whoever has done it.
fn reads_no_people(path: &str, operation: &Value) -> bool {
    let answer = &operation["responses"]["200"]["content"];
    path == "/v1/account/export" || answer.get("text/html").is_some() || answer.get("text/event-stream").is_some()
}

/// A route's path, about the blocker.
fn path_of(route: &str, circle: &Circle) -> String {
    let id = match route.split('/').nth(2) {
        Some("accounts") => &circle.blocker.id,
        Some("posts") => &circle.post,
        Some("opportunities") => &circle.opportunity,
        // Whom a community knows has no account there.
        Some("communities") => NOBODY,
        _ if !route.contains('{') => {
            return if route == "/v1/search" { "/v1/search?q=belinda".to_owned() } else { route.to_owned() };
        }
        _ => panic!("{route} reads something: this test must know of what"),
    };
    route.replace("{id}", id)
}

#[test]
fn what_is_left_out_is_there() {
    let all: Vec<String> = public_rpcs().iter().map(name).collect();
    for rpc in WRITING {
        assert!(all.contains(&rpc.to_owned()), "{rpc}");
    }
    let contracts = contracts();
    for message in SHOWING {
        assert!(contracts.get_message_by_name(message).is_some(), "{message}");
    }
}
