//! Commands about one account: who it is, whether it may be used, what there is to say about it.

use clap::Args;
use connectus_proto::{
    account::v1::{AddNoteRequest, ListNotesRequest, VerifyOrganizationRequest},
    auth::v1::{LockAccountRequest, UnlockAccountRequest},
};

use super::security::{Limit, pages};
use crate::desk::{
    CommandError, Desk,
    output::{Record, time},
};

/// Which organization, and whether it is still vouched for.
#[derive(Args)]
pub(super) struct Verify {
    /// The organization's account id.
    id: String,
    /// Takes it back.
    #[arg(long)]
    revoke: bool,
}

impl Verify {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), CommandError> {
        let is_verified = !self.revoke;
        let request =
            VerifyOrganizationRequest { account_id: self.id.clone(), is_verified, operator: desk.operator()? };
        let services = &desk.services;
        let answer = services.account_admin().verify_organization(services.sign(request)).await;
        services.account.answer(answer)?;
        let sentence = if is_verified { "It is verified." } else { "It is no longer verified." };
        desk.output.done(sentence, vec![("account_id", self.id.into()), ("is_verified", is_verified.into())])
    }
}

/// Which account to lock, and why.
#[derive(Args)]
pub(super) struct Lock {
    /// The account's id.
    id: String,
    /// Why, up to 500 characters.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl Lock {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), CommandError> {
        let request =
            LockAccountRequest { account_id: self.id.clone(), operator: desk.operator()?, reason: self.reason };
        let services = &desk.services;
        let answer = services.auth_admin().lock_account(services.sign(request)).await;
        services.auth.answer(answer)?;
        let sentence = "It is locked: its sessions have ended, and nobody can log in to it.";
        desk.output.done(sentence, vec![("account_id", self.id.into()), ("is_locked", true.into())])
    }
}

/// Which account to unlock, and why.
#[derive(Args)]
pub(super) struct Unlock {
    /// The account's id.
    id: String,
    /// Why, up to 500 characters.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    reason: String,
}

impl Unlock {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), CommandError> {
        let request =
            UnlockAccountRequest { account_id: self.id.clone(), operator: desk.operator()?, reason: self.reason };
        let services = &desk.services;
        let answer = services.auth_admin().unlock_account(services.sign(request)).await;
        services.auth.answer(answer)?;
        desk.output.done("It is unlocked.", vec![("account_id", self.id.into()), ("is_locked", false.into())])
    }
}

/// What to say about which account.
#[derive(Args)]
pub(super) struct Note {
    /// The account's id.
    id: String,
    /// What there is to say, up to 5000 characters. The account's owner gets it with an export of their data.
    text: String,
}

impl Note {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), CommandError> {
        let request = AddNoteRequest { account_id: self.id.clone(), text: self.text, operator: desk.operator()? };
        let services = &desk.services;
        let answer = services.account_admin().add_note(services.sign(request)).await;
        services.account.answer(answer)?;
        desk.output.done("It is noted.", vec![("account_id", self.id.into())])
    }
}

/// The notes about which account.
#[derive(Args)]
pub(super) struct Notes {
    /// The account's id.
    id: String,
    #[command(flatten)]
    limit: Limit,
}

impl Notes {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), CommandError> {
        let services = &desk.services;
        let notes = pages(&self.limit, async |page_size, page_token| {
            let request = ListNotesRequest { account_id: self.id.clone(), page_size, page_token };
            let answer = services.account_admin().list_notes(services.sign(request)).await;
            let answer = services.account.answer(answer)?;
            Ok((answer.notes, answer.next_page_token))
        });
        let record = |note: connectus_proto::account::v1::Note| -> Record {
            vec![("time", time(note.create_time)), ("operator", note.operator.into()), ("text", note.text.into())]
        };
        desk.output.list(notes.await?.into_iter().map(record).collect(), "There are no notes.")
    }
}
