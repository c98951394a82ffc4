//! Parallel work with results in order.

use std::num::NonZero;
use std::sync::mpsc::sync_channel;
use std::thread;

/// Maximum number of threads; more would wait for the thread that takes the results.
const MOST_THREADS: usize = 8;

/// Calls `work` for chunks of `size` items in parallel, and passes the results to `take` in the
/// order of the items. No thread is ahead by more than two chunks, which bounds the memory of
/// the results.
///
/// # Errors
/// The first error of `take`, which ends the work.
pub(crate) fn in_order<T, R, E>(
    items: &[T],
    size: NonZero<usize>,
    work: impl Fn(&[T]) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E>
where
    T: Sync,
    R: Send,
{
    let chunks = || items.chunks(size.get());
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = threads.min(MOST_THREADS).min(chunks().len());
    if threads < 2 {
        return chunks().try_for_each(|chunk| take(work(chunk)));
    }
    thread::scope(|scope| {
        let work = &work;
        let workers: Vec<_> = (0..threads)
            .map(|first| {
                let (sender, receiver) = sync_channel(1);
                let own = chunks().skip(first).step_by(threads);
                scope.spawn(move || {
                    for chunk in own {
                        // Nobody takes any more: a pipe was closed.
                        if sender.send(work(chunk)).is_err() {
                            return;
                        }
                    }
                });
                receiver
            })
            .collect();
        for worker in workers.iter().cycle().take(chunks().len()) {
            match worker.recv() {
                Ok(result) => take(result)?,
                // Its thread panicked, and the scope passes that on.
                Err(_) => break,
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const THREE: NonZero<usize> = NonZero::new(3).unwrap();

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..1000).collect();
        let mut taken = Vec::new();
        let twice = |chunk: &[usize]| chunk.iter().map(|n| n * 2).collect::<Vec<_>>();
        let done: Result<(), ()> = in_order(&items, THREE, twice, |some| {
            taken.extend(some);
            Ok(())
        });
        assert_eq!(done, Ok(()));
        assert_eq!(taken, items.iter().map(|n| n * 2).collect::<Vec<_>>());
        let none: Result<(), ()> = in_order(&[0; 0], THREE, <[u8]>::len, |_| Err(()));
        assert_eq!(none, Ok(()), "there is nothing to take");
    }

    #[test]
    fn an_error_ends_the_work_early() {
        let items = vec![(); 100_000];
        let worked = AtomicUsize::new(0);
        let work = |chunk: &[()]| worked.fetch_add(chunk.len(), Ordering::Relaxed);
        let done = in_order(&items, THREE, work, |_| Err("closed"));
        assert_eq!(done, Err("closed"));
        assert!(worked.into_inner() < 1_000);
    }
}
