//! A tenant in a file, so that it is still there after a restart or a crash.
//!
//! The directory lives in memory; the file follows it. Whoever changes something hands the change to the [`Journal`]
//! while it is still locked, one thread writes whatever has come in as one transaction, and no answer leaves before
//! everything that it could have seen is on disk. So an answer is a promise, many requests share a commit, and a file
//! never holds half a change.
//!
//! The generated population is not written: the file says how large it was and holds what differs from it. That is why
//! a change of the generator needs a new [`FORMAT`].

mod journal;

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use redb::{
    Database, DatabaseError, ReadableDatabase as _, ReadableTable as _, StorageError,
    TableDefinition,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::EmulatorError;
pub(crate) use journal::{Batch, Journal, Section};

/// The version of what is in the file.
const FORMAT: u32 = 1;
/// Under this name a part tells the version and the program that made the file.
const ABOUT: &str = "about";

impl Section {
    const fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Roles => "roles",
            Self::Orgs => "organizations",
            Self::Messages => "messages",
            Self::Tokens => "tokens",
            Self::RefreshTokens => "refresh_tokens",
            Self::Codes => "codes",
            Self::Parts => "parts",
        }
    }

    const fn table(self) -> TableDefinition<'static, &'static [u8], &'static [u8]> {
        TableDefinition::new(self.name())
    }
}

/// A key and a value as they stand in the file.
type Entry = (Vec<u8>, Vec<u8>);

/// What was in a file.
#[derive(Debug, Default)]
pub(crate) struct Saved(HashMap<&'static str, Vec<Entry>>);

/// Why a saved thing cannot be used.
pub(crate) type Unreadable = String;

impl Saved {
    /// Keys and raw values of a section, in the order of the keys.
    pub(crate) fn section(&self, section: Section) -> &[Entry] {
        self.0.get(section.name()).map_or(&[], Vec::as_slice)
    }

    /// All values of a section with their keys.
    pub(crate) fn all<T: DeserializeOwned>(
        &self,
        section: Section,
    ) -> Result<Vec<(&[u8], T)>, Unreadable> {
        let entries = self.section(section).iter();
        entries
            .map(|(key, value)| Ok((key.as_slice(), read(value)?)))
            .collect()
    }

    /// The part of this name, if it was ever saved.
    pub(crate) fn part<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Unreadable> {
        let mut parts = self.section(Section::Parts).iter();
        let found = parts.find(|(key, _)| key == name.as_bytes());
        found.map(|(_, value)| read(value)).transpose()
    }
}

/// Reads one value.
pub(crate) fn read<T: DeserializeOwned>(value: &[u8]) -> Result<T, Unreadable> {
    serde_json::from_slice(value).map_err(|error| error.to_string())
}

#[derive(Deserialize, serde::Serialize)]
struct About {
    format: u32,
    /// The version of the program, for whoever meets a file that is too new.
    made_by: String,
}

/// An open file. Dropping it writes what is left and closes it.
#[derive(Debug)]
pub(crate) struct Store {
    writer: Option<JoinHandle<()>>,
    journal: Journal,
    /// Threads do not survive a fork, so a child must not wait for this one.
    owner: u32,
}

impl Store {
    /// Opens or makes a file. What was in it comes along, if anything was.
    pub(crate) fn open(path: &Path) -> Result<(Self, Option<Saved>), EmulatorError> {
        let refused = |reason: String| EmulatorError::State {
            path: path.to_owned(),
            reason,
        };
        make_private(path).map_err(|error| refused(error.to_string()))?;
        let database = Database::create(path).map_err(|error| refused(explained(error)))?;
        let saved = load(&database).map_err(|error| refused(error.to_string()))?;
        let about: Option<About> = saved.part(ABOUT).map_err(&refused)?;
        match &about {
            Some(about) if about.format != FORMAT => {
                return Err(refused(format!(
                    "it has format {}, made by version {} of this program, and this version {} reads format {FORMAT}; \
                     use the version that made it, or another file",
                    about.format,
                    about.made_by,
                    env!("CARGO_PKG_VERSION"),
                )));
            }
            None if !saved.0.is_empty() => {
                return Err(refused("it was not made by this program".to_owned()));
            }
            _ => {}
        }
        let store = Self::start(database, path.to_owned()).map_err(EmulatorError::Runtime)?;
        Ok((store, about.is_some().then_some(saved)))
    }

    fn start(database: Database, path: PathBuf) -> std::io::Result<Self> {
        let journal = Journal::open();
        let source = journal.clone();
        let writer = std::thread::Builder::new()
            .name("identity-emulator-state".to_owned())
            .spawn(move || {
                while let Some(work) = source.next() {
                    match write(&database, &work.changes) {
                        Ok(()) => source.done(&work),
                        Err(error) => {
                            source.fail(&format!("{}: {error}", path.display()));
                            return;
                        }
                    }
                }
            })?;
        Ok(Self {
            writer: Some(writer),
            journal,
            owner: std::process::id(),
        })
    }

    pub(crate) fn journal(&self) -> Journal {
        self.journal.clone()
    }

    /// Says in a new file what it is.
    pub(crate) fn describe(batch: &mut Batch) {
        let about = About {
            format: FORMAT,
            made_by: env!("CARGO_PKG_VERSION").to_owned(),
        };
        batch.put(Section::Parts, ABOUT, &about);
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.journal.close();
        if let Some(writer) = self.writer.take()
            && self.owner == std::process::id()
        {
            // A writer that panicked has told everybody who waited that nothing more is written.
            let _ = writer.join();
        }
    }
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Journal")
    }
}

