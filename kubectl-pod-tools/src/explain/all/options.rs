//! A checked command line of `explain`, and what it means for each topic.

use pod_model::KubernetesVersion;
use pod_probe::{Assumptions, ShutdownAssumptions};

use crate::explain::args::ExplainOptions;
use crate::explain::env::EnvOptions;
use crate::explain::hooks::HooksOptions;
use crate::explain::probes::ProbesOptions;
use crate::explain::status::StatusOptions;

/// Options of `explain`.
#[derive(Clone, Debug)]
pub(super) struct AllOptions {
    pub explain: ExplainOptions,
    /// `--kubernetes-version`.
    pub version: Option<KubernetesVersion>,
}

impl From<&AllOptions> for StatusOptions {
    fn from(all: &AllOptions) -> Self {
        Self {
            explain: all.explain.clone(),
        }
    }
}

impl From<&AllOptions> for EnvOptions {
    fn from(all: &AllOptions) -> Self {
        Self {
            explain: all.explain.clone(),
            trace: None,
            services: false,
            verify: false,
            image_configs: Vec::new(),
            cluster_domain: None,
        }
    }
}

impl From<&AllOptions> for ProbesOptions {
    fn from(all: &AllOptions) -> Self {
        Self {
            explain: all.explain.clone(),
            assumptions: Assumptions::default(),
            version: all.version,
        }
    }
}

impl From<&AllOptions> for HooksOptions {
    fn from(all: &AllOptions) -> Self {
        Self {
            explain: all.explain.clone(),
            assumptions: ShutdownAssumptions::default(),
            grace: None,
        }
    }
}
