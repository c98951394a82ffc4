//! Reasons why the text of a Job misleads.

use std::fmt;

use serde::Serialize;

use crate::prose::list;

/// A reason why the text of a Job misleads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "id", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum JobMisleading {
    /// `Running` is the text of any Job without a condition, also of one that no controller
    /// has seen.
    NotSeen {
        /// `spec.managedBy`, if it names another controller than the built-in one.
        managed_by: Option<String>,
    },
    /// `Running`, and no Pod of the Job is active.
    NoActivePods,
    /// `Running`, and no active Pod is ready.
    NoReadyPods {
        /// Number of active Pods.
        active: i32,
    },
    /// `Running`, and Pods have failed.
    PodsFailed {
        /// Number of failed Pods.
        failed: i32,
    },
    /// The Job is certain to fail or to succeed, and waits for its Pods to end.
    OutcomeCertain {
        /// `FailureTarget` or `SuccessCriteriaMet`.
        condition: String,
        /// The reason of the condition; may be empty.
        reason: String,
    },
    /// The deletion was requested, which is not shown of a Job that has ended.
    DeletionHidden {
        /// The finalizers that keep it; may be empty.
        finalizers: Vec<String>,
    },
    /// `Terminating` lasts until these finalizers are gone.
    HeldByFinalizers {
        /// The finalizers.
        finalizers: Vec<String>,
    },
    /// `spec.suspend` says otherwise, and the controller has not acted on it.
    SuspendNotSeen {
        /// `spec.suspend`.
        suspend: bool,
    },
    /// `Complete` with fewer successes than completions, which a success policy allows.
    SucceededEarly {
        /// Number of Pods that have succeeded.
        succeeded: i32,
        /// `spec.completions`.
        completions: i32,
    },
    /// DURATION of a Job that has failed counts on: only a Complete Job has a completion time.
    DurationGoesOn,
}

fn quoted(texts: &[String]) -> String {
    let quoted = texts.iter().map(|text| format!("`{text}`"));
    list(&quoted.collect::<Vec<_>>())
}

impl fmt::Display for JobMisleading {
    /// Writes a clause that follows "misleads because".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSeen { managed_by: None } => {
                f.write_str("no controller has seen the Job: its status is empty")
            }
            Self::NotSeen {
                managed_by: Some(name),
            } => write!(
                f,
                "the Job's status is empty: controller `{name}` has to manage it, and the built-in one does not"
            ),
            Self::NoActivePods => f.write_str("no Pod of the Job is active"),
            Self::NoReadyPods { active } => {
                write!(f, "none of its {active} active Pods is ready")
            }
            Self::PodsFailed { failed: 1 } => f.write_str("1 Pod has failed"),
            Self::PodsFailed { failed } => write!(f, "{failed} Pods have failed"),
            Self::OutcomeCertain { condition, reason } => {
                let outcome = if condition == "FailureTarget" {
                    "fail"
                } else {
                    "succeed"
                };
                write!(
                    f,
                    "the Job is certain to {outcome} once its Pods have ended"
                )?;
                match reason.as_str() {
                    "" => Ok(()),
                    reason => write!(f, " ({reason})"),
                }
            }
            Self::DeletionHidden { finalizers } if finalizers.is_empty() => f.write_str(
                "the deletion of the Job was requested, which is not shown of a Job that has ended",
            ),
            Self::DeletionHidden { finalizers } => write!(
                f,
                "the deletion of the Job was requested, which is not shown of a Job that has ended; finalizers keep it: {}",
                quoted(finalizers)
            ),
            Self::HeldByFinalizers { finalizers } => {
                write!(f, "finalizers keep the Job: {}", quoted(finalizers))
            }
            Self::SuspendNotSeen { suspend } => write!(
                f,
                "`spec.suspend` is {suspend}, and the controller has not acted on it"
            ),
            Self::SucceededEarly {
                succeeded,
                completions,
            } => write!(
                f,
                "{succeeded} of {completions} completions were enough for its success policy"
            ),
            Self::DurationGoesOn => {
                f.write_str("DURATION counts on: a Job that has failed has no completion time")
            }
        }
    }
}
