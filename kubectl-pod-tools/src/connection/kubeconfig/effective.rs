//! The way to one cluster, from the files, the flags or the Pod around us.

use kube::config::Kubeconfig;

use super::choose::{choose, single};
use super::files::{self, Files};
use crate::connection::error::ConfigError;
use crate::connection::flags::ConnectionFlags;
use crate::connection::in_cluster;

/// The one cluster, user and namespace that the flags choose from the files;
/// when no file says anything and no server is named, those of the Pod that we
/// run in.
pub(in crate::connection) fn effective(flags: &ConnectionFlags) -> Result<Kubeconfig, ConfigError> {
    let Files { merged, missing } = files::read(flags.kubeconfig.as_deref())?;
    // Who names something of a kubeconfig does not mean the cluster that this
    // Pod runs in.
    let is_named = flags.server.is_some()
        || flags.context.is_some()
        || flags.cluster.is_some()
        || flags.user.is_some();
    if let Some(merged) = merged.or_else(|| is_named.then(Kubeconfig::default)) {
        return choose(&merged, flags);
    }
    let (mut cluster, mut user, context) =
        in_cluster::service_account().ok_or(ConfigError::NoCluster { missing })?;
    flags.apply_to_cluster(&mut cluster);
    flags.apply_to_user(&mut user);
    Ok(single(cluster, user, context))
}