/// The file holds passwords and tokens in clear, so nobody else may read it.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn explained(error: DatabaseError) -> String {
    match error {
        DatabaseError::DatabaseAlreadyOpen => {
            "another process or tenant is using it; stop that one, or use another file".to_owned()
        }
        DatabaseError::UpgradeRequired(_) => {
            "it was made by another version of this program; use that version, or another file"
                .to_owned()
        }
        DatabaseError::Storage(StorageError::Io(error))
            if error.kind() == std::io::ErrorKind::InvalidData =>
        {
            "it was not made by this program".to_owned()
        }
        error => error.to_string(),
    }
}

fn load(database: &Database) -> Result<Saved, redb::Error> {
    let transaction = database.begin_read()?;
    let mut saved = Saved::default();
    for listed in transaction.list_tables()? {
        saved
            .0
            .entry(known_name(redb::TableHandle::name(&listed)))
            .or_default();
    }
    for section in Section::ALL {
        let table = match transaction.open_table(section.table()) {
            Ok(table) => table,
            Err(redb::TableError::TableDoesNotExist(_)) => continue,
            Err(error) => return Err(error.into()),
        };
        let entries = saved.0.entry(section.name()).or_default();
        for entry in table.iter()? {
            let (key, value) = entry?;
            entries.push((key.value().to_vec(), value.value().to_vec()));
        }
    }
    Ok(saved)
}

/// The name of the section's table, or a word for any other.
fn known_name(name: &str) -> &'static str {
    Section::ALL
        .into_iter()
        .map(|section| section.name())
        .find(|known| *known == name)
        .unwrap_or("unknown")
}

/// Writes changes so that all of them are on disk when this returns, or none.
fn write(database: &Database, changes: &[journal::Change]) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    for section in Section::ALL {
        let mut of_section = changes
            .iter()
            .filter(|change| change.section == section)
            .peekable();
        if of_section.peek().is_none() {
            continue;
        }
        let mut table = transaction.open_table(section.table())?;
        for change in of_section {
            match &change.value {
                Some(value) => table.insert(change.key.as_slice(), value.as_slice())?,
                None => table.remove(change.key.as_slice())?,
            };
        }
    }
    transaction.commit()?;
    Ok(())
}
