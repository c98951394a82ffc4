use std::collections::BTreeSet;

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Pod;
use serde_json::{Value, json};

use super::{Effect, FIELDS, GatedField, Owner, find, is_dropped};
use crate::features::Gate;
use crate::manifest;
use crate::path::FieldPath;
use crate::schema::{Builtin, Type, builtin};
use crate::validation::{prepared_pod, validate_job, validate_pod};
use crate::version::KubernetesVersion;

/// Paths that validation sees though their gate is off, since no check looks at them.
const UNSEEN: &[&str] = &[
    "container.lifecycle.postStart.httpGet.protocol",
    "container.lifecycle.preStop.httpGet.protocol",
    "container.livenessProbe.grpc.mode",
    "container.livenessProbe.httpGet.protocol",
    "container.readinessProbe.grpc.mode",
    "container.readinessProbe.httpGet.protocol",
    "container.startupProbe.grpc.mode",
    "container.startupProbe.httpGet.protocol",
    "container.volumeMounts.bindMountOptions",
    "evictionResponders",
    "schedulingGroup",
    "volumes.configMap.defaultUser",
    "volumes.configMap.items.user",
    "volumes.downwardAPI.defaultUser",
    "volumes.downwardAPI.items.user",
    "volumes.emptyDir.mode",
    "volumes.projected.defaultUser",
    "volumes.projected.sources.clusterTrustBundle.user",
    "volumes.projected.sources.configMap.items.user",
    "volumes.projected.sources.downwardAPI.items.user",
    "volumes.projected.sources.podCertificate.user",
    "volumes.projected.sources.secret.items.user",
    "volumes.projected.sources.serviceAccountToken.user",
    "volumes.secret.defaultUser",
    "volumes.secret.items.user",
];

/// The values of a type: the least one, and for texts and numbers an unusual one.
fn values(schema: &Builtin, kind: Type) -> Vec<Value> {
    match kind {
        Type::List(inner) => {
            let items = values(schema, schema.inner(inner)).into_iter();
            items.map(|item| json!([item])).collect()
        }
        Type::Object(_) | Type::Map(_) => vec![json!({})],
        Type::Boolean => vec![json!(false), json!(true)],
        Type::Int32 | Type::Int64 | Type::Number => vec![json!(0), json!(-7)],
        _ => vec![json!(""), json!("Nonsense/?")],
    }
}

/// Returns the specs with the field in a version, one for each value and list of containers, or
/// none if the version does not have it.
fn specs(field: &GatedField, version: KubernetesVersion) -> Vec<Value> {
    let schema = builtin();
    let Some((owner, last)) = field.in_schema(schema, version) else {
        return Vec::new();
    };
    let kind = schema.field(owner, last, version).unwrap().kind;
    let values = match field.value {
        None => values(schema, kind),
        Some(value) if kind == Type::Boolean => vec![json!(value == "true")],
        Some(value) => vec![json!(value)],
    };
    let values = values.iter();
    values
        .flat_map(|value| {
            let paths = field.paths().into_iter();
            paths.map(|path| nested(field, &path, value, version))
        })
        .collect()
}

/// Wraps a value in the objects and lists of its path.
fn nested(field: &GatedField, path: &[&str], value: &Value, version: KubernetesVersion) -> Value {
    let schema = builtin();
    let mut wrapped = value.clone();
    for depth in (0..path.len()).rev() {
        let joined = path[..=depth].join(".");
        let own = GatedField {
            path: Box::leak(joined.into_boxed_str()),
            ..*field
        };
        let (owner, name) = own.in_schema(schema, version).unwrap();
        let is_list = matches!(
            schema.field(owner, name, version).unwrap().kind,
            Type::List(_)
        );
        let ends_here = depth + 1 == path.len();
        if is_list && (!ends_here || !wrapped.is_array()) {
            wrapped = json!([wrapped]);
        }
        wrapped = json!({ name: wrapped });
    }
    wrapped
}

/// Returns whether a spec has a field of the table.
fn has(field: &GatedField, spec: &Value) -> bool {
    let mut paths = field.paths().into_iter();
    paths.any(|path| has_at(spec, &path, field.value))
}

fn has_at(value: &Value, path: &[&str], expected: Option<&str>) -> bool {
    match (value, path.split_first()) {
        (Value::Array(items), Some(_)) => items.iter().any(|item| has_at(item, path, expected)),
        (_, Some((name, rest))) => value
            .get(name)
            .is_some_and(|value| has_at(value, rest, expected)),
        (Value::Null, None) => false,
        (Value::String(text), None) => expected.is_none_or(|expected| text == expected),
        (value, None) => expected.is_none_or(|expected| *value == json!(expected == "true")),
    }
}

