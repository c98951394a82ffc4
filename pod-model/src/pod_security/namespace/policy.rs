//! The policy that the labels of a namespace make.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::{AUDIT, AUDIT_VERSION, ENFORCE, ENFORCE_VERSION, WARN, WARN_VERSION};
use crate::nearest::nearest;
use crate::pod_security::{Level, LevelVersion, PolicyVersion, UnknownLevel};

/// A mode of admission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Pods that violate the level are refused.
    Enforce,
    /// Violations are written to the audit log.
    Audit,
    /// Violations are warned of.
    Warn,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Enforce => "enforce",
            Self::Audit => "audit",
            Self::Warn => "warn",
        })
    }
}

/// The source of a mode's level or version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Origin {
    /// The namespace's label.
    Label,
    /// A label that cannot be read: `enforce` is then restricted, `warn` and `audit` are
    /// privileged, and a version is the latest.
    Misspelt,
    /// Warn follows enforce, which is stricter.
    Enforce,
    /// The server's configured default, which the API does not show: `privileged` and
    /// `latest`, unless configured.
    ServerDefault,
}

/// The level and version of a mode, each with its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModePolicy {
    /// The level and version.
    pub at: LevelVersion,
    /// The source of the level.
    pub level_origin: Origin,
    /// The source of the version.
    pub version_origin: Origin,
}

impl ModePolicy {
    fn of_default(at: LevelVersion) -> Self {
        Self {
            at,
            level_origin: Origin::ServerDefault,
            version_origin: Origin::ServerDefault,
        }
    }
}

/// A label that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelError {
    /// The label's key.
    pub key: &'static str,
    /// Its value.
    pub value: String,
    /// Admission's reason: `must be "latest" or "v1.x"`.
    pub message: String,
}

impl fmt::Display for LabelError {
    /// Writes it as the API does (`field.Invalid`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            key,
            value,
            message,
        } = self;
        let value = super::super::words::go_quote(value);
        write!(
            f,
            "metadata.labels[{key}]: Invalid value: {value}: {message}"
        )
    }
}

/// The policy of a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The level that Pods must meet.
    pub enforce: ModePolicy,
    /// The level whose violations are written to the audit log.
    pub audit: ModePolicy,
    /// The level whose violations are warned of.
    pub warn: ModePolicy,
    /// Labels that cannot be read, in the order in which admission reads them.
    pub errors: Vec<LabelError>,
}

impl Policy {
    /// Returns the policy of a mode.
    pub fn mode(&self, mode: Mode) -> &ModePolicy {
        match mode {
            Mode::Enforce => &self.enforce,
            Mode::Audit => &self.audit,
            Mode::Warn => &self.warn,
        }
    }

    /// Returns whether a level or a version is that of the server's configuration, so
    /// that another server may answer otherwise.
    pub fn depends_on_server(&self) -> bool {
        let modes = [&self.enforce, &self.audit, &self.warn];
        modes.into_iter().any(|mode| {
            let is_asked = mode.at.level != Level::Privileged;
            mode.level_origin == Origin::ServerDefault
                || (is_asked && mode.version_origin == Origin::ServerDefault)
        })
    }
}

/// The levels that a server takes where labels are missing: `defaults` of its
/// `PodSecurityConfiguration`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Defaults {
    /// The level that is enforced.
    pub enforce: LevelVersion,
    /// The level that is written to the audit log.
    pub audit: LevelVersion,
    /// The level that is warned of.
    pub warn: LevelVersion,
}

impl Default for Defaults {
    /// Returns those of a server that is not configured.
    ///
    /// Upstream: k8s.io/pod-security-admission/admission/api/v1, `SetDefaults_PodSecurityDefaults`.
    fn default() -> Self {
        let at = LevelVersion {
            level: Level::Privileged,
            version: PolicyVersion::LATEST,
        };
        Self {
            enforce: at,
            audit: at,
            warn: at,
        }
    }
}

