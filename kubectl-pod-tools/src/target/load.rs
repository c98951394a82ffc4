//! Targets, read; and what stands around them to answer look-ups.

use pod_model::kinds::{by_kind, by_type, pod_template_path};
use pod_model::{Document, Finding, KubernetesVersion, Severity};
use serde_json::Value;

use super::args::Chosen;
use super::subject::{Object, Target};
use super::words::Which;
use crate::cluster::{Cluster, ClusterError, Resource};
use crate::connection::ConfigError;
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::input;
use crate::render::Placed;

/// An object of the same input.
#[derive(Clone, Debug)]
pub(crate) struct Neighbour {
    pub document: Document,
    pub kind: String,
    pub name: String,
    /// Empty for what lives in no namespace.
    pub namespace: String,
}

/// What look-ups are answered from.
pub(crate) struct Surroundings {
    /// The other objects of the input.
    pub neighbours: Vec<Neighbour>,
    /// Asked for what they do not hold; none when it is not to be asked.
    pub cluster: Option<Cluster>,
    /// Whose rules apply.
    pub version: KubernetesVersion,
}

/// Everything that was named.
pub(crate) struct Loaded {
    pub targets: Vec<Target>,
    pub surroundings: Surroundings,
    /// What is wrong with the input itself.
    pub findings: Vec<Placed>,
}

/// Reads the targets.
///
/// # Errors
/// Inputs that cannot be read, targets that do not exist, no cluster.
pub(crate) async fn load(chosen: &Chosen, context: &Context) -> Result<Loaded, CommandError> {
    match chosen {
        Chosen::Input { filenames, offline } => {
            let manifests = input::read(filenames, &context.ui)?;
            let cluster = if *offline {
                None
            } else {
                optional_cluster(context).await?
            };
            let version = version(context, cluster.as_ref()).await?;
            let default = match (&cluster, &context.connection.namespace) {
                (_, Some(namespace)) => namespace.clone(),
                (Some(cluster), None) => cluster.namespace().to_owned(),
                (None, None) => "default".to_owned(),
            };
            from_input(&manifests, &default, cluster, version)
        }
        Chosen::Live(named) => {
            let cluster = context.connect().await?;
            let version = version(context, Some(&cluster)).await?;
            let mut targets = Vec::new();
            for one in named {
                let resource = Resource::of(one.kind);
                let namespace = cluster.namespace();
                let objects = match &one.which {
                    Which::Name(name) => {
                        let answer = cluster.get(&resource, namespace, name).await;
                        vec![answer.map_err(|error| missing(error, name, namespace))?]
                    }
                    Which::Selector(selector) => {
                        let list = cluster.list(&resource, namespace, Some(selector)).await?;
                        items(list)
                    }
                };
                if objects.is_empty() {
                    let plural = resource.qualified();
                    return Err(Failure::new(
                        Exit::Gone,
                        format!("no {plural} in namespace \"{namespace}\" match the selector"),
                    )
                    .into());
                }
                for object in objects {
                    let target = Target::new(one.kind, &Object::Live(object), namespace);
                    targets.push(
                        target.map_err(|finding| Failure::new(Exit::Cluster, finding.message))?,
                    );
                }
            }
            Ok(Loaded {
                targets,
                surroundings: Surroundings {
                    neighbours: Vec::new(),
                    cluster: Some(cluster),
                    version,
                },
                findings: Vec::new(),
            })
        }
    }
}

/// An object that is not there is most often in another namespace, or is the
/// type that somebody wanted to choose from.
fn missing(error: ClusterError, name: &str, namespace: &str) -> Failure {
    let is_missing = error.code() == Some(404);
    let failure = Failure::from(error);
    if !is_missing || failure.help.is_some() {
        return failure;
    }
    if by_type(name).is_some() {
        return failure.help(format!(
            "as a TYPE, `{name}` needs a name or labels beside it: {name}/NAME, or {name} -l LABEL=VALUE"
        ));
    }
    failure.help(format!(
        "it was looked for in namespace `{namespace}`; -n chooses another"
    ))
}

