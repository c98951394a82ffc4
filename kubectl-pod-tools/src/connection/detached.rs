//! Work that may block, in a thread that nobody waits for at the end: a signal or a
//! time limit passes it by.

use super::error::ConfigError;

/// Runs the work and returns what it makes.
pub(super) async fn detached<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ConfigError> + Send + 'static,
) -> Result<T, ConfigError> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // Whoever does not listen any more has ended.
        let _ = sender.send(work());
    });
    // The sender goes without a word only where the work has panicked.
    let lost = |_| {
        Err(ConfigError::Unusable(
            "the configuration cannot be read".to_owned(),
        ))
    };
    receiver.await.unwrap_or_else(lost)
}
