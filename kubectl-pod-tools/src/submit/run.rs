//! The run of `create` and `apply`: checks, connects, sends.

use pod_model::RulesVersion;
use tokio::time::Instant;

use super::attach::until;
use super::check_options::CheckOptions;
use super::objects::Objects;
use super::options::DryRun;
use super::prepare::may_send_any;
use super::send::Run;
use crate::cluster::{Cluster, ClusterError};
use crate::context::Context;
use crate::deadline;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;

/// Submits objects. The rules are those of the server's version, and without a server those
/// of the newest version.
///
/// # Errors
/// Objects that cannot be generated; a cluster that cannot be reached before anything was
/// sent.
pub(crate) fn run(mut objects: impl Objects, context: &Context) -> Result<Exit, CommandError> {
    let is_client_dry_run = objects.options().dry_run == DryRun::Client;
    let local_rules = CheckOptions::new(objects.options(), context, None);
    let namespace = local_rules.namespace.as_deref();
    let local = if objects.are_in_cluster() {
        None
    } else {
        Some(objects.batch(local_rules.version)?)
    };
    if let Some(batch) = &local {
        if is_client_dry_run {
            return Run::new(batch, &local_rules, context).client_dry_run(namespace);
        }
        // Findings that hold for every version need no cluster.
        if !may_send_any(&batch.manifests, &local_rules) {
            return Ok(Run::new(batch, &local_rules, context).finish());
        }
    }
    // The time limit of the wait is that of the whole run.
    let wait = objects.options().wait.as_ref();
    let limit = wait.and_then(|wait| wait.limit(Instant::now()));
    if let Some(limit) = limit {
        deadline::set(limit.into_std());
    }
    Context::block_on(async {
        let (cluster, server_version) = match connect(context, limit).await {
            Ok(connected) => connected,
            Err(error) => {
                // Findings by the newest rules, rather than an error of the connection.
                let local = local.as_ref();
                let run = local.map(|batch| Run::new(batch, &local_rules, context));
                return match run {
                    Some(run) if !run.has_objects() => Ok(run.finish()),
                    _ => Err(error),
                };
            }
        };
        let Some(fetched) = until(limit, objects.fetch(&cluster)).await else {
            let message = "nothing was sent: the object of --from has not been read";
            return Err(Failure::timed_out(message).into());
        };
        fetched?;
        let rules = CheckOptions::new(objects.options(), context, server_version.as_ref());
        context.warn_of_skew(&context.rules_version(server_version.as_ref()));
        let batch = match local {
            Some(batch) if rules.version == local_rules.version => batch,
            _ => objects.batch(rules.version)?,
        };
        let mut run = Run::new(&batch, &rules, context).until(limit);
        if is_client_dry_run {
            return run.client_dry_run(namespace);
        }
        run.send_all(&cluster).await
    })
}

/// Connects to the cluster, and returns its version, or `None` if it may not be read.
async fn connect(
    context: &Context,
    limit: Option<Instant>,
) -> Result<(Cluster, Option<RulesVersion>), CommandError> {
    let cluster = context.connect().await?;
    let Some(version) = until(limit, cluster.version()).await else {
        let server = cluster.server();
        let message = format!("nothing was sent: {server} has not sent its version");
        return Err(Failure::timed_out(message).into());
    };
    match version {
        Ok(version) => Ok((cluster, Some(version))),
        // The right to create does not imply the right to read the version.
        Err(ClusterError::Refused { status, .. }) if status.code != 401 => Ok((cluster, None)),
        Err(error) => Err(error.into()),
    }
}