fn pod(spec: &Value) -> Pod {
    serde_json::from_value(json!({"metadata": {"name": "a"}, "spec": spec})).unwrap()
}

/// Returns the spec without the field itself.
fn without(field: &GatedField, spec: &Value) -> Value {
    fn remove(value: &mut Value, path: &[&str]) {
        match (value, path) {
            (Value::Array(items), _) => items.iter_mut().for_each(|item| remove(item, path)),
            (Value::Object(fields), [name]) => {
                fields.remove(*name);
            }
            (Value::Object(fields), [name, rest @ ..]) => {
                if let Some(value) = fields.get_mut(*name) {
                    remove(value, rest);
                }
            }
            _ => {}
        }
    }
    let mut spec = spec.clone();
    for path in field.paths() {
        remove(&mut spec, &path);
    }
    spec
}

/// Every pair of a row and a version that has its field and knows its gate.
fn rows() -> impl Iterator<Item = (&'static GatedField, KubernetesVersion)> {
    let all = FIELDS.iter().flat_map(|field| {
        let versions = KubernetesVersion::ALL.into_iter();
        versions.map(move |version| (field, version))
    });
    all.filter(|(field, version)| {
        field.gate.is_known(*version) && field.in_schema(builtin(), *version).is_some()
    })
}

#[test]
fn every_row_is_a_field_whose_gate_is_off_in_a_version_that_has_it() {
    for field in FIELDS {
        let mut own = rows().filter(|(row, _)| *row == field);
        assert!(
            own.any(|(field, version)| field.is_off(version)),
            "{field:?}"
        );
        let same = |other: &&GatedField| (other.path, other.value) == (field.path, field.value);
        assert_eq!(FIELDS.iter().filter(same).count(), 1, "{field:?}");
    }
}

#[test]
fn field_is_found_exactly_where_its_gate_is_off() {
    for (field, version) in rows() {
        for spec in specs(field, version) {
            let template = json!({"metadata": {"name": "a"}, "spec": spec});
            let job = json!({"template": template});
            let objects = match field.owner {
                Owner::Pod => vec![
                    ("v1", "Pod", spec.clone(), "spec"),
                    ("batch/v1", "Job", job.clone(), "spec.template.spec"),
                    ("apps/v1", "Deployment", job.clone(), "spec.template.spec"),
                    (
                        "batch/v1",
                        "CronJob",
                        json!({"jobTemplate": {"spec": job}}),
                        "spec.jobTemplate.spec.template.spec",
                    ),
                ],
                Owner::Job => vec![
                    ("batch/v1", "Job", spec.clone(), "spec"),
                    (
                        "batch/v1",
                        "CronJob",
                        json!({"jobTemplate": {"spec": spec}}),
                        "spec.jobTemplate.spec",
                    ),
                ],
            };
            for (api_version, kind, spec, base) in objects {
                let object = json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}, "spec": spec});
                let manifest = manifest::read("a.yaml", object.to_string().into_bytes());
                let document = &manifest.documents[0];
                let found = find(document, version);
                let own = found.iter().find(|found| found.field.gate == field.gate);
                assert_eq!(
                    own.is_some(),
                    field.is_off(version),
                    "{field:?} in {version}: {object}"
                );
                let Some(own) = own else { continue };
                assert!(own.path.to_string().starts_with(base), "{}", own.path);
                assert!(document.find(&own.path).is_some(), "{}", own.path);
            }
        }
    }
}

#[test]
fn nothing_is_found_in_other_kinds_and_other_values() {
    let found = |object: Value| {
        let manifest = manifest::read("a.yaml", object.to_string().into_bytes());
        find(&manifest.documents[0], KubernetesVersion::LATEST).len()
    };
    let spec = json!({"containers": [{"lifecycle": {"stopSignal": "SIGUSR1"}}]});
    for (kind, expected) in [("Pod", 1), ("ConfigMap", 0), ("Pods", 0)] {
        let object = json!({"apiVersion": "v1", "kind": kind, "spec": spec});
        assert_eq!(found(object), expected, "{kind}");
    }
    for spec in [
        json!({"containers": [{"lifecycle": {"stopSignal": null}}]}),
        json!({"containers": [[[{"lifecycle": {"stopSignal": "SIGUSR1"}}]]]}),
        json!({"containers": {"lifecycle": "stopSignal"}}),
        json!({"tolerations": [{"operator": "Exists"}, {"operator": 1}]}),
        json!([]),
        json!(null),
    ] {
        assert_eq!(
            found(json!({"apiVersion": "v1", "kind": "Pod", "spec": spec})),
            0
        );
    }
}

