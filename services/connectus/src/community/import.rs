//! Imports people into a community from a CSV file, whose header says what is in which column.

mod columns;
mod records;
mod values;

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use connectus_proto::community::v1::{GetCommunityStructureRequest, ImportUsersRequest, RefusedUser, SourceUser};
use indicatif::ProgressBar;
use prost::Message;
use serde_json::json;

use crate::desk::{
    self, CallError, CommandError, Desk, Patience,
    output::progress_bar,
    report::{Report, unreadable},
};
use columns::Columns;
use records::{Record, Records};

/// How many people are in a call.
const BATCH: usize = 500;
/// How large they are together, in bytes, so that they fit into a request.
const BATCH_LENGTH: usize = 700 * 1024;

/// Which file, and into which community.
#[derive(Args)]
pub(super) struct Settings {
    /// The community's id.
    community: String,
    /// A CSV file in UTF-8. Its first line names the columns: id (by default the e-mail address), full_name, first_name, last_name,
    /// username, avatar_url, bio, email, linkedin, github, twitter, discord, youtube, role_at_company, title_at_company,
    /// company_name, company_domain, country, city, region, raw_location, tags (separated by commas) and custom:<NAME> for a custom
    /// field (several values separated by semicolons). An empty cell says nothing.
    file: PathBuf,
    /// The name of the source that the people are from; one that is not there is made.
    #[arg(long, value_name = "NAME", default_value = "CSV")]
    source: String,
    #[command(flatten)]
    patience: Patience,
    #[command(flatten)]
    desk: desk::Settings,
}

/// What is wrong with a record.
#[derive(Debug, PartialEq, Eq)]
struct Problem {
    /// The column; `line` for the record as a whole.
    field: String,
    /// What is wrong with it.
    problem: String,
}

impl Problem {
    fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }
}

/// Lines that wait for the next call.
#[derive(Default)]
struct Batch {
    users: Vec<SourceUser>,
    /// The lines that they are from.
    lines: Vec<u64>,
    /// How large they are together, in bytes.
    length: usize,
    /// Lines that say nothing to send, and why. They wait as well, so that all are told of in the order of the file.
    refused: Vec<Refusal>,
}

/// A line with what is wrong with it.
type Refusal = (u64, Vec<Problem>);

impl Batch {
    /// Whether it has no room for one more of some size.
    fn is_full_with(&self, length: usize) -> bool {
        self.users.len() == BATCH || self.refused.len() == BATCH || self.length + length > BATCH_LENGTH
    }

    fn add(&mut self, line: u64, user: SourceUser, length: usize) {
        self.length += length;
        self.users.push(user);
        self.lines.push(line);
    }
}

/// An import under way.
struct Import<'a> {
    desk: &'a Desk,
    community_id: String,
    source: String,
    patience: Patience,
    columns: Columns,
    report: Report,
    bar: ProgressBar,
    batch: Batch,
    /// Which line is read.
    line: u64,
    /// Up to which line all is done.
    done: u64,
    imported: u64,
    refused: u64,
}

impl Settings {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let Self { community: community_id, file, source, patience, desk } = self;
        let desk = desk.open(None)?;
        let wrong = |problem| CommandError::Header { path: file.clone(), problem };
        let (mut records, bar) = open(&file).map_err(|source| unreadable(&file, source))?;
        let header = records.next().transpose().map_err(|source| unreadable(&file, source))?;
        let header = header.and_then(|record| record.cells);
        let header = header.ok_or_else(|| wrong("it does not begin with a line of columns".to_owned()))?;
        let columns = columns(&desk, &community_id, patience, &header).await?.map_err(wrong)?;
        let report = Report::open(&file, 0)?;
        let (batch, line, done, imported, refused) = (Batch::default(), 0, 0, 0, 0);
        let mut import = Import {
            desk: &desk,
            community_id,
            source,
            patience,
            columns,
            report,
            bar,
            batch,
            line,
            done,
            imported,
            refused,
        };
        for record in records {
            import.add(record.map_err(|source| unreadable(&file, source))?).await?;
        }
        import.send().await?;
        import.summary()
    }
}

