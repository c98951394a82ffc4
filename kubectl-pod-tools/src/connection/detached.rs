//! Runs work that may block in a thread of its own, so that a signal or a time limit can end
//! the command.

use super::error::ConfigError;

/// Returns the result of the work.
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
            "cannot read the configuration".to_owned(),
        ))
    };
    receiver.await.unwrap_or_else(lost)
}
