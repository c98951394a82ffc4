//! A checked command line of `explain-probes`.

use pod_model::KubernetesVersion;
use pod_probe::Assumptions;

use crate::explain::args::ExplainOptions;

/// Options of `explain-probes`.
#[derive(Clone, Debug)]
pub(in crate::explain) struct ProbesOptions {
    pub explain: ExplainOptions,
    pub assumptions: Assumptions,
    /// `--kubernetes-version`.
    pub version: Option<KubernetesVersion>,
}

impl ProbesOptions {
    /// Returns true if nothing is assumed: a container that answers and stops at once.
    pub(super) fn is_normal_course(&self) -> bool {
        let usual = Assumptions {
            horizon: self.assumptions.horizon,
            ..Assumptions::default()
        };
        self.assumptions == usual
    }
}