/// The file's records, and a bar for how much of them is read.
fn open(file: &Path) -> std::io::Result<(Records<std::io::BufReader<fs::File>>, ProgressBar)> {
    Ok((Records::open(file)?, progress_bar(fs::metadata(file)?.len())))
}

/// What is in which column, if the community knows all of it.
async fn columns(
    desk: &Desk,
    community_id: &str,
    patience: Patience,
    header: &[Vec<u8>],
) -> Result<Result<Columns, String>, CallError> {
    let services = &desk.services;
    let request = GetCommunityStructureRequest { community_id: community_id.to_owned() };
    let answer = patience.persist(async || {
        let mut client = services.community_admin();
        services.community.answer(client.get_community_structure(services.sign(request.clone())).await)
    });
    let structure = answer.await?.structure.unwrap_or_default();
    Ok(Columns::new(header, &structure.custom_fields))
}

impl Import<'_> {
    /// Reads a record, and sends what waits once that is much.
    async fn add(&mut self, Record { line, end, cells }: Record) -> Result<(), CommandError> {
        self.bar.set_position(end);
        let too_long = || vec![Problem::new("line", "is too long, or has a quote that is not closed")];
        let read = match cells {
            // Spreadsheets write such lines after the last one.
            Some(cells) if cells.iter().all(|cell| cell.trim_ascii().is_empty()) => return Ok(()),
            Some(cells) => self.columns.read(&cells),
            None => Err(too_long()),
        };
        let read = read.and_then(|user| if user.encoded_len() > BATCH_LENGTH { Err(too_long()) } else { Ok(user) });
        let length = read.as_ref().map_or(0, Message::encoded_len);
        if self.batch.is_full_with(length) {
            self.send().await?;
        }
        self.line = line;
        match read {
            Ok(user) => self.batch.add(line, user, length),
            Err(problems) => self.batch.refused.push((line, problems)),
        }
        Ok(())
    }

    /// Sends what waits.
    async fn send(&mut self) -> Result<(), CommandError> {
        let Batch { users, lines, mut refused, .. } = std::mem::take(&mut self.batch);
        let told = self.call(users, &lines).await?;
        self.imported += count(lines.len()) - count(told.len());
        refused.extend(told);
        refused.sort_unstable_by_key(|(line, _)| *line);
        self.refused += count(refused.len());
        for (line, problems) in refused {
            for Problem { field, problem } in problems {
                self.report.add(&json!({"line": line, "field": field, "problem": problem}))?;
            }
        }
        self.done = self.line;
        Ok(())
    }

    /// Gives people to the service, and returns the lines of those that it refuses.
    async fn call(&self, users: Vec<SourceUser>, lines: &[u64]) -> Result<Vec<Refusal>, CommandError> {
        if users.is_empty() {
            return Ok(Vec::new());
        }
        let (community_id, source) = (self.community_id.clone(), self.source.clone());
        let request = ImportUsersRequest { community_id, source, users };
        let services = &self.desk.services;
        let answer = self.patience.persist(async || {
            let mut client = services.community_admin();
            services.community.answer(client.import_users(services.sign(request.clone())).await)
        });
        let answer = answer.await.map_err(|cause| CommandError::PeopleStopped { cause, line: self.done })?;
        let refusal = |refused: RefusedUser| {
            let index = usize::try_from(refused.index).ok()?;
            Some((*lines.get(index)?, self.problems(refused, request.users.get(index)?)))
        };
        Ok(answer.refused_users.into_iter().filter_map(refusal).collect())
    }

    /// What a service says is wrong with somebody, by the columns of the file.
    fn problems(&self, refused: RefusedUser, user: &SourceUser) -> Vec<Problem> {
        let fields = refused.invalid_fields.into_iter();
        fields.map(|invalid| Problem::new(self.columns.name_of(&invalid.field, user), invalid.problem)).collect()
    }

    fn summary(self) -> Result<(), CommandError> {
        let Self { desk, report, bar, imported, refused, .. } = self;
        bar.finish_and_clear();
        let sentence = format!("{imported} imported, {refused} refused.");
        desk.output.done(&sentence, vec![("imported", imported.into()), ("refused", refused.into())])?;
        if refused > 0 { Err(CommandError::LinesRefused { refused, report: report.path }) } else { Ok(()) }
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
