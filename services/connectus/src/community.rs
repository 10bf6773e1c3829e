//! The role `community`, and what operators do with communities, over its admin rpcs.

mod import;

use clap::{Args, Subcommand};
use connectus_proto::{
    auth::v1::FindAccountRequest,
    common::v1::AccountType,
    community::v1::{CreateCommunityForRequest, IssueTokenRequest},
};

use crate::{
    desk::{self, CommandError, Desk},
    distributed::{self, CommunitySettings},
    error::StartError,
};

/// The settings of the role `community`, or one of its commands.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Settings {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    role: CommunitySettings,
}

#[derive(Subcommand)]
enum Command {
    /// Makes a community of an organization, and prints its id.
    Create(Create),
    /// Makes a token of a community's API, and prints it, this once.
    Token(Token),
    /// Imports people into a community from a CSV file.
    Import(import::Settings),
}

/// Runs the role, or does what an operator asks for.
pub(crate) async fn run(settings: Settings) -> Result<(), StartError> {
    match settings.command {
        None => distributed::community(settings.role).await,
        Some(Command::Create(command)) => Ok(command.run().await?),
        Some(Command::Token(command)) => Ok(command.run().await?),
        Some(Command::Import(settings)) => Ok(settings.run().await?),
    }
}

/// Whose community to make.
#[derive(Args)]
struct Create {
    /// Its name.
    name: String,
    /// The organization's account id or e-mail address.
    #[arg(long, value_name = "ID")]
    organization: String,
    #[command(flatten)]
    desk: desk::Settings,
}

impl Create {
    async fn run(self) -> Result<(), CommandError> {
        let desk = self.desk.open(None)?;
        let (organization_id, name) = (organization(&desk, &self.organization).await?, self.name);
        let services = &desk.services;
        let request = services.sign(CreateCommunityForRequest { organization_id, name });
        let made = services.community.answer(services.community_admin().create_community_for(request).await)?;
        let id = made.community.unwrap_or_default().id;
        desk.output.done(&id, vec![("community_id", id.as_str().into())])
    }
}

/// The id of an organization's account, by its id or address.
async fn organization(desk: &Desk, named: &str) -> Result<String, CommandError> {
    let services = &desk.services;
    let request = services.sign(FindAccountRequest { id: named.to_owned() });
    let found = services.auth.answer(services.auth_admin().find_account(request).await)?;
    if found.account_type() == AccountType::Organization {
        Ok(found.account_id)
    } else {
        Err(CommandError::NoOrganization(named.to_owned()))
    }
}

/// Which token to make.
#[derive(Args)]
struct Token {
    /// The community's id.
    community: String,
    /// What the token is called where tokens are listed.
    name: String,
    #[command(flatten)]
    desk: desk::Settings,
}

impl Token {
    async fn run(self) -> Result<(), CommandError> {
        let desk = self.desk.open(None)?;
        let services = &desk.services;
        let request = services.sign(IssueTokenRequest { community_id: self.community, name: self.name });
        let made = services.community.answer(services.community_admin().issue_token(request).await)?;
        let id = made.details.unwrap_or_default().id;
        desk.output.done(&made.token, vec![("token_id", id.into()), ("token", made.token.as_str().into())])
    }
}
