//! One target: a Pod or a template, in a file or in the cluster.

use k8s_openapi::api::core::v1::{PodSpec, PodStatus};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use pod_env::Controller;
use pod_model::kinds::KindInfo;
use pod_model::{Document, FieldPath, Finding, Segment, decode_value, rules};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A target as reports name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TargetId {
    pub kind: String,
    pub namespace: String,
    /// None where the API server is to make one up.
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceId>,
}

/// Where a target was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SourceId {
    pub file: String,
    /// The number of the document in the file, from 1.
    pub document: usize,
}

/// A Pod, or what makes Pods, with the Pod's part taken out.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub id: TargetId,
    /// `pod/web`, `job.batch/migrate`.
    pub shown: String,
    pub kind: &'static KindInfo,
    /// The text it stands in; none for a live object.
    pub document: Option<Document>,
    /// The Pod's metadata and spec, or the template's.
    pub metadata: ObjectMeta,
    pub spec: PodSpec,
    /// Of a live Pod.
    pub status: Option<PodStatus>,
    /// The path of the Pod's spec in the object.
    pub spec_path: FieldPath,
    /// What its controller gives the Pods beside what the template says.
    pub controller: Controller,
}

/// Why an object cannot be explained: its Pod's part is not one.
pub(crate) type NotAPod = Box<Finding>;

impl Target {
    /// From the object that a file or the server holds.
    pub(super) fn new(
        kind: &'static KindInfo,
        object: &Object<'_>,
        namespace: &str,
    ) -> Result<Self, NotAPod> {
        let root = FieldPath::root();
        let template = kind.pod_template_path().unwrap_or_default();
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
        let status = match (kind.kind, object) {
            ("Pod", Object::Live(_)) => object.part(&root.field("status"))?,
            _ => None,
        };
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let name = given(own.name);
        let shown_name = name
            .clone()
            .or_else(|| given(own.generate_name).map(|prefix| format!("{prefix}…")));
        let controller = controller(kind, object, name.as_deref(), &template)?;
        let document = match object {
            Object::Written(document) => Some((*document).clone()),
            Object::Live(_) => None,
        };
        let id = TargetId {
            kind: kind.kind.to_owned(),
            namespace: given(own.namespace).unwrap_or_else(|| namespace.to_owned()),
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
            shown,
            kind,
            document,
            metadata,
            spec,
            status,
            spec_path,
            controller,
        })
    }

    /// Whether it is a Pod rather than a template of Pods.
    pub(crate) fn is_pod(&self) -> bool {
        self.kind.group.is_empty() && self.kind.kind == "Pod"
    }
}

/// What the controller of a kind gives its Pods; `template` is their template's
/// path.
fn controller(
    kind: &KindInfo,
    object: &Object<'_>,
    name: Option<&str>,
    template: &FieldPath,
) -> Result<Controller, NotAPod> {
    let name = name.map(str::to_owned);
    let spec = template.parent().unwrap_or_default();
    Ok(match kind.kind {
        "StatefulSet" => {
            let service_name = object.part(&spec.field("serviceName"))?;
            Controller::StatefulSet { name, service_name }
        }
        "Job" | "CronJob" => {
            let mode: Option<String> = object.part(&spec.field("completionMode"))?;
            match mode.as_deref() {
                // A CronJob's Jobs have names that are still to be made.
                Some("Indexed") => Controller::IndexedJob {
                    name: name.filter(|_| kind.kind == "Job"),
                },
                _ => Controller::Other,
            }
        }
        _ => Controller::Other,
    })
}

/// An object as it was written, or as the server gives it.
pub(super) enum Object<'a> {
    Written(&'a Document),
    Live(Value),
}

impl Object<'_> {
    /// A part of the object as a type of the API.
    fn part<T: DeserializeOwned>(&self, path: &FieldPath) -> Result<Option<T>, NotAPod> {
        match self {
            Self::Written(document) => document.decode_at(path).map_err(|error| {
                Box::new(Finding::new(&rules::WRONG_TYPE, error.path, error.message))
            }),
            Self::Live(value) => part(value, path),
        }
    }
}

fn part<T: DeserializeOwned>(object: &Value, path: &FieldPath) -> Result<Option<T>, NotAPod> {
    let mut value = object;
    for segment in path.segments() {
        let next = match segment {
            Segment::Field(name) => value.get(&**name),
            Segment::Index(index) => value.get(index),
        };
        match next {
            Some(next) if !next.is_null() => value = next,
            _ => return Ok(None),
        }
    }
    decode_value(value).map(Some).map_err(|error| {
        let path = path.join(&error.path);
        Box::new(Finding::new(&rules::WRONG_TYPE, path, error.message))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use pod_model::kinds::by_kind;
    use serde_json::json;

    #[test]
    fn a_template_is_found_where_its_kind_has_it() {
        let object = json!({
            "metadata": {"name": "nightly", "namespace": "n"},
            "spec": {"jobTemplate": {"spec": {"template": {
                "metadata": {"labels": {"a": "b"}},
                "spec": {"containers": [{"name": "c"}]},
            }}}},
        });
        let kind = by_kind("batch/v1", "CronJob").unwrap();
        let target = Target::new(kind, &Object::Live(object), "default").unwrap();
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
    fn what_a_controller_gives_its_pods_is_read_beside_the_template() {
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
            let row = by_kind(version, kind).unwrap();
            let target = Target::new(row, &Object::Live(object), "default").unwrap();
            assert_eq!(target.controller, expected, "{kind}");
        }
    }

    #[test]
    fn a_wrong_type_is_told_with_its_path() {
        let object =
            json!({"spec": {"containers": [{"name": "c", "env": [{"name": "A", "value": 1}]}]}});
        let finding =
            Target::new(by_kind("v1", "Pod").unwrap(), &Object::Live(object), "").unwrap_err();
        assert_eq!(finding.path.to_string(), "spec.containers[0].env[0].value");
    }
}
