//! A cause of a Pod's state: what it says, what proves it, and what follows.

use k8s_openapi::jiff::Timestamp;
use serde::Serialize;

use super::table::CauseRow;
use crate::verdict::Verdict;

/// The degree to which a cause is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// The evidence allows no other.
    Proven,
    /// The evidence fits, and what would prove it is missing: events live for an hour.
    Likely,
}

/// The answer to the question whether a state gets better without somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BetterByItself {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// It may.
    Unknown,
}

/// A fact that a cause rests on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// The fact in the words of the API.
    pub text: String,
    /// The field of the object that says so; absent for an event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Time of an event, or the last of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Number of times that an event came; 1 for a field.
    #[serde(skip)]
    pub count: u32,
}

/// A cause.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    /// Row of the table of causes.
    #[serde(rename = "id", serialize_with = "super::table::serialize_id")]
    pub row: &'static CauseRow,
    /// The container that it is about; absent where it is about the Pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// A clause without a full stop, which reads behind "since" and by itself.
    pub message: String,
    /// The degree to which it is known.
    pub certainty: Certainty,
    /// Facts, the most telling first.
    pub evidence: Vec<Evidence>,
    /// The verdict about the Pod if this is its only cause.
    #[serde(skip)]
    pub verdict: Verdict,
    /// The answer to whether it goes away by itself.
    #[serde(skip)]
    pub better_by_itself: BetterByItself,
    /// Sentences that say what to do.
    #[serde(skip)]
    pub advice: Vec<String>,
    /// Begin of the state that it explains, where it is known.
    #[serde(skip)]
    pub since: Option<Timestamp>,
}

impl Cause {
    /// Returns a proven cause that does not go away by itself.
    pub(super) fn new(row: &'static CauseRow, message: impl Into<String>) -> Self {
        Self {
            row,
            container: None,
            message: message.into(),
            certainty: Certainty::Proven,
            evidence: Vec::new(),
            verdict: Verdict::No,
            better_by_itself: BetterByItself::No,
            advice: Vec::new(),
            since: None,
        }
    }

    pub(super) fn of(mut self, container: &str) -> Self {
        self.container = Some(container.to_owned());
        self
    }

    pub(super) fn likely(mut self) -> Self {
        self.certainty = Certainty::Likely;
        self
    }

    /// It may go away by itself.
    pub(super) fn may_pass(mut self) -> Self {
        self.verdict = Verdict::Unknown;
        self.better_by_itself = BetterByItself::Unknown;
        self
    }

    /// It goes away by itself; until then nothing is known.
    pub(super) fn passes(mut self) -> Self {
        self.verdict = Verdict::Unknown;
        self.better_by_itself = BetterByItself::Yes;
        self
    }

    /// Nothing is wrong with the Pod because of it.
    pub(super) fn harmless(mut self) -> Self {
        self.verdict = Verdict::Ok;
        self
    }

    pub(super) fn shown_by(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    pub(super) fn since(mut self, since: Option<Timestamp>) -> Self {
        self.since = since.or(self.since);
        self
    }

    pub(super) fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice.push(advice.into());
        self
    }
}

impl Evidence {
    /// A field with its value.
    pub(super) fn field(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            path: Some(path.into()),
            at: None,
            count: 1,
        }
    }
}
