//! The development mailbox: mails kept as files, for a suite without a mail server.

use std::{fs, io, os::unix::fs::DirBuilderExt, path::PathBuf, sync::Arc};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Mail;

/// How many mails are shown.
const SHOWN: usize = 200;

/// A folder of mails that were not sent. Clones share it.
#[derive(Clone, Debug)]
pub struct DevelopmentMailbox {
    folder: Arc<PathBuf>,
}

/// A mail in the development mailbox.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredMail {
    /// Its id.
    pub id: Uuid,
    /// The address it would have gone to.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// The links in the text.
    pub links: Vec<String>,
    /// When it would have been sent.
    pub sent_at: DateTime<Utc>,
}

impl DevelopmentMailbox {
    /// Opens the mailbox in a folder, and makes the folder if need be. Nobody else can read it: links open accounts.
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        Ok(Self { folder: Arc::new(folder) })
    }

    /// Keeps a mail; a repeat takes the place of the first.
    pub(super) fn put(&self, mail: Mail) -> io::Result<()> {
        let stored = StoredMail {
            links: links(&mail.text),
            id: mail.id,
            to: mail.to,
            subject: mail.subject,
            text: mail.text,
            html: mail.html,
            sent_at: Utc::now(),
        };
        let path = self.folder.join(format!("{}.json", stored.id));
        let whole = path.with_extension("new");
        fs::write(&whole, serde_json::to_vec_pretty(&stored)?)?;
        fs::rename(whole, path)
    }

    /// The latest mails, newest first. A file that is no mail is passed over.
    pub fn list(&self) -> io::Result<Vec<StoredMail>> {
        let mut paths: Vec<PathBuf> =
            fs::read_dir(&*self.folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        let mails = paths.iter().filter_map(|path| serde_json::from_slice(&fs::read(path).ok()?).ok());
        let mut mails: Vec<StoredMail> = mails.collect();
        mails.sort_by_key(|mail| std::cmp::Reverse((mail.sent_at, mail.id)));
        mails.truncate(SHOWN);
        Ok(mails)
    }
}

fn links(text: &str) -> Vec<String> {
    text.split_whitespace()
        .filter(|word| word.starts_with("http://") || word.starts_with("https://"))
        .map(str::to_owned)
        .collect()
}