#[test]
fn each_gate_is_found_once_in_the_order_of_the_table() {
    let object = json!({"apiVersion": "batch/v1", "kind": "Job", "spec": {
        "scheduling": {},
        "template": {"spec": {
            "volumes": [{"emptyDir": {"mode": 1}}],
            "initContainers": [{}, {"lifecycle": {"stopSignal": "SIGUSR1"}}],
            "containers": [{"livenessProbe": {"httpGet": {"protocol": "H2C"}}}, {"lifecycle": {"stopSignal": "A", "preStop": {"httpGet": {"protocol": "H2C"}}}}],
        }},
    }});
    let manifest = manifest::read("a.yaml", object.to_string().into_bytes());
    let found = find(&manifest.documents[0], KubernetesVersion::V1_37);
    let found: Vec<_> = found
        .iter()
        .map(|found| (found.path.to_string(), found.field.gate))
        .collect();
    let spec = |path: &str| format!("spec.template.spec.{path}");
    assert_eq!(
        found,
        [
            (
                spec("containers[1].lifecycle.preStop.httpGet.protocol"),
                Gate::H2CContainerProbe
            ),
            (
                spec("containers[1].lifecycle.stopSignal"),
                Gate::ContainerStopSignals
            ),
            (spec("volumes[0].emptyDir.mode"), Gate::EmptyDirVolumeMode),
            ("spec.scheduling".to_owned(), Gate::WorkloadWithJob),
        ]
    );
}

#[test]
fn schema_drops_what_the_table_drops() {
    for (field, version) in rows() {
        let (id, name) = field.in_schema(builtin(), version).unwrap();
        let is_whole = field.effect == Effect::Dropped && field.value.is_none();
        if !is_whole {
            continue;
        }
        let expected = field.is_off(version);
        assert_eq!(
            is_dropped(id, name, version),
            expected,
            "{field:?} in {version}"
        );
    }
}

/// Upstream: `dropDisabledFields` in k8s.io/kubernetes/pkg/api/pod.
#[test]
fn validation_sees_a_field_of_a_pod_exactly_where_its_gate_is_on() {
    let mut unseen = BTreeSet::new();
    for (field, version) in rows() {
        if field.owner == Owner::Job || field.effect == Effect::Refused {
            continue;
        }
        for spec in specs(field, version) {
            let prepared = prepared_pod(pod(&spec), version);
            let prepared = serde_json::to_value(prepared.spec).unwrap();
            if !field.is_off(version) || !UNSEEN.contains(&field.path) {
                assert_eq!(
                    has(field, &prepared),
                    !field.is_off(version),
                    "{field:?} in {version}: {spec} is {prepared}"
                );
                continue;
            }
            if has(field, &prepared) {
                unseen.insert(field.path);
            }
            let plain = pod(&without(field, &spec));
            assert_eq!(
                validate_pod(&pod(&spec), version),
                validate_pod(&plain, version),
                "{field:?} in {version}: {spec}"
            );
        }
    }
    assert_eq!(
        unseen.into_iter().collect::<Vec<_>>(),
        UNSEEN,
        "rows that validation drops"
    );
}

#[test]
fn validation_refuses_a_value_exactly_where_its_gate_is_off() {
    for (field, version) in rows().filter(|(field, _)| field.effect == Effect::Refused) {
        for mut spec in specs(field, version) {
            // Rules of a container are looked at together with its policy.
            for list in ["containers", "initContainers"] {
                if let Some(container) = spec.pointer_mut(&format!("/{list}/0")) {
                    container["restartPolicy"] = json!("Never");
                }
            }
            let last = field.path.rsplit('.').next().unwrap();
            let findings = validate_pod(&pod(&spec), version);
            let is_refused = findings.iter().any(|finding| {
                let end = FieldPath::root().field(last.to_owned());
                finding.path.segments().last() == end.segments().last()
            });
            assert_eq!(
                is_refused,
                field.is_off(version),
                "{field:?} in {version}: {findings:?}"
            );
        }
    }
}

#[test]
fn validation_sees_a_field_of_a_job_exactly_where_its_gate_is_on() {
    for (field, version) in rows().filter(|(field, _)| field.owner == Owner::Job) {
        for spec in specs(field, version) {
            let job = |spec: Value| -> Job {
                serde_json::from_value(json!({"metadata": {"name": "a"}, "spec": spec})).unwrap()
            };
            let with = validate_job(&job(spec.clone()), version);
            let plain = validate_job(&job(without(field, &spec)), version);
            if field.is_off(version) {
                assert_eq!(with, plain, "{field:?} in {version}: {spec}");
            } else {
                assert_ne!(with, plain, "{field:?} in {version}: {spec}");
            }
        }
    }
}
