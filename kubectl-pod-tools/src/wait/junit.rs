//! The file of `--junit`. It never contains the report of an earlier run: from the check of the
//! option until the end it says that the wait did not finish. It is replaced as a whole, so that
//! readers never see half of it.
//!
//! A symbolic link is followed and kept, as by a shell's `>`. Pipes, devices and descriptors
//! (`/dev/stdout`, `>(…)`) get only the final report.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use super::ci;
use crate::error::{Failure, system};
use crate::ui::Ui;

/// Maximum number of symbolic links on the way to a file (Linux, path_resolution(7)).
const LINKS: usize = 40;
/// Time for the reader of a pipe to open it.
const PATIENCE: Duration = Duration::from_secs(30);
/// The same for a run that failed before the wait began.
const SHORT: Duration = Duration::from_millis(500);

/// The destination of the report.
#[derive(Clone, Debug)]
pub(crate) struct JunitFile {
    /// The path, as typed.
    path: PathBuf,
    place: Place,
    /// `true` if the final report has been written, or its writing has failed.
    is_written: Arc<AtomicBool>,
}

/// The kind of a destination.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// A regular file, or none yet.
    File(PathBuf),
    /// The standard output of this process.
    Stdout,
    /// The standard error of this process.
    Stderr,
    /// Any other file that can be written.
    Stream(PathBuf),
}

impl JunitFile {
    /// Failure of a report whose writing was not finished.
    pub(super) const UNWRITTEN: &str = "the JUnit report is not written";

    /// Returns whether the report can be replaced; a pipe or device is read as it is written.
    pub(super) fn can_be_replaced(&self) -> bool {
        matches!(self.place, Place::File(_))
    }

    /// Opens the file and replaces the report of an earlier run.
    ///
    /// # Errors
    /// Usage error: it cannot be written.
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

    /// Writes the report of a run that failed before it had one.
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
    /// The message: it cannot be written, or nobody reads it in time.
    pub(super) fn write(
        &self,
        text: String,
        limit: Option<Duration>,
        ui: &Ui,
    ) -> Result<(), String> {
        self.is_written.store(true, Ordering::Relaxed);
        self.write_within(text, limit.unwrap_or(PATIENCE).min(PATIENCE), ui)
    }

    /// Replaces the report if it is a file. Readers of anything else have read it already.
    ///
    /// # Errors
    /// The message: it cannot be written.
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
                // A reader that went away is not an error.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                written => written,
            },
            Place::Stream(path) => return self.write_stream(path.clone(), text, limit),
        };
        written.map_err(|error| unwritable(&self.path, &error))
    }

    /// Opens and writes the file in a thread, which a pipe without a reader may block.
    fn write_stream(&self, path: PathBuf, text: String, limit: Duration) -> Result<(), String> {
        let (sender, written) = mpsc::channel();
        std::thread::spawn(move || {
            let file = OpenOptions::new().append(true).open(path);
            // The receiver may have stopped waiting.
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

/// Returns the number of a descriptor of this process that a path names: `/dev/fd/N` or
/// `/proc/PID/fd/N`, through `self` and links.
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

/// Replaces a file as a whole, or creates it. If that would change more than its content, the file
/// is written in place.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A file without write permission is not replaced, either.
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
        // An error of the removal cannot be handled.
        let _ = fs::remove_file(&beside);
    }
    renamed
}

/// Writes a file that replaces another, with the permissions of that.
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

/// Returns whether a file has the owner of a new file, and no other name.
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
