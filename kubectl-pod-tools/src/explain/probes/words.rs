//! Words of reports.

use pod_probe::{Kind, ProbeKind};

/// Returns the word for a kind of probe.
pub(super) fn word(kind: ProbeKind) -> &'static str {
    match kind {
        ProbeKind::Startup => "startup",
        ProbeKind::Readiness => "readiness",
        ProbeKind::Liveness => "liveness",
    }
}

/// Returns the word of a kind.
pub(super) fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Startup => "startup",
        Kind::Readiness => "readiness",
        Kind::Liveness => "liveness",
    }
}

/// Returns `once`, `4 times`.
pub(super) fn times(count: u32) -> String {
    match count {
        1 => "once".to_owned(),
        count => format!("{count} times"),
    }
}
