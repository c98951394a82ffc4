//! Rules of `wait`: how a wait ends that does not end well.

rules! {
    WAIT_FAILED: Error, "wait-failed", "The target failed";
    WAIT_DELETED: Error, "wait-deleted", "The target was deleted before it was done";
    WAIT_STUCK: Error, "wait-stuck", "The target is stuck in a state that it cannot leave on its own";
    WAIT_TIMED_OUT: Error, "wait-timed-out", "The time-out passed before the target was done";
    WAIT_NOT_DELETED: Error, "wait-not-deleted", "An object that was to be deleted is still there";
}
