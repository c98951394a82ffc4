//! Standard output, and its first failure.

use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anstream::AutoStream;

/// Pause before another write to a full stream that another program has made non-blocking.
const FULL: Duration = Duration::from_millis(2);

/// State of standard output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Health {
    /// All writes succeeded so far.
    #[default]
    Good,
    /// Its reader has gone, which is not an error.
    Closed,
    /// A write failed in another way, so that output is missing.
    Failed,
}

/// Standard output. Its first failure is recorded, and nothing is written after it.
pub(super) struct Output {
    stream: Mutex<AutoStream<io::Stdout>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    health: Health,
    /// The failure, until it is reported.
    failure: Option<io::Error>,
    /// True once standard error has a note about redirected output.
    redirected: bool,
}

impl Output {
    pub(super) fn new(stream: AutoStream<io::Stdout>) -> Self {
        Self {
            stream: Mutex::new(stream),
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn health(&self) -> Health {
        self.state().health
    }

    /// Takes the first failure, to report it.
    pub(super) fn take_failure(&self) -> Option<io::Error> {
        self.state().failure.take()
    }

    /// Returns true for the first line that goes to standard error instead.
    pub(super) fn is_first_redirected(&self) -> bool {
        !std::mem::replace(&mut self.state().redirected, true)
    }

    fn failed(&self, error: io::Error) {
        let mut state = self.state();
        if state.health == Health::Good {
            if error.kind() == io::ErrorKind::BrokenPipe {
                state.health = Health::Closed;
            } else {
                state.health = Health::Failed;
                state.failure = Some(error);
            }
        }
    }

    /// Writes a text, to the byte if it is `plain`, otherwise without styles if colour is off.
    /// Writes nothing after a failure.
    pub(super) fn write(&self, text: &[u8], plain: bool) {
        self.with(|stream| {
            if plain {
                let mut out = stream.as_inner();
                write_whole(&mut out, text)?;
                flush_whole(&mut out)
            } else {
                write_whole(stream, text)?;
                flush_whole(stream)
            }
        });
    }

    fn with(&self, write: impl FnOnce(&mut AutoStream<io::Stdout>) -> io::Result<()>) {
        if self.health() != Health::Good {
            return;
        }
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        // The stream may have failed while this thread waited for it.
        if self.health() == Health::Good
            && let Err(error) = write(&mut stream)
        {
            self.failed(error);
        }
    }
}

/// Writes all bytes, also to a non-blocking stream: one writer of a terminal or a pipe can
/// make it non-blocking for all.
pub(super) fn write_whole(stream: &mut impl Write, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match until_it_takes(|| stream.write(bytes))? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            count => bytes = bytes.get(count..).unwrap_or_default(),
        }
    }
    Ok(())
}

/// Flushes a stream that may be non-blocking.
fn flush_whole(stream: &mut impl Write) -> io::Result<()> {
    until_it_takes(|| stream.flush())
}

fn until_it_takes<T>(mut write: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match write() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => std::thread::sleep(FULL),
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Accepts one byte at every third call.
    #[derive(Default)]
    struct Reluctant {
        taken: Vec<u8>,
        asked: usize,
    }

    impl Write for Reluctant {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.asked += 1;
            match self.asked % 3 {
                0 => Err(io::ErrorKind::WouldBlock.into()),
                1 => Err(io::ErrorKind::Interrupted.into()),
                _ => {
                    self.taken.push(bytes[0]);
                    Ok(1)
                }
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_stream_that_is_full_for_a_moment_loses_nothing() {
        let mut stream = Reluctant::default();
        write_whole(&mut stream, b"whole").unwrap();
        assert_eq!(stream.taken, b"whole");
    }

    #[test]
    fn the_first_failure_is_kept_and_nothing_is_written_after_it() {
        for (kind, health) in [
            (io::ErrorKind::BrokenPipe, Health::Closed),
            (io::ErrorKind::StorageFull, Health::Failed),
            (io::ErrorKind::WriteZero, Health::Failed),
        ] {
            let output = Output::new(AutoStream::never(io::stdout()));
            let mut writes = 0;
            for expected in 1..3 {
                output.with(|_| {
                    writes += 1;
                    Ok(())
                });
                assert_eq!((writes, output.health()), (expected, Health::Good));
            }
            output.with(|_| Err(kind.into()));
            assert_eq!(output.health(), health, "{kind}");
            for later in [io::ErrorKind::BrokenPipe, io::ErrorKind::Other] {
                output.with(|_| {
                    writes += 1;
                    Err(later.into())
                });
                assert_eq!((writes, output.health()), (2, health), "{kind}");
            }
            // A reader that has gone is not reported; another failure is, once.
            let told = output.take_failure().map(|error| error.kind());
            assert_eq!(told, (health == Health::Failed).then_some(kind));
            assert!(output.take_failure().is_none());
        }
    }
}
