//! What is measured in turn, and compared.

use connectus_proto::account::v1::GetAccountRequest;
use prost::Message;
use serde_json::Value;

use super::Scene;
use crate::{
    Outcome,
    database::Database,
    meter::{POSTGRES, Processes},
    requests::Path,
    rivals::{self, Rival, envoy::Filter},
    rounds::{Load, Plan, Subject},
    tools,
};

const READ: &str = include_str!("../../sql/read.sql");
const WRITE: &str = include_str!("../../sql/write.sql");
const GET_ACCOUNT: &str = "/connectus.account.v1.AccountService/GetAccount";
const GRPC: [&str; 2] = ["content-type: application/grpc", "te: trailers"];
const GRPC_WEB: [&str; 2] = ["content-type: application/grpc-web+proto", "x-grpc-web: 1"];

/// By how many connections throughput and latency are looked at.
const CONNECTIONS: [u32; 5] = [1, 4, 16, 64, 256];

/// A group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Read,
    /// The same, beside what is always there.
    ReadQuickly,
    Token,
    Login,
    ReadsBesideLogins,
    Write,
    Grpc,
    Connections,
}

pub(crate) const ALL: [Kind; 7] =
    [Kind::Read, Kind::Grpc, Kind::Connections, Kind::Token, Kind::Login, Kind::ReadsBesideLogins, Kind::Write];

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Read | Self::ReadQuickly => "GET /v1/accounts/:id",
            Self::Token => "GET /v1/account",
            Self::Login => "POST /v1/auth/login",
            Self::ReadsBesideLogins => "reads beside logins",
            Self::Write => "POST /v1/experiences",
            Self::Grpc => "gRPC GetAccount",
            Self::Connections => "by connections",
        }
    }

    /// Whether separate roles are measured as well. Those that are come first.
    pub(super) fn is_of_both(self) -> bool {
        matches!(self, Self::Read | Self::ReadQuickly | Self::Grpc | Self::Connections)
    }

    pub(super) fn name_at(self, plan: &Plan) -> String {
        if self == Self::Connections {
            format!("{}: {}", self.name(), plan.connections)
        } else {
            self.name().to_owned()
        }
    }

    /// How it is measured: one way, or one for each number of connections.
    pub(super) fn plans(self, plan: &Plan) -> Vec<Plan> {
        if self != Self::Connections {
            return vec![*plan];
        }
        CONNECTIONS.map(|connections| Plan { connections, rounds: 1, ..*plan }).to_vec()
    }

    /// Starts what it is compared with.
    pub(super) async fn rivals(self, scene: &Scene, missing: &mut Vec<String>) -> Outcome<Vec<Rival>> {
        let database = &scene.database;
        let mut rivals = Vec::new();
        let found = match self {
            Self::Read => vec![
                rivals::axum::start(database).await,
                rivals::envoy::start(Filter::Transcoder, &scene.apart()?.account).await,
                rivals::fastify::start(database).await,
            ],
            Self::Connections | Self::ReadQuickly => vec![rivals::axum::start(database).await],
            Self::Grpc => vec![
                rivals::hello::start(database).await,
                rivals::envoy::start(Filter::GrpcWeb, &scene.apart()?.account).await,
            ],
            _ => Vec::new(),
        };
        for rival in found {
            match rival {
                Ok(rival) => rivals.push(rival),
                // The others are measured all the same.
                Err(error) => {
                    println!("  {error}");
                    missing.push(error.to_string());
                }
            }
        }
        Ok(rivals)
    }

    pub(crate) async fn subjects<'a>(self, scene: &'a Scene, rivals: &[Rival]) -> Outcome<Vec<Subject<'a>>> {
        let Scene { database, together, people, rows, .. } = scene;
        let processes = together.processes(database)?;
        let server: Processes = [(POSTGRES.to_owned(), database.pid()?)].into();
        let rest = async |path: Path| -> Outcome<Load> {
            Ok(Load::Rest { url: together.url.clone(), requests: path.requests(database, people).await? })
        };
        let this: Processes = [("this".to_owned(), std::process::id())].into();
        let in_all = |load: Load| Subject::new("in `all`", database, &processes, load);
        Ok(match self {
            Self::Read | Self::ReadQuickly => {
                let mut subjects = reads(scene, rivals).await?;
                let load = Load::Sql(read_scripts(database).await?);
                subjects.push(Subject::new("pgbench, the same statement", database, &server, load));
                subjects
            }
            Self::Connections => reads(scene, rivals).await?,
            Self::Token => vec![
                in_all(rest(Path::OwnAccount).await?),
                Subject::new("without a token, by id", database, &processes, rest(Path::AccountAlone).await?),
            ],
            Self::Login => {
                vec![in_all(rest(Path::Login).await?), Subject::new("the bare hash", database, &this, Load::Hash)]
            }
            Self::ReadsBesideLogins => {
                let (url, reads) = (together.url.clone(), Path::Account.requests(database, people).await?);
                let beside = |others| Load::Beside { url: url.clone(), requests: reads.clone(), others };
                let others = Path::Login.requests(database, people).await?;
                vec![
                    Subject::new("reads alone", database, &processes, beside(Vec::new())),
                    Subject::new("reads while others log in", database, &processes, beside(others)),
                ]
            }
            Self::Write => vec![
                in_all(rest(Path::CreateExperience).await?),
                Subject::new(
                    "pgbench, the same statements",
                    database,
                    &server,
                    Load::Sql(vec![WRITE.replace("ROWS", &rows.to_string())]),
                ),
            ],
            Self::Grpc => calls(scene, rivals).await?,
        })
    }
}

