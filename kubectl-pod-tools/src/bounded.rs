//! Reads files up to a limit: a device, a pipe without a writer and a file of many gigabytes
//! are errors, not a hang or a full memory.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// Time without data after which the wait for a pipe is reported.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);
/// Time without data after which a named pipe counts as having no writer.
pub(crate) const SILENCE: Duration = Duration::from_mins(1);

/// Bounds of one read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Maximum number of bytes.
    pub bytes: usize,
    /// Maximum time without data from a pipe, or `None` for no limit.
    pub silence: Option<Duration>,
}

impl Bounds {
    /// Returns the bounds of a named file.
    pub(crate) const fn file(bytes: usize) -> Self {
        let silence = Some(SILENCE);
        Self { bytes, silence }
    }
}

/// Error of a bounded read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// Error of the system.
    #[error("{}", crate::error::system(.0))]
    Io(io::Error),
    /// More bytes than the limit.
    #[error("it is larger than {}", size(*limit))]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// No data from a pipe or device for a long time.
    #[error("no data for {seconds} s")]
    Silent {
        /// Time without data.
        seconds: u64,
    },
}

/// Formats a number of bytes: `64 MiB`, `512 KiB`.
pub(crate) fn size(bytes: usize) -> String {
    match bytes {
        mib if mib >= 1 << 20 => format!("{} MiB", mib >> 20),
        kib => format!("{} KiB", kib >> 10),
    }
}

/// Reads a named file. A regular file is read at once, a pipe or device in a thread of its own;
/// `on_pause` is called after each pause without data.
///
/// # Errors
/// See [`ReadError`].
pub(crate) fn read_file(
    path: &Path,
    bounds: Bounds,
    on_pause: impl FnMut(),
) -> Result<Vec<u8>, ReadError> {
    let metadata = fs::metadata(path).map_err(ReadError::Io)?;
    if !metadata.is_file() {
        // Opening a pipe that nobody writes to blocks, too.
        let owned = path.to_owned();
        return read_stream(move || File::open(owned), bounds, on_pause);
    }
    let too_large = ReadError::TooLarge {
        limit: bounds.bytes,
    };
    let length = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
    if length > bounds.bytes {
        return Err(too_large);
    }
    let mut bytes = Vec::with_capacity(length);
    // It may grow meanwhile, and /proc says 0 of all its files.
    let file = File::open(path).map_err(ReadError::Io)?;
    let mut file = file.take(bounds.bytes as u64 + 1);
    file.read_to_end(&mut bytes).map_err(ReadError::Io)?;
    if bytes.len() > bounds.bytes {
        return Err(too_large);
    }
    Ok(bytes)
}

/// Reads a stream in a thread of its own, which is abandoned if it blocks forever.
///
/// # Errors
/// See [`ReadError`].
pub(crate) fn read_stream<R: Read>(
    open: impl FnOnce() -> io::Result<R> + Send + 'static,
    bounds: Bounds,
    mut on_pause: impl FnMut(),
) -> Result<Vec<u8>, ReadError> {
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
                Ok(n) => Ok(buffer.get(..n).unwrap_or_default().to_vec()),
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
    let mut waited = Duration::ZERO;
    loop {
        match receiver.recv_timeout(PATIENCE) {
            Ok(chunk) => {
                waited = Duration::ZERO;
                bytes.extend(chunk.map_err(ReadError::Io)?);
                if bytes.len() > bounds.bytes {
                    let limit = bounds.bytes;
                    return Err(ReadError::TooLarge { limit });
                }
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(bytes),
            Err(RecvTimeoutError::Timeout) => {
                waited += PATIENCE;
                on_pause();
                if let Some(limit) = bounds.silence
                    && waited >= limit
                {
                    let seconds = limit.as_secs();
                    return Err(ReadError::Silent { seconds });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &Path, bytes: usize) -> Result<Vec<u8>, ReadError> {
        read_file(path, Bounds::file(bytes), || {})
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
        let bounds = Bounds {
            bytes: 1,
            silence: Some(PATIENCE),
        };
        let mut pauses = 0;
        let error = read_stream(|| Ok(Never), bounds, || pauses += 1).unwrap_err();
        assert!(matches!(error, ReadError::Silent { seconds: 2 }), "{error}");
        assert_eq!(pauses, 1);
    }

    #[test]
    fn an_endless_device_is_cut_off() {
        for limit in [10, 1 << 20] {
            let error = read(Path::new("/dev/zero"), limit).unwrap_err();
            assert!(matches!(error, ReadError::TooLarge { .. }), "{error}");
        }
        assert_eq!(read(Path::new("/dev/null"), 10).unwrap(), b"");
    }

    #[test]
    fn a_file_may_be_as_large_as_the_limit_and_no_larger() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        fs::write(&path, [7; 100]).unwrap();
        assert_eq!(read(&path, 100).unwrap(), [7; 100]);
        assert!(matches!(
            read(&path, 99),
            Err(ReadError::TooLarge { limit: 99 })
        ));
        // A hole costs no disk, and would cost the memory.
        File::create(&path).unwrap().set_len(1 << 40).unwrap();
        assert!(matches!(
            read(&path, 1 << 20),
            Err(ReadError::TooLarge { .. })
        ));
        // The length of what /proc shows is 0.
        assert!(matches!(
            read(Path::new("/proc/self/status"), 10),
            Err(ReadError::TooLarge { .. })
        ));
    }

    #[test]
    fn a_directory_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(read(dir.path(), 10), Err(ReadError::Io(_))));
    }

    #[test]
    fn sizes_are_written_as_people_write_them() {
        assert_eq!(size(64 << 20), "64 MiB");
        assert_eq!(size(512 << 10), "512 KiB");
    }
}
