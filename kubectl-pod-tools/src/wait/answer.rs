//! What a condition can answer.

/// Where an object stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is as it was waited for.
    Met(Evidence),
    /// It may still become so.
    NotYet(Evidence),
    /// It never will.
    Never(Evidence),
}

/// Why an answer is what it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// One word of the API: `Complete`, `BackoffLimitExceeded`.
    pub reason: String,
    /// What a person can act on; may be empty.
    pub message: String,
    /// The container that is to blame: its log says more.
    pub culprit: Option<Culprit>,
}

/// A container of a Pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Culprit {
    /// The Pod's name.
    pub pod: String,
    /// The container's name.
    pub container: String,
}

impl Evidence {
    /// A reason with a message, which may be empty.
    pub(crate) fn new(reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            message: message.into(),
            culprit: None,
        }
    }

    /// Blames a container, if there is one.
    #[must_use]
    pub(crate) fn blaming(mut self, culprit: Option<Culprit>) -> Self {
        self.culprit = culprit;
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
