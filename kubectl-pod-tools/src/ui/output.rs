//! Standard output, and whether anybody still gets what is written there.

use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anstream::AutoStream;

/// Pause before a stream is tried again that another program has made
/// non-blocking and that is full.
const FULL: Duration = Duration::from_millis(2);

/// Whether standard output takes what is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Health {
    /// So far.
    #[default]
    Good,
    /// Its reader has gone, which is the reader's own affair.
    Closed,
    /// It failed in another way: what was asked for is not there.
    Failed,
}

/// The stream. Its first failure is remembered, and nothing is written after it:
/// no command depends on its output being read.
pub(super) struct Output {
    stream: Mutex<AutoStream<io::Stdout>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    health: Health,
    /// Why it failed, until that is told.
    failure: Option<io::Error>,
    /// The reader of standard error knows why it gets what was for standard output.
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

    /// The first failure, for whoever tells it.
    pub(super) fn take_failure(&self) -> Option<io::Error> {
        self.state().failure.take()
    }

    /// Whether this is the first line that goes to standard error instead.
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

    /// Writes it all, to the byte where it is `plain`, and else without styles
    /// where colour is not wanted; nothing once something failed.
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
        // Whoever waited for the stream may have waited for its failure.
        if self.health() == Health::Good
            && let Err(error) = write(&mut stream)
        {
            self.failed(error);
        }
    }
}

/// Writes all bytes, to a non-blocking stream, too: a terminal or a pipe is that
/// for all its writers when one of them has made it so.
pub(super) fn write_whole(stream: &mut impl Write, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match until_it_takes(|| stream.write(bytes))? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            count => bytes = bytes.get(count..).unwrap_or_default(),
        }
    }
    Ok(())
}

/// Flushes in the same way.
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

    /// Takes one byte at a time, and not each time.
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
    fn what_failed_first_stands_and_nothing_is_written_after_it() {
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
            // A reader that has gone is nothing to tell; the rest is told once.
            let told = output.take_failure().map(|error| error.kind());
            assert_eq!(told, (health == Health::Failed).then_some(kind));
            assert!(output.take_failure().is_none());
        }
    }
}
