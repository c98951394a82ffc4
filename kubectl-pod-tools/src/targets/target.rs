//! One target: a Pod or something with a Pod template, of a file or of the cluster.

use std::sync::Arc;

use k8s_openapi::Resource;
use k8s_openapi::api::core::v1::{PodSpec, PodStatus};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use pod_env::Controller;
use pod_model::kinds::{by_kind, group_of, has_built_in_group, usual_pod_template};
use pod_model::{Document, FieldPath, Finding, rules};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::object::{Object, PodPartError};

/// The identity of a target in reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TargetId {
    pub kind: String,
    /// The namespace; empty if it is cluster-scoped.
    pub namespace: String,
    /// The name, or `None` if the API server generates it.
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceId>,
}

/// The file that a target was read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SourceId {
    pub file: String,
    /// Number of the document in the file, from 1.
    pub document: usize,
}

/// A Pod, or an object with a Pod template, with the fields of the Pod.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub id: TargetId,
    /// Namespace of its Pods: its own, or the current one if it is cluster-scoped.
    pub pod_namespace: String,
    /// Its name in messages, such as `pod/web` or `job.batch/migrate`.
    pub shown: String,
    /// The document of a file that it was read from, or `None` if it is live.
    pub document: Option<Document>,
    /// The Pod's metadata and spec, or the template's.
    pub metadata: ObjectMeta,
    pub spec: PodSpec,
    /// The status of a Pod, from the cluster or a file.
    pub status: Option<PodStatus>,
    /// Path of the Pod's spec in the object.
    pub spec_path: FieldPath,
    /// The controller of its Pods, which adds to their template.
    pub controller: Controller,
    pub api_version: String,
    /// The object, if it is live; otherwise it is the document.
    pub(super) live: Option<Arc<Value>>,
    is_pod: bool,
}

/// A kind whose objects have a Pod template, with its path.
#[derive(Clone, Debug)]
pub(super) struct TemplateKind<'a> {
    api_version: &'a str,
    pub group: &'a str,
    pub kind: &'a str,
    /// Path of the Pod template; the root for a Pod.
    pub template: FieldPath,
    is_built_in: bool,
}

/// Paths of a custom resource at which a Pod template is searched for.
pub(super) const TEMPLATE_PATHS: &str =
    "`spec.template.spec.containers` or `spec.jobTemplate.spec.template.spec.containers`";

impl<'a> TemplateKind<'a> {
    /// Returns the kind of an object if that has a Pod template. A custom resource has one if
    /// the object has it at a usual path.
    pub(super) fn of(
        api_version: &'a str,
        kind: &'a str,
        object: &Object<'_>,
    ) -> Option<TemplateKind<'a>> {
        let group = group_of(api_version);
        let built_in = by_kind(api_version, kind);
        let template = match built_in {
            Some(row) => row.pod_template_path()?,
            None if has_built_in_group(group) => return None,
            None => usual_pod_template(|path| object.has(path))?,
        };
        Some(Self {
            api_version,
            group,
            kind,
            template,
            is_built_in: built_in.is_some(),
        })
    }

    /// Returns whether the kind is a built-in one.
    pub(super) fn is_built_in(&self) -> bool {
        self.is_built_in
    }

    fn is_pod(&self) -> bool {
        self.group.is_empty() && self.kind == "Pod"
    }
}

/// An object with a Pod template, as JSON.
pub(crate) struct TemplateObject {
    /// The object.
    pub value: Value,
    /// Path of its Pod template; the root for a Pod.
    pub template: FieldPath,
}

/// Returns the path of the Pod template in an object of a file, or `None` if it has none.
pub(crate) fn template_path(document: &Document) -> Option<FieldPath> {
    let (api_version, kind) = (document.api_version()?, document.kind()?);
    let kind = TemplateKind::of(api_version, kind, &Object::File(document))?;
    Some(kind.template)
}

