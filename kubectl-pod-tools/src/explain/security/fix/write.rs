//! A file, replaced as a whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::{Failure, system};
use crate::exit::Exit;
use crate::input::{InputError, read_file};
use crate::ui::Ui;

/// A file that can be replaced: where links lead, and its content.
pub(super) struct FixFile {
    /// As typed.
    pub name: String,
    path: PathBuf,
    pub bytes: Vec<u8>,
}

impl FixFile {
    /// Reads a file that is to be edited.
    ///
    /// # Errors
    /// Usage error for anything that is no file: standard input, a URL, a directory, a pipe. A
    /// file that cannot be read.
    pub(super) fn read(typed: &Path, ui: &Ui) -> Result<Self, Failure> {
        let name = typed.display().to_string();
        let expected = |found: &str| {
            Failure::usage(format!("`--fix` requires a file, found {found}"))
                .help("use `-o patch` for a patch, or name the file")
        };
        if name == "-" {
            return Err(expected("standard input"));
        }
        if name.starts_with("http://") || name.starts_with("https://") {
            return Err(expected("a URL"));
        }
        let failed = |source: io::Error| {
            Failure::from(InputError::Io {
                path: name.clone(),
                source,
            })
        };
        let path = fs::canonicalize(typed).map_err(failed)?;
        let metadata = fs::metadata(&path).map_err(failed)?;
        if metadata.is_dir() {
            return Err(expected(&format!("the directory {name}")));
        }
        if !metadata.is_file() {
            return Err(expected(&format!("{name}, which is a pipe or device")));
        }
        let bytes = read_file(&path, ui)?;
        Ok(Self { name, path, bytes })
    }

    /// Replaces the file by a rename, so that nobody ever sees a part of it. Owner and
    /// permissions stay.
    ///
    /// # Errors
    /// It cannot be written, or has been changed since it was read; then it stays as it is.
    pub(super) fn replace(&self, new: &[u8]) -> Result<(), Failure> {
        let failed = |error: io::Error| {
            let message = format!("cannot write {}: {}", self.name, system(&error));
            Failure::new(Exit::Failure, message).help("the file is as it was")
        };
        // A file without write permission is not replaced, either.
        OpenOptions::new()
            .write(true)
            .open(&self.path)
            .map_err(failed)?;
        if fs::read(&self.path).map_err(failed)? != self.bytes {
            let message = format!("{} was changed meanwhile", self.name);
            return Err(Failure::new(Exit::Failure, message).help("nothing is written; try again"));
        }
        let name = self.path.file_name().unwrap_or_default();
        let mut beside = std::ffi::OsString::from(".");
        beside.push(name);
        beside.push(format!(".{}.tmp", std::process::id()));
        let beside = self.path.with_file_name(beside);
        let renamed = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&beside)
            .and_then(|file| fill(file, &self.path, new))
            .and_then(|()| fs::rename(&beside, &self.path));
        if renamed.is_err() {
            // An error of the removal cannot be handled.
            let _ = fs::remove_file(&beside);
        }
        renamed.map_err(failed)
    }
}

/// Writes a file that replaces another, with the owner and the permissions of that.
fn fill(mut file: File, like: &Path, new: &[u8]) -> io::Result<()> {
    let before = fs::metadata(like)?;
    keep_owner(&file, &before)?;
    file.write_all(new)?;
    file.set_permissions(before.permissions())?;
    file.sync_all()
}

#[cfg(unix)]
fn keep_owner(file: &File, before: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    if before.nlink() > 1 {
        return Err(io::Error::other(
            "it has several names (hard links), of which only one would change",
        ));
    }
    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (before.uid(), before.gid()) {
        fchown(file, Some(before.uid()), Some(before.gid()))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;
    use crate::ui::{ColorChoice, Ui};

    fn read(path: &Path) -> Result<FixFile, Failure> {
        FixFile::read(path, &Ui::new(ColorChoice::Never, false, 0))
    }

    #[test]
    fn a_file_is_replaced_behind_its_link_with_its_permissions() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("real.yaml");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let link = home.path().join("link.yaml");
        symlink("real.yaml", &link).unwrap();
        let before = fs::metadata(&path).unwrap().ino();
        read(&link).unwrap().replace(b"new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        let after = fs::metadata(&path).unwrap();
        assert_ne!(after.ino(), before);
        assert_eq!(after.permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_file_that_changed_or_has_another_name_stays() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.yaml");
        fs::write(&path, "old").unwrap();
        let file = read(&path).unwrap();
        fs::write(&path, "newer").unwrap();
        let failure = file.replace(b"new").unwrap_err();
        assert!(failure.message.contains("meanwhile"), "{failure:?}");
        let file = read(&path).unwrap();
        fs::hard_link(&path, home.path().join("b.yaml")).unwrap();
        let failure = file.replace(b"new").unwrap_err();
        assert!(failure.message.contains("hard links"), "{failure:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "newer");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2);
    }

    #[test]
    fn only_files_are_edited() {
        let home = tempfile::tempdir().unwrap();
        let refused = |path: &Path| read(path).err().unwrap().message;
        assert!(refused(Path::new("-")).contains("standard input"));
        assert!(refused(Path::new("https://x/y.yaml")).contains("a URL"));
        assert!(refused(home.path()).contains("the directory"));
        assert!(refused(Path::new("/dev/null")).contains("pipe or device"));
        assert!(refused(&home.path().join("gone")).contains("gone"));
    }
}
