//! Flag `--from`: an existing object that the flags change.

use k8s_openapi::api::batch::v1::{Job, JobSpec};
use k8s_openapi::api::core::v1::{
    EmptyDirVolumeSource, Pod, PodSpec, PodTemplateSpec, ResourceRequirements, Volume,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use pod_model::kinds::by_kind;
use pod_model::{FieldPath, KubernetesVersion, Segment, decode_value, defaults};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::draft::{Draft, TargetKind};
use super::left_out::LeftOut;
use crate::submit::clean;

/// Kinds whose controllers and Services select Pods by the template's labels: they would adopt
/// a Pod with these labels.
const SELECT_BY_LABELS: [&str; 5] = [
    "Deployment",
    "ReplicaSet",
    "StatefulSet",
    "DaemonSet",
    "ReplicationController",
];

/// Tolerations that the DefaultTolerationSeconds admission adds.
const ADDED_TOLERATIONS: [&str; 2] = [
    "node.kubernetes.io/not-ready",
    "node.kubernetes.io/unreachable",
];

/// Annotations that are about one object and must not be copied.
const OF_ONE_OBJECT: [&str; 2] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    INSTANTIATE,
];

/// Fields of a Pod beside those that it has in common with a template.
const BESIDE_A_TEMPLATE: [&str; 3] = ["apiVersion", "kind", "status"];

/// Annotation that kubectl writes on a Job that a person creates from a CronJob
/// (k8s.io/kubectl/pkg/cmd/create, `createJobFromCronJob`).
const INSTANTIATE: &str = "cronjob.kubernetes.io/instantiate";

/// The reason why an object cannot be copied, as a lower-case phrase.
pub(super) type Refusal = String;

/// Creates a draft from an object. If a server has stored the object (it has a uid, also in a
/// file), the fields that the server and its admission wrote are left out. Fields that the types of
/// this program lack are left out with a warning, which calls the object `from`.
///
/// # Errors
/// An object without a valid Pod template.
pub(crate) fn draft_from(
    from: &str,
    object: &Value,
    path: &FieldPath,
    target_kind: TargetKind,
    version: KubernetesVersion,
) -> Result<Draft, Refusal> {
    let text = |key| object.get(key).and_then(Value::as_str).unwrap_or_default();
    let (api_version, kind) = (text("apiVersion"), text("kind"));
    let built_in = by_kind(api_version, kind).map(|row| row.kind);
    let live = object.pointer("/metadata/uid").is_some();
    let is_owned = object
        .pointer("/metadata/ownerReferences")
        .and_then(Value::as_array)
        .is_some_and(|owners| owners.iter().any(|owner| owner["controller"] == true));
    let object = if live {
        clean(object, &Value::Null)
    } else {
        object.clone()
    };
    let mut draft = Draft::new(target_kind);
    let mut left_out = LeftOut::new();
    let (given, mut template): (_, PodTemplateSpec) = decode_part(&object, path.segments(), kind)?;
    let beside: &[&str] = match path.segments() {
        [] => &BESIDE_A_TEMPLATE,
        _ => &[],
    };
    left_out.add(given, &template, path.segments(), beside);
    let pod = template.spec.take();
    let mut pod = pod.ok_or_else(|| format!("the {kind} has no Pod spec"))?;
    let mut job = JobSpec::default();
    if let Some(path) = path_of_job(built_in) {
        let (given, decoded) = decode_part(&object, path.segments(), kind)?;
        job = decoded;
        if target_kind == TargetKind::Job {
            left_out.add(given, &job, path.segments(), &["template"]);
        }
    }
    if let Some(warning) = left_out.warning(from) {
        draft.note(warning);
    }
    if live {
        without_admission(&mut pod, built_in == Some("Pod"));
        (job, pod) = shortest(job, pod, version);
        job.selector = None;
        job.manual_selector = None;
    }
    job.template = PodTemplateSpec::default();
    let mut meta = template.metadata.unwrap_or_default();
    // A CronJob's Jobs have labels and annotations of their own.
    let mut meta_of_job = match built_in {
        Some("CronJob") => object
            .pointer("/spec/jobTemplate/metadata")
            .and_then(|metadata| decode_value::<ObjectMeta>(metadata).ok()),
        _ => None,
    };
    // A custom resource with a selector has a controller that selects by labels.
    let selects = match built_in {
        Some(kind) => SELECT_BY_LABELS.contains(&kind),
        None => object.pointer("/spec/selector").is_some(),
    };
    if (selects || is_owned) && meta.labels.take().is_some_and(|labels| !labels.is_empty()) {
        let whose = match kind {
            "Pod" => kind.to_owned(),
            _ => format!("{kind}'s Pods"),
        };
        draft.note(format!(
            "the labels of the {whose} are not copied: a Service or controller would adopt a Pod with them; use -l to set labels"
        ));
    }
    if let Some(annotations) = &mut meta.annotations {
        annotations.retain(|key, _| !OF_ONE_OBJECT.contains(&key.as_str()));
    }
    let own = ObjectMeta {
        labels: meta.labels.filter(|labels| !labels.is_empty()),
        annotations: meta
            .annotations
            .filter(|annotations| !annotations.is_empty()),
        ..Default::default()
    };
    if target_kind == TargetKind::Job {
        draft.template = own.clone();
        // A Job does not allow Always.
        if pod
            .restart_policy
            .as_deref()
            .is_none_or(|policy| policy == "Always")
        {
            pod.restart_policy = None;
        }
    }
    draft.meta = own;
    if built_in == Some("CronJob") && target_kind == TargetKind::Job {
        // The labels of the Job's Pods are its own where it has none (`SetDefaults_Job`).
        let of_job = meta_of_job.take().unwrap_or_default();
        draft.meta.labels = of_job.labels.or(draft.meta.labels.take());
        let mut annotations = of_job.annotations.unwrap_or_default();
        // A value of the template is kept.
        annotations
            .entry(INSTANTIATE.to_owned())
            .or_insert_with(|| "manual".to_owned());
        draft.meta.annotations = Some(annotations);
    }
    pod.ephemeral_containers = None;
    if pod.containers.is_empty() {
        return Err(format!("the {kind} has no containers"));
    }
    draft.pod = pod;
    draft.job = job;
    Ok(draft)
}