/// Returns the policy of a namespace's labels on a server that is not configured.
pub fn policy(labels: Option<&BTreeMap<String, String>>) -> Policy {
    policy_with(labels, Defaults::default())
}

/// Returns the policy of a namespace's labels.
///
/// Upstream: k8s.io/pod-security-admission/api, `PolicyToEvaluate`.
pub fn policy_with(labels: Option<&BTreeMap<String, String>>, defaults: Defaults) -> Policy {
    let mut reader = Reader {
        labels,
        errors: Vec::new(),
    };
    let mut enforce = ModePolicy::of_default(defaults.enforce);
    let mut audit = ModePolicy::of_default(defaults.audit);
    let mut warn = ModePolicy::of_default(defaults.warn);
    let enforced = reader.level(ENFORCE, Level::Restricted, &mut enforce);
    reader.version(ENFORCE_VERSION, &mut enforce);
    reader.level(AUDIT, Level::Privileged, &mut audit);
    reader.version(AUDIT_VERSION, &mut audit);
    let warned = reader.level(WARN, Level::Privileged, &mut warn);
    let has_version = reader.version(WARN_VERSION, &mut warn);
    // A misspelt label is no explicit level to follow, but warn's own stands for itself.
    if warned.is_none() && enforced == Some(true) && enforce.at.level > warn.at.level {
        warn.at.level = enforce.at.level;
        warn.level_origin = Origin::Enforce;
        if !has_version {
            warn.at.version = enforce.at.version;
            warn.version_origin = Origin::Enforce;
        }
    }
    Policy {
        enforce,
        audit,
        warn,
        errors: reader.errors,
    }
}

/// Returns the labels that look like those of Pod Security, and that nothing reads, each with the
/// one that it resembles.
pub fn unread_labels(
    labels: Option<&BTreeMap<String, String>>,
) -> Vec<(String, Option<&'static str>)> {
    let known = [
        ENFORCE,
        ENFORCE_VERSION,
        AUDIT,
        AUDIT_VERSION,
        WARN,
        WARN_VERSION,
    ];
    let keys = labels.into_iter().flat_map(BTreeMap::keys);
    let own = keys.filter(|key| key.starts_with(PREFIX) && !known.contains(&key.as_str()));
    own.map(|key| (key.clone(), nearest(key, known))).collect()
}

const PREFIX: &str = "pod-security.kubernetes.io/";

struct Reader<'a> {
    labels: Option<&'a BTreeMap<String, String>>,
    errors: Vec<LabelError>,
}

impl Reader<'_> {
    /// Reads a level: `None` without the label, else whether it can be read.
    fn level(
        &mut self,
        key: &'static str,
        otherwise: Level,
        mode: &mut ModePolicy,
    ) -> Option<bool> {
        let text = self.labels?.get(key)?;
        let read = text.parse();
        mode.at.level = read.unwrap_or(otherwise);
        mode.level_origin = origin(read.is_ok());
        if read.is_err() {
            self.error(key, text.clone(), UnknownLevel.to_string());
        }
        Some(read.is_ok())
    }

    /// Reads a version, and returns whether the label is there.
    fn version(&mut self, key: &'static str, mode: &mut ModePolicy) -> bool {
        let Some(text) = self.labels.and_then(|labels| labels.get(key)) else {
            return false;
        };
        let read = PolicyVersion::of_label(text);
        mode.at.version = read.unwrap_or(PolicyVersion::LATEST);
        mode.version_origin = origin(read.is_some());
        if read.is_none() {
            let message = "must be \"latest\" or \"v1.x\"".to_owned();
            self.error(key, text.clone(), message);
        }
        true
    }

    fn error(&mut self, key: &'static str, value: String, message: String) {
        self.errors.push(LabelError {
            key,
            value,
            message,
        });
    }
}

fn origin(is_read: bool) -> Origin {
    if is_read {
        Origin::Label
    } else {
        Origin::Misspelt
    }
}
