//! Imports accounts from the former system: a file of mongoexport, with a JSON document a line. `import/FORMAT.md` has the format.

mod convert;
mod deliver;
mod document;
mod extended;
mod lines;
mod progress;

use std::path::{Path, PathBuf};

use clap::Args;
use connectus_proto::common::v1::AccountType;
use futures::{StreamExt, stream};
use indicatif::ProgressBar;
use serde_json::{Value, json};

use crate::desk::{
    CallError, CommandError, Desk, Patience,
    output::progress_bar,
    report::{Report, unreadable},
};
use deliver::{Failure, Importer};
use document::Document;
use lines::{Line, Lines};
use progress::{Identity, Pass, Progress, State};

/// How many lines are worked on at once.
const CONCURRENCY: usize = 8;

/// Which file, and how.
#[derive(Args)]
pub(super) struct Settings {
    /// A file of mongoexport with the accounts of the former system, one JSON document a line.
    file: PathBuf,
    /// Begins with the first line, even if an import of the file stopped further on. What is there already stays as it is.
    #[arg(long)]
    from_start: bool,
    #[command(flatten)]
    patience: Patience,
}

/// What became of a line.
enum Outcome {
    /// It is not for this pass, or has nothing for it.
    Passed,
    /// Its account was imported.
    Imported,
    /// Its account was there.
    Existed,
    /// Something is wrong with it.
    Refused(Refusal),
    /// The services cannot take any.
    Stopped(Box<CallError>),
}

/// A line that was refused.
struct Refusal {
    /// Its number.
    line: u64,
    /// The account's id, if it can be read.
    id: String,
    /// What is wrong with it.
    problem: String,
}

impl Refusal {
    /// The same as a report has it.
    fn record(&self) -> Value {
        json!({"line": self.line, "id": self.id, "problem": self.problem})
    }
}

impl Settings {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), CommandError> {
        let identity = Identity::of(&self.file).map_err(|source| unreadable(&self.file, source))?;
        let importer = Importer { services: &desk.services, operator: desk.operator()?, patience: self.patience };
        let mut progress = Progress::open(&self.file, identity, self.from_start);
        let mut report = Report::open(&self.file, progress.state.report_length)?;
        let bar = bar(progress.state.length());
        loop {
            pass(&self.file, &importer, &mut progress, &mut report, &bar).await?;
            if !progress.next_pass() {
                break;
            }
        }
        bar.finish_and_clear();
        let state = progress.state.clone();
        progress.forget()?;
        summary(desk, &state, report.path)
    }
}

/// Goes through the file once, or through what is left of it.
async fn pass(
    file: &Path,
    importer: &Importer<'_>,
    progress: &mut Progress,
    report: &mut Report,
    bar: &ProgressBar,
) -> Result<(), CommandError> {
    let State { pass, lines, end, .. } = progress.state;
    let lines = Lines::open(file, lines, end).map_err(|source| unreadable(file, source))?;
    let outcomes = stream::iter(lines).map(async |line| match line {
        Ok(line) => Ok((line.number, line.end, outcome(importer, pass, line).await)),
        Err(source) => Err(unreadable(file, source)),
    });
    // In the order of the file: what is done is always its beginning.
    let mut outcomes = std::pin::pin!(outcomes.buffered(CONCURRENCY));
    while let Some(done) = outcomes.next().await {
        let (number, end, outcome) = done?;
        if let Outcome::Stopped(cause) = outcome {
            progress.keep()?;
            return Err(CommandError::ImportStopped { cause: *cause, lines: progress.state.lines });
        }
        count(&mut progress.state, report, outcome)?;
        (progress.state.lines, progress.state.end) = (number, end);
        show(bar, &progress.state);
        progress.keep_now_and_then()?;
    }
    progress.keep()
}

/// Does with a line what this pass does.
async fn outcome(importer: &Importer<'_>, pass: Pass, line: Line) -> Outcome {
    let number = line.number;
    if line.text.as_ref().is_some_and(|text| text.trim_ascii().is_empty()) {
        return Outcome::Passed;
    }
    let (document, account_type) = match read(line) {
        Ok(read) => read,
        // It is said once.
        Err(refusal) if pass == Pass::ALL[0] => return Outcome::Refused(refusal),
        Err(_) => return Outcome::Passed,
    };
    let done = match (pass, account_type) {
        (Pass::Organizations, AccountType::Organization) | (Pass::People, AccountType::User) => {
            let existed = importer.account(&document).await;
            existed.map(|existed| if existed { Outcome::Existed } else { Outcome::Imported })
        }
        (Pass::Blocks, _) => importer.blocks(&document).await.map(|()| Outcome::Passed),
        _ => Ok(Outcome::Passed),
    };
    done.unwrap_or_else(|failure| match failure {
        Failure::Refused(problem) => Outcome::Refused(Refusal { line: number, id: document.id, problem }),
        Failure::Stopped(cause) => Outcome::Stopped(Box::new(cause)),
    })
}

/// Reads a line, as far as that can be done without the services.
fn read(line: Line) -> Result<(Document, AccountType), Refusal> {
    let refusal = |id, problem| Refusal { line: line.number, id, problem };
    let text = line.text.ok_or_else(|| refusal(String::new(), "line: is too long".to_owned()))?;
    let document = Document::read(&text).map_err(|error| refusal(String::new(), error.to_string()))?;
    match convert::account_type(&document) {
        Ok(account_type) => Ok((document, account_type)),
        Err(error) => Err(refusal(document.id, error.to_string())),
    }
}

fn count(state: &mut State, report: &mut Report, outcome: Outcome) -> Result<(), CommandError> {
    match outcome {
        Outcome::Passed | Outcome::Stopped(_) => {}
        Outcome::Imported => state.imported += 1,
        Outcome::Existed => state.existed += 1,
        Outcome::Refused(refusal) => {
            state.refused += 1;
            state.report_length = report.add(&refusal.record())?;
        }
    }
    Ok(())
}

/// A bar over all passes.
fn bar(length: u64) -> ProgressBar {
    let passes = u64::try_from(Pass::ALL.len()).unwrap_or(1);
    progress_bar(length * passes)
}

fn show(bar: &ProgressBar, state: &State) {
    let passes = Pass::ALL.iter().take_while(|pass| **pass != state.pass).count();
    let before = state.length() * u64::try_from(passes).unwrap_or_default();
    bar.set_message(state.pass.name());
    bar.set_position(before + state.end);
}

fn summary(desk: &Desk, state: &State, report: PathBuf) -> Result<(), CommandError> {
    let State { imported, existed, refused, .. } = *state;
    let sentence = format!("{imported} imported, {existed} there already, {refused} refused.");
    let record = vec![("imported", imported.into()), ("existed", existed.into()), ("refused", refused.into())];
    desk.output.done(&sentence, record)?;
    if refused > 0 { Err(CommandError::LinesRefused { refused, report }) } else { Ok(()) }
}
