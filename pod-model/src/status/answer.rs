//! The answer of a condition, with its evidence.

/// The state of an object with respect to a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The condition holds.
    Met(Evidence),
    /// It may still hold later.
    NotYet(Evidence),
    /// It can never hold.
    Never(Evidence),
}

/// The reason for an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Reason in CamelCase, as the API writes them: `Complete`, `BackoffLimitExceeded`.
    pub reason: String,
    /// A sentence that a person can act on; may be empty.
    pub message: String,
    /// The container that caused a failure: its log explains more.
    pub failing_container: Option<FailingContainer>,
}

/// A container that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailingContainer {
    /// Name of the Pod.
    pub pod: String,
    /// Name of the container.
    pub container: String,
}

impl Evidence {
    /// Returns evidence with a reason and a message, which may be empty.
    pub fn new(reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            message: message.into(),
            failing_container: None,
        }
    }

    /// Sets the container that caused the failure.
    #[must_use]
    pub fn with_failing_container(mut self, failing_container: Option<FailingContainer>) -> Self {
        self.failing_container = failing_container;
        self
    }
}

impl std::fmt::Display for Evidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.reason.as_str(), self.message.as_str()) {
            (reason, "") => f.write_str(reason),
            ("", message) => f.write_str(message),
            (reason, message) => write!(f, "{reason}: {message}"),
        }
    }
}
