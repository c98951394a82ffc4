//! Objects of a run: those of manifests, or generated ones.

use std::sync::Arc;

use pod_model::{KubernetesVersion, Manifest};

use super::options::SubmitOptions;
use crate::cluster::Cluster;
use crate::error::CommandError;
use crate::render::LocatedFinding;

/// Objects of one run, with the options for them.
pub(crate) struct Batch {
    /// The objects.
    pub manifests: Arc<[Manifest]>,
    /// Options of the run.
    pub options: SubmitOptions,
    /// Warnings to print if an object is valid.
    pub notes: Vec<String>,
    /// Warnings about the input, to print after these.
    pub warnings: Vec<LocatedFinding>,
}

/// Source of the objects of a run.
pub(crate) trait Objects {
    /// Returns the options that do not depend on the objects.
    fn options(&self) -> &SubmitOptions;

    /// Returns whether the objects depend on one of the cluster.
    fn are_in_cluster(&self) -> bool {
        false
    }

    /// Reads what the objects depend on.
    ///
    /// # Errors
    /// An object that does not exist; errors of requests.
    async fn fetch(&mut self, _cluster: &Cluster) -> Result<(), CommandError> {
        Ok(())
    }

    /// Returns the objects for a Kubernetes version.
    ///
    /// # Errors
    /// Objects that cannot be generated.
    fn batch(&self, version: KubernetesVersion) -> Result<Batch, CommandError>;
}

/// Objects of manifests.
pub(crate) struct ManifestObjects {
    manifests: Arc<[Manifest]>,
    options: SubmitOptions,
}

impl ManifestObjects {
    /// Returns the objects of manifests.
    pub(crate) fn new(manifests: Vec<Manifest>, options: SubmitOptions) -> Self {
        Self {
            manifests: manifests.into(),
            options,
        }
    }
}

impl Objects for ManifestObjects {
    fn options(&self) -> &SubmitOptions {
        &self.options
    }

    fn batch(&self, _version: KubernetesVersion) -> Result<Batch, CommandError> {
        Ok(Batch {
            manifests: Arc::clone(&self.manifests),
            options: self.options.clone(),
            notes: Vec::new(),
            warnings: Vec::new(),
        })
    }
}
