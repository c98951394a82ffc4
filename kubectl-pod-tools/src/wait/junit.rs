//! The file of `--junit`. It is never a report of another run: from the moment
//! when the option is checked it says that the wait did not finish, until it says
//! what came of it. It is replaced as a whole, so that no half of it is ever read.
//!
//! A symbolic link is followed, as a shell's `>` does, and stays a link. Pipes,
//! devices and descriptors (`/dev/stdout`, `>(…)`) get the one report of the end.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use super::ci;
use crate::error::{Failure, system};
use crate::ui::Ui;

/// A file that has symbolic links to more links than this is nowhere (Linux,
/// path_resolution(7)).
const LINKS: usize = 40;
/// Whoever reads a pipe is given so long to begin.
const PATIENCE: Duration = Duration::from_secs(30);
/// A run that did not even begin to wait does not wait for a reader either.
const SHORT: Duration = Duration::from_millis(500);

/// Where the report goes.
#[derive(Clone, Debug)]
pub(crate) struct JunitFile {
    /// As it was named.
    path: PathBuf,
    place: Place,
    /// The report of the end has been written, or was tried to be.
    is_written: Arc<AtomicBool>,
}

/// The kind of file that the name leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// A regular file, or none yet.
    File(PathBuf),
    /// Our standard output.
    Stdout,
    /// Our standard error.
    Stderr,
    /// Another thing that can be written.
    Stream(PathBuf),
}

impl JunitFile {
    /// Why it is not there where nobody knows more.
    pub(super) const UNWRITTEN: &str = "the JUnit report is not written";

    /// Whether it can be written again: what is no file is read as it comes.
    pub(super) fn can_be_replaced(&self) -> bool {
        matches!(self.place, Place::File(_))
    }

    /// Takes the place of a report that an earlier run left there.
    ///
    /// # Errors
    /// Wrong usage: it cannot be written.
    pub(super) fn begin(path: &Path) -> Result<Self, Failure> {
        let wrong = |error: io::Error| Failure::usage(unwritable(path, &error));
        let place = place(path).map_err(wrong)?;
        if let Place::File(file) = &place {
            let unfinished = ci::junit(std::iter::empty(), Some("the wait did not finish"));
            replace(file, &unfinished).map_err(wrong)?;
        }
        Ok(Self {
            path: path.to_owned(),
            place,
            is_written: Arc::default(),
        })
    }

    /// Writes the report of a run that ended before it had one.
    pub(super) fn fail(&self, why: &str, ui: &Ui) {
        if self.is_written.load(Ordering::Relaxed) {
            return;
        }
        let text = ci::junit(std::iter::empty(), Some(why));
        if let Err(why) = self.write_within(text, SHORT, ui) {
            ui.error(&why);
        }
    }

    /// Writes the report.
    ///
    /// # Errors
    /// Why it cannot be written, or that nobody takes it in time, in words.
    pub(super) fn write(
        &self,
        text: String,
        limit: Option<Duration>,
        ui: &Ui,
    ) -> Result<(), String> {
        self.is_written.store(true, Ordering::Relaxed);
        self.write_within(text, limit.unwrap_or(PATIENCE).min(PATIENCE), ui)
    }

    /// Replaces the report, where it is a file: whatever else took it has read it.
    ///
    /// # Errors
    /// Why it cannot be written, in words.
    pub(super) fn amend(&self, text: &str) -> Result<(), String> {
        match &self.place {
            Place::File(file) => {
                replace(file, text).map_err(|error| unwritable(&self.path, &error))
            }
            Place::Stdout | Place::Stderr | Place::Stream(_) => Ok(()),
        }
    }

    fn write_within(&self, text: String, limit: Duration, ui: &Ui) -> Result<(), String> {
        let written = match &self.place {
            Place::File(file) => replace(file, &text),
            Place::Stdout => {
                ui.data(&text);
                Ok(())
            }
            Place::Stderr => match ui.data_to_stderr(&text) {
                // That its reader went away is the reader's own affair.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                written => written,
            },
            Place::Stream(path) => return self.write_stream(path.clone(), text, limit),
        };
        written.map_err(|error| unwritable(&self.path, &error))
    }

