//! Bytes from something that may never end.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::MAX_BYTES;
use super::error::InputError;
use crate::ui::Ui;

/// Somebody who waits wants to know for what.
const PATIENCE: Duration = Duration::from_secs(2);
/// A pipe under a name that gives nothing for so long has no writer.
const SILENCE: Duration = Duration::from_mins(1);

/// A file that is named. Regular files are read at once; pipes and devices are
/// listened to for as long as something comes.
pub(super) fn file(path: &Path, ui: &Ui) -> Result<Vec<u8>, InputError> {
    let name = path.display().to_string();
    let io_error = |source| InputError::Io {
        path: name.clone(),
        source,
    };
    let metadata = fs::metadata(path).map_err(io_error)?;
    if metadata.is_file() {
        if metadata.len() > MAX_BYTES as u64 {
            return Err(InputError::TooLarge(name));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
        let limit = MAX_BYTES as u64 + 1;
        let file = File::open(path).map_err(io_error)?;
        file.take(limit).read_to_end(&mut bytes).map_err(io_error)?;
        return within_limit(bytes, &name);
    }
    // Opening a pipe that nobody writes to blocks, so that happens beside us, too.
    let owned = path.to_owned();
    listen(move || File::open(owned), &name, Some(SILENCE), ui)
}

/// Standard input. It ends when its writer does, however long that takes.
pub(super) fn stdin(ui: &Ui) -> Result<Vec<u8>, InputError> {
    if io::stdin().is_terminal() {
        ui.note("reading manifests from standard input; end with Ctrl-D");
    }
    listen(|| Ok(io::stdin()), "stdin", None, ui)
}

fn within_limit(bytes: Vec<u8>, name: &str) -> Result<Vec<u8>, InputError> {
    if bytes.len() > MAX_BYTES {
        return Err(InputError::TooLarge(name.to_owned()));
    }
    Ok(bytes)
}

/// Reads in a thread of its own, which is left behind when it blocks for ever.
fn listen<R: Read>(
    open: impl FnOnce() -> io::Result<R> + Send + 'static,
    name: &str,
    silence: Option<Duration>,
    ui: &Ui,
) -> Result<Vec<u8>, InputError> {
    let (sender, receiver) = mpsc::sync_channel::<io::Result<Vec<u8>>>(4);
    thread::spawn(move || {
        let mut reader = match open() {
            Ok(reader) => reader,
            Err(error) => return drop(sender.send(Err(error))),
        };
        let mut buffer = vec![0; 1 << 16];
        loop {
            let message = match reader.read(&mut buffer) {
                Ok(0) => return,
                Ok(n) => Ok(buffer[..n].to_vec()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let failed = message.is_err();
            if sender.send(message).is_err() || failed {
                return;
            }
        }
    });
    let mut bytes = Vec::new();
    let mut told = false;
    let mut waited = Duration::ZERO;
    loop {
        match receiver.recv_timeout(PATIENCE) {
            Ok(chunk) => {
                waited = Duration::ZERO;
                bytes.extend(chunk.map_err(|source| InputError::Io {
                    path: name.to_owned(),
                    source,
                })?);
                if bytes.len() > MAX_BYTES {
                    return Err(InputError::TooLarge(name.to_owned()));
                }
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(bytes),
            Err(RecvTimeoutError::Timeout) => {
                waited += PATIENCE;
                if !std::mem::replace(&mut told, true) {
                    ui.note(&format!("waiting for {name} to give a manifest …"));
                }
                if let Some(limit) = silence
                    && waited >= limit
                {
                    return Err(InputError::Silent {
                        path: name.to_owned(),
                        seconds: limit.as_secs(),
                    });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::ColorChoice;

    fn quiet() -> Ui {
        Ui::new(ColorChoice::Never, true, 0)
    }

    #[test]
    fn a_pipe_without_a_writer_is_given_up() {
        struct Never;
        impl Read for Never {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                loop {
                    thread::park();
                }
            }
        }
        let limit = Some(PATIENCE);
        let error = listen(|| Ok(Never), "pipe", limit, &quiet()).unwrap_err();
        assert!(
            matches!(error, InputError::Silent { seconds: 2, .. }),
            "{error}"
        );
    }

    #[test]
    fn an_endless_device_is_cut_off() {
        let error = file(Path::new("/dev/zero"), &quiet()).unwrap_err();
        assert!(matches!(error, InputError::TooLarge(_)), "{error}");
    }

    #[test]
    fn a_directory_that_took_the_files_place_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let error = file(dir.path(), &quiet()).unwrap_err();
        assert!(matches!(error, InputError::Io { .. }), "{error}");
    }
}