/// The items of a list, whatever it calls itself.
pub(crate) fn items(mut list: Value) -> Vec<Value> {
    match list.get_mut("items").map(Value::take) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    }
}

/// A file alone can be explained where there is no cluster at all; a cluster
/// that is configured and does not answer is an error.
async fn optional_cluster(context: &Context) -> Result<Option<Cluster>, CommandError> {
    match crate::connection::connect(&context.connection, context.log()).await {
        Ok(cluster) => Ok(Some(cluster)),
        Err(ConfigError::NoCluster) => Ok(None),
        Err(error) => {
            let failure = Failure::from(error);
            Err(failure
                .help("add --offline to explain the file alone")
                .into())
        }
    }
}

async fn version(
    context: &Context,
    cluster: Option<&Cluster>,
) -> Result<KubernetesVersion, CommandError> {
    if let Some(version) = context.kubernetes_version {
        return Ok(version);
    }
    let Some(cluster) = cluster else {
        return Ok(KubernetesVersion::LATEST);
    };
    match cluster.version().await {
        Ok((_, minor)) => Ok(KubernetesVersion::nearest(minor)),
        Err(error) if error.is_about_connection() => Err(error.into()),
        // Who may not see the version may still see Pods.
        Err(_) => Ok(KubernetesVersion::LATEST),
    }
}

fn from_input(
    manifests: &[pod_model::Manifest],
    default_namespace: &str,
    cluster: Option<Cluster>,
    version: KubernetesVersion,
) -> Result<Loaded, CommandError> {
    let mut targets = Vec::new();
    let mut neighbours = Vec::new();
    let mut findings = Vec::new();
    let mut place = |document: Option<&Document>, object: &str, found: Vec<Finding>| {
        let found = match document {
            Some(document) => document.place(found),
            None => found,
        };
        findings.extend(found.into_iter().map(|finding| Placed {
            finding,
            source: document.map(|d| d.source().clone()),
            object: object.to_owned(),
        }));
    };
    for document in manifests.iter().flat_map(|manifest| &manifest.documents) {
        let (api_version, kind) = (
            document.api_version().unwrap_or(""),
            document.kind().unwrap_or(""),
        );
        let problems = input::problems(document, version);
        let makes_pods = by_kind(api_version, kind)
            .filter(|kind| pod_template_path(&kind.api_version(), kind.kind).is_some());
        let Some(kind) = makes_pods else {
            if let Some(name) = document.name() {
                neighbours.push(Neighbour {
                    kind: kind.to_owned(),
                    name: name.to_owned(),
                    namespace: document.namespace().unwrap_or(default_namespace).to_owned(),
                    document: document.clone(),
                });
            }
            place(Some(document), document.name().unwrap_or(""), problems);
            continue;
        };
        match Target::new(kind, &Object::Written(document), default_namespace) {
            Ok(target) => {
                place(Some(document), &target.shown, problems);
                targets.push(target);
            }
            Err(finding) => {
                let told = problems
                    .iter()
                    .any(|problem| problem.severity == Severity::Error);
                place(Some(document), "", problems);
                if !told {
                    place(Some(document), "", vec![*finding]);
                }
            }
        }
    }
    for manifest in manifests {
        findings.extend(manifest.errors.iter().map(|finding| Placed {
            finding: finding.clone(),
            source: Some(manifest.source.clone()),
            object: String::new(),
        }));
    }
    let sound = !findings
        .iter()
        .any(|placed| placed.finding.severity == Severity::Error);
    if targets.is_empty() && sound {
        return Err(Failure::new(Exit::No, "the input holds no Pod, and nothing that makes Pods")
            .help("a Pod, Job, CronJob, Deployment, ReplicaSet, StatefulSet, DaemonSet, ReplicationController or PodTemplate is wanted")
            .into());
    }
    Ok(Loaded {
        targets,
        surroundings: Surroundings {
            neighbours,
            cluster,
            version,
        },
        findings,
    })
}
