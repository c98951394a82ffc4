//! Counts, in tests, what is done again and again: nodes that are visited, bytes that are
//! looked through. What a machine needs for it is noise; its number is not.

#[cfg(test)]
thread_local! {
    static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Adds steps to the count.
#[inline]
pub(crate) fn steps(count: usize) {
    #[cfg(test)]
    STEPS.set(STEPS.get() + count);
    #[cfg(not(test))]
    let _ = count;
}

/// The steps that some work takes in this thread.
#[cfg(test)]
pub(crate) fn count(work: impl FnOnce()) -> usize {
    let before = STEPS.get();
    work();
    STEPS.get() - before
}