impl Target {
    /// Returns the target of an object; `namespace` is that of objects that name none.
    pub(super) fn new(
        kind: &TemplateKind<'_>,
        object: &Object<'_>,
        namespace: &str,
    ) -> Result<Self, PodPartError> {
        let root = FieldPath::root();
        let template = &kind.template;
        let metadata: ObjectMeta = object
            .part(&template.field("metadata"))?
            .unwrap_or_default();
        let spec_path = template.field("spec");
        let spec: PodSpec = object.part(&spec_path)?.ok_or_else(|| {
            let message = format!("the {} has no `{spec_path}`", kind.kind);
            Box::new(Finding::new(
                &rules::MISSING_FIELD,
                spec_path.clone(),
                message,
            ))
        })?;
        let own: ObjectMeta = object.part(&root.field("metadata"))?.unwrap_or_default();
        let status = match object {
            Object::Live(_) if kind.is_pod() => object.part(&root.field("status"))?,
            // The status in a file does not affect the environment, so errors are ignored.
            Object::File(_) if kind.is_pod() => {
                object.part(&root.field("status")).unwrap_or_default()
            }
            _ => None,
        };
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let name = given(own.name);
        let shown_name = name
            .clone()
            .or_else(|| given(own.generate_name).map(|prefix| format!("{prefix}…")));
        let controller = controller(kind, object, name.as_deref())?;
        let (document, live) = match object {
            Object::File(document) => (Some((*document).clone()), None),
            Object::Live(object) => (None, Some(Arc::clone(object))),
        };
        let namespace = given(own.namespace).unwrap_or_else(|| namespace.to_owned());
        let id = TargetId {
            kind: kind.kind.to_owned(),
            namespace: namespace.clone(),
            uid: given(own.uid).filter(|_| document.is_none()),
            source: document.as_ref().map(|document| SourceId {
                file: document.source().name().to_string(),
                document: document.index() + 1,
            }),
            name,
        };
        let shown = crate::cluster::object_name(
            kind.group,
            kind.kind,
            shown_name.as_deref().unwrap_or("?"),
        );
        Ok(Self {
            id,
            pod_namespace: namespace,
            shown,
            document,
            metadata,
            spec,
            status,
            spec_path,
            controller,
            api_version: kind.api_version.to_owned(),
            live,
            is_pod: kind.is_pod(),
        })
    }

    /// Decodes the object itself, such as a Job with its status, or returns `None` if it is
    /// of another kind.
    ///
    /// # Errors
    /// A field of another type.
    pub(crate) fn decode<K>(&self) -> Result<Option<K>, PodPartError>
    where
        K: Resource + DeserializeOwned,
    {
        if (K::API_VERSION, K::KIND) != (&self.api_version, &self.id.kind) {
            return Ok(None);
        }
        let root = FieldPath::root();
        match (&self.document, &self.live) {
            (Some(document), _) => Object::File(document).part(&root),
            (None, Some(object)) => Object::Live(Arc::clone(object)).part(&root),
            (None, None) => Ok(None),
        }
    }

    /// Returns the object as the server sent it, or `None` if it is of a file.
    pub(crate) fn live_object(&self) -> Option<&Value> {
        self.live.as_deref()
    }

    /// Returns the object with its kind, which items of a list lack, or `None` if JSON cannot hold it.
    pub(crate) fn to_value(&self) -> Option<Value> {
        let written = self.document.as_ref().and_then(|own| own.to_value().ok());
        let mut object = written.or_else(|| self.live_object().cloned())?;
        let fields = object.as_object_mut()?;
        for (key, own) in [("apiVersion", &self.api_version), ("kind", &self.id.kind)] {
            fields.entry(key).or_insert_with(|| own.as_str().into());
        }
        Some(object)
    }

    /// Returns whether it is a Pod rather than an object with a Pod template.
    pub(crate) fn is_pod(&self) -> bool {
        self.is_pod
    }
}

