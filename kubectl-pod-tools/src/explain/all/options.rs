//! A checked command line of `explain`, and what it means for each topic.

use pod_model::KubernetesVersion;
use pod_probe::Assumptions;

use crate::explain::args::ExplainOptions;
use crate::explain::env::EnvOptions;
use crate::explain::hooks::{HooksOptions, ShutdownAssumed};
use crate::explain::job::JobOptions;
use crate::explain::probes::ProbesOptions;
use crate::explain::resources::ResourcesOptions;
use crate::explain::scheduling::SchedulingOptions;
use crate::explain::security::SecurityOptions;
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
            tail: 10,
            is_watch: false,
            is_redacted: false,
        }
    }
}

impl From<&AllOptions> for JobOptions {
    fn from(all: &AllOptions) -> Self {
        Self {
            explain: all.explain.clone(),
            // Of other objects the topic says that they are none of its own, and is left out.
            is_explicit: true,
            command: String::new(),
            assumptions: None,
        }
    }
}

impl From<&AllOptions> for SchedulingOptions {
    fn from(all: &AllOptions) -> Self {
        Self {
            explain: all.explain.clone(),
            node: None,
            is_as_written: false,
            is_part: true,
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
            assumed: ShutdownAssumed::default(),
            grace: None,
        }
    }
}

impl From<&AllOptions> for ResourcesOptions {
    fn from(all: &AllOptions) -> Self {
        Self {
            explain: all.explain.clone(),
            runtime: None,
            node_memory: None,
            is_as_written: false,
        }
    }
}

impl From<&AllOptions> for SecurityOptions {
    fn from(all: &AllOptions) -> Self {
        Self {
            explain: all.explain.clone(),
            level: None,
            pss_version: None,
            as_written: false,
        }
    }
}