/// Reads of different accounts: pgbench's variables are numbers, so that each id has a script of its own.
async fn read_scripts(database: &Database) -> Outcome<Vec<String>> {
    let ids = database.texts("SELECT bench.account(1 + n * 97)::text FROM generate_series(0, 99) AS n").await?;
    Ok(ids.iter().map(|id| READ.replace("ACCOUNT", id)).collect())
}

/// Sees that two answer the same, but for the addresses of pictures, which have the server's own.
async fn check_answers(one: &str, other: &str, path: &str) -> Outcome<()> {
    let answer = async |url: &str| -> Outcome<Value> {
        let text = reqwest::get(format!("{url}{path}")).await?.text().await?;
        let mut answer: Value = serde_json::from_str(&text)?;
        if let Some(fields) = answer.as_object_mut() {
            fields.retain(|name, _| name != "avatar" && name != "header");
        }
        Ok(answer)
    };
    let (first, second) = (answer(one).await?, answer(other).await?);
    if first == second { Ok(()) } else { Err(format!("{one} answers {first}, and {other} {second}").into()) }
}

/// Reads of accounts by all who can.
async fn reads<'a>(scene: &'a Scene, rivals: &[Rival]) -> Outcome<Vec<Subject<'a>>> {
    let Scene { database, together, people, .. } = scene;
    let apart = scene.apart()?;
    let requests = Path::Account.requests(database, people).await?;
    let load = |url: &str| Load::Rest { url: url.to_owned(), requests: requests.clone() };
    let mut subjects = vec![
        Subject::new("in `all`", database, &together.processes(database)?, load(&together.url)),
        Subject::new("a process for each role", database, &apart.processes(database)?, load(&apart.url)),
    ];
    for rival in rivals {
        if !rival.name.starts_with("Envoy") {
            for request in requests.iter().take(20) {
                check_answers(&together.url, &rival.url, &request.path).await?;
            }
            subjects.push(Subject::new(rival.name, database, &rival.processes(database)?, load(&rival.url)));
            continue;
        }
        // It stands before the account service of the suite, and takes an rpc's message for a body.
        let mut processes = apart.processes(database)?;
        processes.insert(rival.name.to_owned(), rival.pid()?);
        let requests = requests.iter().cloned().map(transcoded).collect();
        subjects.push(Subject::new(rival.name, database, &processes, Load::Rest { url: rival.url.clone(), requests }));
    }
    Ok(subjects)
}

/// The same request for a transcoder that knows rpcs and no paths.
fn transcoded(mut request: crate::requests::Request) -> crate::requests::Request {
    let id = request.path.rsplit('/').next().unwrap_or_default();
    request.body = serde_json::json!({"account_id": id}).to_string();
    request.method = "POST";
    GET_ACCOUNT.clone_into(&mut request.path);
    request
}

/// Calls of gRPC, from what costs most to what costs least.
async fn calls<'a>(scene: &'a Scene, rivals: &[Rival]) -> Outcome<Vec<Subject<'a>>> {
    let Scene { database, together, people, .. } = scene;
    let apart = scene.apart()?;
    let account_id = people.persons.first().map(|who| who.id.clone()).unwrap_or_default();
    let call = |url: &str, path: &str, headers: [&'static str; 2], message: &[u8]| Load::Call {
        url: format!("{url}{path}"),
        headers: headers.to_vec(),
        body: framed(message),
    };
    let message = GetAccountRequest { account_id }.encode_to_vec();
    let (all, roles) = (together.processes(database)?, apart.processes(database)?);
    let mut subjects = vec![
        Subject::new("in `all`, the service", database, &all, call(&together.account, GET_ACCOUNT, GRPC, &message)),
        Subject::new("in `all`, through the gateway", database, &all, call(&together.url, GET_ACCOUNT, GRPC, &message)),
        Subject::new("in `all`, by grpc-web", database, &all, call(&together.url, GET_ACCOUNT, GRPC_WEB, &message)),
        Subject::new("apart, through the gateway", database, &roles, call(&apart.url, GET_ACCOUNT, GRPC, &message)),
        Subject::new("apart, by grpc-web", database, &roles, call(&apart.url, GET_ACCOUNT, GRPC_WEB, &message)),
    ];
    for rival in rivals {
        let mut processes = rival.processes(database)?;
        let load = if rival.name.starts_with("Envoy") {
            processes.extend(apart.processes(database)?);
            call(&rival.url, GET_ACCOUNT, GRPC_WEB, &message)
        } else {
            call(&rival.url, rivals::hello::PATH, GRPC, &[])
        };
        subjects.push(Subject::new(rival.name, database, &processes, load));
    }
    for subject in &subjects {
        if let Load::Call { url, headers, body } = &subject.load {
            tools::check_call(url, headers, body).await?;
        }
    }
    Ok(subjects)
}

/// A message as gRPC sends it: not compressed, with its length before it.
fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap_or_default();
    [&[0], &length.to_be_bytes()[..], message].concat()
}