/// Returns the controller of the Pods of an object.
fn controller(
    kind: &TemplateKind<'_>,
    object: &Object<'_>,
    name: Option<&str>,
) -> Result<Controller, PodPartError> {
    let name = name.map(str::to_owned);
    let spec = kind.template.parent().unwrap_or_default();
    Ok(match kind.kind {
        _ if !kind.is_built_in => Controller::Other,
        "StatefulSet" => {
            let service_name = object.part(&spec.field("serviceName"))?;
            Controller::StatefulSet { name, service_name }
        }
        "Job" | "CronJob" => {
            let mode: Option<String> = object.part(&spec.field("completionMode"))?;
            match mode.as_deref() {
                // The names of a CronJob's Jobs are generated.
                Some("Indexed") => Controller::IndexedJob {
                    name: name.filter(|_| kind.kind == "Job"),
                },
                _ => Controller::Other,
            }
        }
        _ => Controller::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::batch::v1::{CronJob, Job};
    use serde_json::json;

    fn target(api_version: &str, kind: &str, object: Value) -> Result<Target, PodPartError> {
        let object = Object::Live(Arc::new(object));
        let kind = TemplateKind::of(api_version, kind, &object).unwrap();
        Target::new(&kind, &object, "default")
    }

    #[test]
    fn a_template_is_found_at_the_path_of_its_kind() {
        let object = json!({
            "metadata": {"name": "nightly", "namespace": "n"},
            "spec": {"jobTemplate": {"spec": {"template": {
                "metadata": {"labels": {"a": "b"}},
                "spec": {"containers": [{"name": "c"}]},
            }}}},
        });
        let target = target("batch/v1", "CronJob", object).unwrap();
        assert_eq!(target.shown, "cronjob.batch/nightly");
        assert_eq!(
            target.spec_path.to_string(),
            "spec.jobTemplate.spec.template.spec"
        );
        assert_eq!(target.spec.containers[0].name, "c");
        assert_eq!(target.metadata.labels.unwrap()["a"], "b");
        assert!(target.id.namespace == "n" && target.status.is_none());
    }

    #[test]
    fn the_fields_that_a_controller_adds_to_its_pods_are_read() {
        let spec = json!({"completionMode": "Indexed", "template": {"spec": {"containers": []}}});
        let job = json!({"metadata": {"name": "work"}, "spec": spec});
        let cron = json!({"metadata": {"name": "work"}, "spec": {"jobTemplate": {"spec": spec}}});
        let mut plain = job.clone();
        plain["spec"]["completionMode"] = json!("NonIndexed");
        let set = json!({"metadata": {"name": "db"},
            "spec": {"serviceName": "dbs", "template": {"spec": {"containers": []}}}});
        let name = || Some("work".to_owned());
        let of_set = Controller::StatefulSet {
            name: Some("db".to_owned()),
            service_name: Some("dbs".to_owned()),
        };
        for (version, kind, object, expected) in [
            (
                "batch/v1",
                "Job",
                job,
                Controller::IndexedJob { name: name() },
            ),
            ("batch/v1", "Job", plain, Controller::Other),
            (
                "batch/v1",
                "CronJob",
                cron,
                Controller::IndexedJob { name: None },
            ),
            ("apps/v1", "StatefulSet", set, of_set),
        ] {
            let target = target(version, kind, object).unwrap();
            assert_eq!(target.controller, expected, "{kind}");
        }
    }

    #[test]
    fn the_object_of_a_template_is_decoded_with_its_status() {
        let value = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "work"},
            "spec": {"template": {"spec": {"containers": []}}}, "status": {"failed": 3}});
        let manifest = pod_model::manifest::read("f", value.to_string().into_bytes());
        let file = Object::File(&manifest.documents[0]);
        for object in [file, Object::Live(Arc::new(value))] {
            let kind = TemplateKind::of("batch/v1", "Job", &object).unwrap();
            let target = Target::new(&kind, &object, "default").unwrap();
            let job: Job = target.decode().unwrap().unwrap();
            assert_eq!(job.status.unwrap().failed, Some(3), "{object:?}");
            assert!(target.decode::<CronJob>().unwrap().is_none());
        }
    }

    #[test]
    fn a_wrong_type_is_reported_with_its_path() {
        let object =
            json!({"spec": {"containers": [{"name": "c", "env": [{"name": "A", "value": 1}]}]}});
        let finding = target("v1", "Pod", object).unwrap_err();
        assert_eq!(finding.path.to_string(), "spec.containers[0].env[0].value");
    }

    #[test]
    fn a_custom_resource_has_a_template_at_a_usual_path() {
        let kind = |api_version: &str, object: Value| {
            let object = Object::Live(Arc::new(object));
            let kind = TemplateKind::of(api_version, "StatefulSet", &object);
            kind.map(|kind| kind.template.to_string())
        };
        let object = json!({"spec": {"serviceName": "s", "template": {"spec": {"containers": [{"name": "c"}]}}}});
        let found = kind("example.com/v1", object.clone());
        assert_eq!(found.as_deref(), Some("spec.template"));
        // Another version of a built-in group is not served.
        assert_eq!(kind("apps/v1beta1", object.clone()), None);
        assert_eq!(
            kind("example.com/v1", json!({"spec": {"template": {}}})),
            None
        );
        // It is not the built-in StatefulSet.
        let target = target("example.com/v1", "StatefulSet", object).unwrap();
        assert_eq!(target.controller, Controller::Other);
        assert_eq!(target.shown, "statefulset.example.com/?");
    }

    #[test]
    fn a_pod_of_a_file_has_its_status() {
        let of = |status: &str| {
            let text = format!(
                "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: [{{name: c}}]}}\nstatus: {status}\n"
            );
            let manifest = pod_model::manifest::read("f", text.into_bytes());
            let object = Object::File(&manifest.documents[0]);
            let kind = TemplateKind::of("v1", "Pod", &object).unwrap();
            Target::new(&kind, &object, "default").unwrap().status
        };
        let status = of("{phase: Running}").unwrap();
        assert_eq!(status.phase.as_deref(), Some("Running"));
        // An invalid status is ignored.
        assert_eq!(of("{phase: 1}"), None);
    }
}
