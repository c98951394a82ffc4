//! Targets, read; and what stands around them to answer look-ups.

use pod_model::kinds::{by_type, pod_template_path};
use pod_model::lookup::LookupKind;
use pod_model::manifest::LazyManifest;
use pod_model::{Document, Finding, KubernetesVersion};

use super::args::Chosen;
use super::candidate::{Candidate, candidates};
use super::subject::{Object, Target};
use super::words::Which;
use crate::cluster::{Cluster, ClusterError, Resource};
use crate::connection::ConfigError;
use crate::context::Context;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::input;

/// An object of the input from which look-ups are answered.
#[derive(Clone, Debug)]
pub(crate) struct LocalObject {
    pub document: Document,
    pub kind: LookupKind,
    pub name: String,
    /// Empty for what lives in no namespace.
    pub namespace: String,
}

/// What look-ups are answered from.
pub(crate) struct Surroundings {
    /// The objects of the input that answer look-ups.
    pub local_objects: Vec<LocalObject>,
    /// Asked for what they do not hold; none when it is not to be asked.
    pub cluster: Option<Cluster>,
    /// Whose rules apply.
    pub version: KubernetesVersion,
    /// The namespace of what names none.
    pub namespace: String,
}

/// Everything that was named.
pub(crate) struct Loaded {
    pub candidates: Vec<Candidate>,
    pub surroundings: Surroundings,
}

/// Reads the targets, and the objects of the input that are of one of the `kinds`.
///
/// # Errors
/// Inputs that cannot be read, targets that do not exist, no cluster.
pub(crate) async fn load(
    chosen: &Chosen,
    kinds: &[LookupKind],
    context: &Context,
) -> Result<Loaded, CommandError> {
    match chosen {
        Chosen::Input { filenames, offline } => {
            let inputs = input::split(filenames, &context.ui)?;
            // The cluster is not needed to say that nothing can be explained.
            let cluster = if *offline || !holds_target(&inputs) {
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
            let surroundings = Surroundings {
                local_objects: Vec::new(),
                cluster,
                version,
                namespace: default,
            };
            Ok(candidates(inputs, kinds, surroundings))
        }
        Chosen::Live(named) => {
            let cluster = context.connect().await?;
            let version = version(context, Some(&cluster)).await?;
            let mut candidates = Vec::new();
            for one in named {
                let resource = Resource::of(one.kind);
                let namespace = cluster.namespace();
                let objects = match &one.which {
                    Which::Name(name) => {
                        let answer = cluster.get(&resource, namespace, name).await;
                        vec![answer.map_err(|error| missing(error, name, namespace))?]
                    }
                    Which::Selector(selector) => {
                        cluster.list(&resource, namespace, Some(selector)).await?
                    }
                };
                if objects.is_empty() {
                    let plural = resource.qualified();
                    return Err(Failure::new(
                        Exit::NotFound,
                        format!("no {plural} in namespace \"{namespace}\" match the selector"),
                    )
                    .into());
                }
                for object in objects {
                    let target = Target::new(one.kind, &Object::Live(object), namespace);
                    let target =
                        target.map_err(|finding| not_one(&resource, &cluster, &finding))?;
                    candidates.push(Candidate::Live(Box::new(target)));
                }
            }
            Ok(Loaded {
                candidates,
                surroundings: Surroundings {
                    local_objects: Vec::new(),
                    namespace: cluster.namespace().to_owned(),
                    cluster: Some(cluster),
                    version,
                },
            })
        }
    }
}

/// The failure of an object that has not the fields of its kind.
fn not_one(resource: &Resource, cluster: &Cluster, finding: &Finding) -> Failure {
    let (kind, server) = (&resource.kind, cluster.server());
    let place = match finding.path.to_string() {
        path if path.is_empty() => String::new(),
        path => format!("{path}: "),
    };
    let message = format!(
        "{server} sent a {kind} that is none: {place}{}",
        finding.message
    );
    Failure::new(Exit::Cluster, message)
}

/// An object that is not there is most often in another namespace, or is the
/// type that somebody wanted to choose from.
fn missing(error: ClusterError, name: &str, namespace: &str) -> Failure {
    let is_missing = error.is_not_found();
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

/// Whether an object in the inputs has a Pod template, or is a Pod.
fn holds_target(inputs: &[LazyManifest]) -> bool {
    let is_target = |document: &Document| {
        let kind = document.kind().unwrap_or_default();
        pod_template_path(document.api_version().unwrap_or_default(), kind).is_some()
    };
    inputs.iter().any(|pieces| {
        let mut read = (0..pieces.len()).map(|piece| pieces.read(piece));
        read.any(|read| read.documents.iter().any(is_target))
    })
}

/// A file alone can be explained where there is no cluster at all; a cluster
/// that is configured and does not answer is an error.
async fn optional_cluster(context: &Context) -> Result<Option<Cluster>, CommandError> {
    match crate::connection::connect(&context.connection, context.log()).await {
        Ok(cluster) => Ok(Some(cluster)),
        Err(ConfigError::NoCluster { missing }) => {
            if !missing.is_empty() {
                let message = ConfigError::NoCluster { missing }.to_string();
                context
                    .ui
                    .warning(&format!("the cluster is not asked: {message}"));
            }
            Ok(None)
        }
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