    /// Opens and writes in a thread, which a pipe that nobody reads holds up.
    fn write_stream(&self, path: PathBuf, text: String, limit: Duration) -> Result<(), String> {
        let (sender, written) = mpsc::channel();
        std::thread::spawn(move || {
            let file = OpenOptions::new().append(true).open(path);
            // Whoever does not wait any more does not want to know.
            let _ = sender.send(file.and_then(|mut file| file.write_all(text.as_bytes())));
        });
        match written.recv_timeout(limit) {
            Ok(result) => result.map_err(|error| unwritable(&self.path, &error)),
            Err(_) => Err(format!(
                "cannot write {}: timed out waiting for a reader",
                self.path.display()
            )),
        }
    }
}

fn unwritable(path: &Path, error: &io::Error) -> String {
    format!("cannot write {}: {}", path.display(), system(error))
}

/// Follows symbolic links.
fn place(path: &Path) -> io::Result<Place> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        match own_descriptor(&path).as_deref() {
            Some("1") => return Ok(Place::Stdout),
            Some("2") => return Ok(Place::Stderr),
            Some(_) => return Ok(Place::Stream(path)),
            None => {}
        }
        let kind = match fs::symlink_metadata(&path) {
            Ok(metadata) => metadata.file_type(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Place::File(path)),
            Err(error) => return Err(error),
        };
        if kind.is_symlink() {
            let target = fs::read_link(&path)?;
            path.pop();
            path.push(target);
        } else if kind.is_file() {
            return Ok(Place::File(path));
        } else if kind.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        } else {
            return Ok(Place::Stream(path));
        }
    }
    Err(io::Error::other("too many levels of symbolic links"))
}

/// The number of a descriptor of this process, where the path names one:
/// `/dev/fd/N` and `/proc/PID/fd/N`, whatever `self` and links lead there.
fn own_descriptor(path: &Path) -> Option<String> {
    let number = path.file_name()?.to_str()?;
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let directory = fs::canonicalize(path.parent()?).ok()?;
    let own = format!("/proc/{}/", std::process::id());
    let directory = directory.to_str()?;
    let is_own =
        directory == "/dev/fd" || (directory.starts_with(&own) && directory.ends_with("/fd"));
    is_own.then(|| number.to_owned())
}

/// Replaces a file as a whole, or creates it. Where that is not possible without
/// changing more than its text, it is written in its place.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A file that may not be written is not replaced, either.
    match OpenOptions::new().write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(error),
        _ => {}
    }
    match rename_over(path, text) {
        Ok(()) => Ok(()),
        Err(_) => fs::write(path, text),
    }
}

fn rename_over(path: &Path, text: &str) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut beside = std::ffi::OsString::from(".");
    beside.push(name);
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(beside);
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&beside)?;
    let renamed = fill(file, path, text).and_then(|()| fs::rename(&beside, path));
    if renamed.is_err() {
        // Where it cannot even be removed, there is nothing else to do.
        let _ = fs::remove_file(&beside);
    }
    renamed
}

/// Writes a file that is to be another, with that one's permissions.
fn fill(mut file: File, like: &Path, text: &str) -> io::Result<()> {
    file.write_all(text.as_bytes())?;
    let Ok(before) = fs::metadata(like) else {
        return Ok(());
    };
    if !is_only_ours(&file.metadata()?, &before) {
        return Err(io::ErrorKind::Unsupported.into());
    }
    file.set_permissions(before.permissions())
}

/// Whether a file has the owner that a new one has, and no other name.
#[cfg(unix)]
fn is_only_ours(new: &fs::Metadata, before: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (new.uid(), new.gid(), 1) == (before.uid(), before.gid(), before.nlink())
}

#[cfg(not(unix))]
fn is_only_ours(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::*;

    #[test]
    fn a_file_is_replaced_with_its_permissions_unless_it_has_another_name() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("out.xml");
        replace(&path, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        for mode in [0o640, 0o600, 0o664] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let old = File::open(&path).unwrap();
            replace(&path, "replaced").unwrap();
            let after = fs::metadata(&path).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), "replaced");
            assert_eq!(after.permissions().mode() & 0o777, mode);
            assert_ne!(after.ino(), old.metadata().unwrap().ino());
        }
        let other = home.path().join("other.xml");
        fs::hard_link(&path, &other).unwrap();
        replace(&path, "of both").unwrap();
        assert_eq!(fs::read_to_string(&other).unwrap(), "of both");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2);
    }
}
