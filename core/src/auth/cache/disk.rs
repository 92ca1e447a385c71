//! Files that only the user can read.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read, Write},
    path::{Path, PathBuf},
};

use crate::error::{Error, Result};

/// The content of a file; none where there is no file.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    let mut file = match not_following(OpenOptions::new().read(true)).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable(path, &error)),
    };
    check_owner(path, &file)?;
    let mut content = Vec::new();
    match file.read_to_end(&mut content) {
        Ok(_) => Ok(Some(content)),
        Err(error) => Err(unusable(path, &error)),
    }
}

/// Replaces the content at once: nobody ever reads half of it. Whoever writes has locked it for others.
pub(super) fn write(path: &Path, content: &[u8]) -> Result<()> {
    let new = beside(path, "new");
    let written = || {
        // Of a process that died while it wrote.
        if let Err(error) = fs::remove_file(&new)
            && error.kind() != ErrorKind::NotFound
        {
            return Err(error);
        }
        let mut file = private(OpenOptions::new().write(true).create_new(true)).open(&new)?;
        file.write_all(content)?;
        fs::rename(&new, path)
    };
    written().map_err(|error| unusable(path, &error))
}

/// A file to lock, made with its folder where it is not there.
pub(super) fn lock_file(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    let options = private(not_following(
        options.write(true).create(true).truncate(false),
    ));
    let opened = || match options.open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            make_folder(path.parent().unwrap_or(path))?;
            options.open(path)
        }
        outcome => outcome,
    };
    let file = opened().map_err(|error| unusable(path, &error))?;
    check_owner(path, &file)?;
    Ok(file)
}

/// A file whose name goes on after that of `path`.
pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(end);
    name.into()
}

fn unusable(path: &Path, error: &io::Error) -> Error {
    let shown = path.display();
    if path.is_symlink() {
        let message = format!("token cache: {shown} is a link, and might lead to another's file");
        return Error::configuration(message).hint("give the path of the file itself");
    }
    let message = format!("token cache: {shown} cannot be used: {error}");
    Error::configuration(message).hint("give the path of a file that you may write")
}

#[cfg(unix)]
mod of_this_platform {
    use std::{
        fs::{DirBuilder, File, OpenOptions},
        io,
        os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
        path::Path,
    };

    use rustix::{fs::OFlags, process::geteuid};

    use crate::error::{Error, Result};

    /// The bits by which anybody else may do anything.
    const OTHERS: u32 = 0o077;

    pub(super) fn not_following(options: &mut OpenOptions) -> &mut OpenOptions {
        // Not waiting either, should it be no file but something that is written to by another.
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        options.custom_flags(flags.bits().cast_signed())
    }

    pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
        options.mode(0o600)
    }

    pub(super) fn make_folder(path: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)
    }

    /// Looks at the file that is open, which nobody can exchange for another.
    pub(super) fn check_owner(path: &Path, file: &File) -> Result<()> {
        let shown = path.display();
        let metadata = file.metadata();
        let metadata = metadata.map_err(|error| super::unusable(path, &error))?;
        let (problem, hint) = if !metadata.is_file() {
            ("is not a file", "give the path of a file".to_owned())
        } else if metadata.uid() != geteuid().as_raw() {
            let hint = "give the path of a file of your own".to_owned();
            ("belongs to another user", hint)
        } else if metadata.mode() & OTHERS != 0 {
            let hint = format!("run `chmod 600 '{shown}'`, or remove it");
            ("is open to other users", hint)
        } else {
            return Ok(());
        };
        Err(Error::configuration(format!("token cache: {shown} {problem}")).hint(hint))
    }
}

/// The folder of the user's profile is what protects the file.
#[cfg(not(unix))]
mod of_this_platform {
    use std::{
        fs::{self, File, OpenOptions},
        io,
        path::Path,
    };

    use crate::error::Result;

    pub(super) fn not_following(options: &mut OpenOptions) -> &mut OpenOptions {
        options
    }

    pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
        options
    }

    pub(super) fn make_folder(path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    pub(super) fn check_owner(_: &Path, _: &File) -> Result<()> {
        Ok(())
    }
}

use of_this_platform::{check_owner, make_folder, not_following, private};
