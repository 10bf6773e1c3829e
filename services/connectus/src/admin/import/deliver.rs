//! Gives one account to the services: its data first, then what it logs in with, so that nobody logs in before it is all there.

use std::collections::HashMap;

use connectus_platform::fields::FieldError;
use connectus_platform::ids;
use connectus_proto::{
    account::v1::{
        Account, AddNoteRequest, BatchGetAccountsRequest, ImportBlocksRequest, ListNotesRequest, account::Owner,
    },
    auth::v1::ImportCredentialsRequest,
    common::v1::ErrorReason,
    experience::v1::ImportExperiencesRequest,
};
use tonic::Code;

use super::{convert, document::Document};
use crate::desk::{CallError, Patience, services::Services};

/// How many experiences are in a call, and how many accounts: however long they are, they fit into a request.
const BATCH: usize = 25;

/// Why an account was not imported.
pub(super) enum Failure {
    /// Something is wrong with it, in these words.
    Refused(String),
    /// The services cannot take any.
    Stopped(CallError),
}

impl From<FieldError> for Failure {
    fn from(error: FieldError) -> Self {
        Self::Refused(error.to_string())
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        let is_for_all = error.is_passing()
            || error.code() == Code::Unimplemented
            || error.reason() == Some(ErrorReason::ServiceIdentityRequired);
        if is_for_all { Self::Stopped(error) } else { Self::Refused(error.to_string()) }
    }
}

/// A failure with some of the experiences, whose numbers begin anew in each call.
fn counted_from(first: usize, failure: Failure) -> Failure {
    match failure {
        Failure::Refused(problem) if first > 0 => {
            Failure::Refused(format!("after the first {first} experiences, {problem}"))
        }
        failure => failure,
    }
}

/// Who imports, where to, and how patiently.
pub(super) struct Importer<'a> {
    pub(super) services: &'a Services,
    pub(super) operator: String,
    /// For how long to try again when a service is away.
    pub(super) patience: Patience,
}

impl Importer<'_> {
    /// Imports an account. Tells whether it was there already.
    pub(super) async fn account(&self, document: &Document) -> Result<bool, Failure> {
        let account = convert::account(document)?;
        let credentials = convert::credentials(document, &self.operator)?;
        let names = self.names(convert::confirming_organizations(document)).await?;
        let experiences = convert::experiences(document, &names)?;
        let Services { account: accounts, experience, .. } = self.services;

        // What would be refused in the end leaves nothing behind. The credentials come last: where they are, everything was, and what
        // its owner has removed since stays so.
        if self.credentials(ImportCredentialsRequest { validate_only: true, ..credentials.clone() }).await? {
            return Ok(true);
        }
        self.patience
            .persist(async || {
                let mut client = self.services.account_admin();
                accounts.answer(client.import_account(self.services.sign(account.clone())).await)
            })
            .await?;
        self.note(document).await?;
        for (index, batch) in experiences.chunks(BATCH).enumerate() {
            let request = ImportExperiencesRequest { user_id: document.id.clone(), experiences: batch.to_vec() };
            let imported = self.patience.persist(async || {
                let mut client = self.services.experience_admin();
                experience.answer(client.import_experiences(self.services.sign(request.clone())).await)
            });
            imported.await.map_err(|error| counted_from(index * BATCH, error.into()))?;
        }
        Ok(self.credentials(credentials).await?)
    }

    /// Imports what an account logs in with. Tells whether it was there already.
    async fn credentials(&self, request: ImportCredentialsRequest) -> Result<bool, CallError> {
        let imported = self.patience.persist(async || {
            let mut client = self.services.auth_admin();
            self.services.auth.answer(client.import_credentials(self.services.sign(request.clone())).await)
        });
        Ok(imported.await?.existed)
    }

    /// Imports whom an account has blocked.
    pub(super) async fn blocks(&self, document: &Document) -> Result<(), Failure> {
        let blocked_account_ids = document.settings.as_ref().map(|settings| settings.blocked_users.clone());
        let Some(blocked_account_ids) = blocked_account_ids.filter(|ids| !ids.is_empty()) else { return Ok(()) };
        let request = ImportBlocksRequest { account_id: document.id.clone(), blocked_account_ids };
        self.patience
            .persist(async || {
                let mut client = self.services.account_admin();
                self.services.account.answer(client.import_blocks(self.services.sign(request.clone())).await)
            })
            .await?;
        Ok(())
    }

    /// Leaves the former system's note about an account, once.
    async fn note(&self, document: &Document) -> Result<(), Failure> {
        let (text, services) = (document.admin_note.trim(), self.services);
        if text.is_empty() {
            return Ok(());
        }
        let list = ListNotesRequest { account_id: document.id.clone(), page_size: 200, page_token: String::new() };
        let there = self.patience.persist(async || {
            services.account.answer(services.account_admin().list_notes(services.sign(list.clone())).await)
        });
        if there.await?.notes.iter().any(|note| note.text == text) {
            return Ok(());
        }
        let (account_id, operator) = (document.id.clone(), self.operator.clone());
        let note = AddNoteRequest { account_id, text: text.to_owned(), operator };
        self.patience
            .persist(async || {
                services.account.answer(services.account_admin().add_note(services.sign(note.clone())).await)
            })
            .await?;
        Ok(())
    }

    /// The names of those organizations that are there, by the ids that were asked for.
    async fn names(&self, ids: Vec<String>) -> Result<HashMap<String, String>, Failure> {
        let mut found = HashMap::new();
        for batch in ids.chunks(BATCH) {
            let request = BatchGetAccountsRequest { account_ids: batch.to_vec() };
            let answer = self.patience.persist(async || {
                self.services.account.answer(self.services.accounts().batch_get_accounts(request.clone()).await)
            });
            found.extend(answer.await?.accounts.into_iter().filter_map(named));
        }
        let name = |id: String| {
            let name = found.get(&ids::parse(&id)?.to_string())?.clone();
            Some((id, name))
        };
        Ok(ids.into_iter().filter_map(name).collect())
    }
}

/// An organization's id and name.
fn named(account: Account) -> Option<(String, String)> {
    match account.owner {
        Some(Owner::Organization(organization)) => Some((account.id, organization.preferred_name)),
        _ => None,
    }
}