impl Draft {
    /// Makes a CronJob of the cluster the owner, as `createJobFromCronJob` does. It does not
    /// block the owner's deletion, which would require one more right. A CronJob without a uid
    /// is ignored: the garbage collector would not find it.
    pub(crate) fn own(&mut self, cron_job: &Value) {
        let text = |pointer| {
            let text = cron_job.pointer(pointer).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        if text("/metadata/uid").is_empty() {
            return;
        }
        let owner = OwnerReference {
            api_version: "batch/v1".to_owned(),
            kind: "CronJob".to_owned(),
            name: text("/metadata/name"),
            uid: text("/metadata/uid"),
            controller: Some(true),
            block_owner_deletion: None,
        };
        self.meta.owner_references = Some(vec![owner]);
    }
}

/// Returns the path of the Job's spec in an object of a kind, or `None` without one.
fn path_of_job(built_in: Option<&str>) -> Option<FieldPath> {
    match built_in? {
        "Job" => Some(FieldPath::root().field("spec")),
        "CronJob" => {
            let template = FieldPath::root().field("spec").field("jobTemplate");
            Some(template.field("spec"))
        }
        _ => None,
    }
}

/// Returns a part of an object, and its decoded form.
fn decode_part<'a, T: DeserializeOwned>(
    object: &'a Value,
    path: &[Segment],
    kind: &str,
) -> Result<(&'a Value, T), Refusal> {
    let inner = path.iter().try_fold(object, |value, step| match step {
        Segment::Field(key) => value.get(&**key),
        Segment::Index(index) => value.get(index),
    });
    let inner = inner.ok_or_else(|| format!("the {kind} has no Pod template"))?;
    let decoded = decode_value(inner).map_err(|error| format!("invalid {kind}: {error}"))?;
    Ok((inner, decoded))
}

/// Removes the fields that the scheduler and the admission plugins of an API server write:
/// node, priority, ServiceAccount and tolerations.
fn without_admission(pod: &mut PodSpec, is_pod: bool) {
    // In a template a person has written it.
    if is_pod {
        pod.node_name = None;
    }
    pod.priority = None;
    pod.preemption_policy = None;
    pod.service_account = None;
    if pod.service_account_name.as_deref() == Some("default") {
        pod.service_account_name = None;
    }
    if let Some(tolerations) = &mut pod.tolerations {
        tolerations.retain(|toleration| {
            let added = toleration.toleration_seconds == Some(300)
                && toleration
                    .key
                    .as_deref()
                    .is_some_and(|key| ADDED_TOLERATIONS.contains(&key));
            !added
        });
    }
    // A stored object always has resources, often none.
    for container in pod
        .containers
        .iter_mut()
        .chain(pod.init_containers.iter_mut().flatten())
    {
        container.resources = container
            .resources
            .take()
            .filter(|resources| *resources != ResourceRequirements::default());
    }
    pod.tolerations = pod
        .tolerations
        .take()
        .filter(|tolerations| !tolerations.is_empty());
}

/// Removes the values that defaulting writes again.
fn shortest(job: JobSpec, pod: PodSpec, version: KubernetesVersion) -> (JobSpec, PodSpec) {
    let whole = Pod {
        spec: Some(pod),
        ..Pod::default()
    };
    let short = |value: Result<Value, serde_json::Error>| value.unwrap_or_default();
    let pod = defaults::strip_defaults(&short(serde_json::to_value(&whole)), |pod: &mut Pod| {
        defaults::created_pod(pod, version);
    });
    let mut whole_job = Job {
        spec: Some(job),
        ..Job::default()
    };
    if let Some(spec) = &mut whole_job.spec {
        spec.template = PodTemplateSpec::default();
    }
    let job =
        defaults::strip_defaults(&short(serde_json::to_value(&whole_job)), |job: &mut Job| {
            defaults::job(job, version);
        });
    let mut pod: Option<Pod> = decode_value(&pod).ok();
    let spec = pod.as_mut().and_then(|pod| pod.spec.as_mut());
    for volume in spec
        .and_then(|spec| spec.volumes.as_mut())
        .into_iter()
        .flatten()
    {
        // A volume keeps its source, even if it is the default.
        let bare = Volume {
            name: volume.name.clone(),
            ..Volume::default()
        };
        if *volume == bare {
            volume.empty_dir = Some(EmptyDirVolumeSource::default());
        }
    }
    let job: Option<Job> = decode_value(&job).ok();
    (
        job.and_then(|job| job.spec).unwrap_or_default(),
        pod.and_then(|pod| pod.spec).unwrap_or_default(),
    )
}
