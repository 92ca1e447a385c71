//! The file of a cache: how it is found, read, and changed by one process at a time.

use std::path::PathBuf;

use etcetera::BaseStrategy;
use serde_json::{Value, json};

use super::{Place, book::Book, disk, lock::Lock, seal::Seal};
use crate::error::{Error, Result};

/// What tells the file from any other, with the number of its layout.
const MARK: &str = "cyberark_identity_token_cache";
const VERSION: u64 = 1;

/// A file with a book in it, perhaps encrypted.
#[derive(Debug)]
pub(super) struct Vault {
    path: PathBuf,
    seal: Option<Seal>,
}

impl Vault {
    pub(super) fn open(place: &Place) -> Result<Self> {
        match place {
            Place::File(path) if path.file_name().is_none() => {
                let message = format!(
                    "token cache: `{}` is not the path of a file",
                    path.display()
                );
                Err(Error::configuration(message).hint("give the path of a file"))
            }
            Place::File(path) => Ok(Self::plain(path.clone())),
            Place::Keyring => {
                Self::sealed(in_state_folder("tokens.sealed")?, Seal::of_this_system()?)
            }
            Place::User => match Self::open(&Place::Keyring) {
                Ok(vault) => Ok(vault),
                Err(_) => Ok(Self::plain(in_state_folder("tokens.json")?)),
            },
        }
    }

    fn plain(path: PathBuf) -> Self {
        Self { path, seal: None }
    }

    fn sealed(path: PathBuf, seal: Seal) -> Result<Self> {
        {
            let _lock = Lock::wait(&disk::beside(&path, "lock"))?;
            seal.prepare()?;
        }
        let seal = Some(seal);
        Ok(Self { path, seal })
    }

    /// None where nothing is kept.
    pub(super) fn read(&self) -> Result<Option<Book>> {
        let content = disk::read(&self.path)?.unwrap_or_default();
        if content.is_empty() {
            return Ok(None);
        }
        let value: Value = serde_json::from_slice(&content).unwrap_or_default();
        match value.get(MARK).and_then(Value::as_u64) {
            Some(VERSION) => {}
            Some(_) => return Err(self.foreign("was written by another version of this package")),
            None => return Err(self.foreign("holds something else than tokens")),
        }
        match (value.get("sealed").and_then(Value::as_str), &self.seal) {
            (None, None) => Ok(Book::read(value)),
            (Some(sealed), Some(seal)) => {
                let opened = seal.open(sealed)?;
                let value = opened.and_then(|plain| serde_json::from_slice(&plain).ok());
                Ok(value.and_then(Book::read))
            }
            _ => Err(self.foreign("belongs to a cache of another kind")),
        }
    }

    /// Changes what is kept. Nobody else does meanwhile.
    pub(super) fn change(&self, change: impl FnOnce(&mut Book)) -> Result<()> {
        let _lock = Lock::wait(&disk::beside(&self.path, "lock"))?;
        let mut book = match self.read()? {
            Some(book) => book,
            None => Book::new()?,
        };
        change(&mut book);
        let mut value = json!({ MARK: VERSION });
        let written = json!(book);
        match &self.seal {
            None => merge(&mut value, written),
            Some(seal) => value["sealed"] = seal.close(written.to_string().into())?.into(),
        }
        disk::write(&self.path, value.to_string().as_bytes())
    }

    /// A lock of that name; none while another process has it.
    pub(super) fn turn(&self, name: &str) -> Result<Option<Lock>> {
        Lock::attempt(&disk::beside(&self.path, &format!("{name}.lock")))
    }

    fn foreign(&self, problem: &str) -> Error {
        let message = format!("token cache: {} {problem}", self.path.display());
        Error::configuration(message).hint("give another path, or remove the file")
    }
}

fn merge(value: &mut Value, members: Value) {
    if let (Value::Object(value), Value::Object(members)) = (value, members) {
        value.extend(members);
    }
}

/// The folder for what a program keeps, or, where a platform has none, for what it may lose. Neither goes along to other
/// machines.
fn in_state_folder(name: &str) -> Result<PathBuf> {
    let strategy = etcetera::base_strategy::choose_native_strategy();
    let strategy = strategy.map_err(|error| {
        let message = format!("token cache: there is no home folder: {error}");
        Error::configuration(message).hint("give the path of a file")
    })?;
    let folder = strategy.state_dir().unwrap_or_else(|| strategy.cache_dir());
    Ok(folder.join("cyberark-identity").join(name))
}
