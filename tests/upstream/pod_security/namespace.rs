//! Namespaces with random labels: upstream's admission plugin
//! (k8s.io/pod-security-admission/admission) and ours answer the same to Pods and to
//! objects with a Pod template.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Pod;
use pod_model::KubernetesVersion;
use pod_model::pod_security::namespace::{
    AUDIT, AUDIT_VERSION, Defaults, ENFORCE, ENFORCE_VERSION, Mode, Subject, WARN, WARN_VERSION,
    admit, policy_with,
};
use pod_model::pod_security::{LevelVersion, PolicyVersion};
use serde_json::{Value, json};

use crate::oracle::{Oracle, of_each_minor};
use crate::random::Rng;
use crate::{cases, random_pod};

const LEVELS: &[&str] = &[
    "privileged",
    "baseline",
    "restricted",
    "baseline",
    "restricted",
    "Baseline",
    "restrict",
    "",
    "restricted ",
];
const VERSIONS: &[&str] = &[
    "latest",
    "latest",
    "v1.0",
    "v1.18",
    "v1.24",
    "v1.30",
    "v1.34",
    "v1.37",
    "v1.99",
    "1.30",
    "v1.030",
    "v1.",
    "v1.9223372036854775807",
    "v1.9223372036854775808",
    "v2.1",
    "Latest",
    "",
];
const KINDS: &[(&str, &str, &str)] = &[
    ("v1", "Pod", ""),
    ("v1", "Pod", ""),
    ("batch/v1", "Job", "/spec/template"),
    ("batch/v1", "CronJob", "/spec/jobTemplate/spec/template"),
    ("apps/v1", "Deployment", "/spec/template"),
    ("apps/v1", "DaemonSet", "/spec/template"),
    ("apps/v1", "StatefulSet", "/spec/template"),
    ("apps/v1", "ReplicaSet", "/spec/template"),
    ("v1", "ReplicationController", "/spec/template"),
    ("v1", "PodTemplate", "/template"),
];

fn labels(rng: &mut Rng) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    for (key, values) in [
        (ENFORCE, LEVELS),
        (AUDIT, LEVELS),
        (WARN, LEVELS),
        (ENFORCE_VERSION, VERSIONS),
        (AUDIT_VERSION, VERSIONS),
        (WARN_VERSION, VERSIONS),
    ] {
        if rng.percent(45) {
            labels.insert(key.to_owned(), rng.pick(values).to_owned());
        }
    }
    labels
}

/// Random defaults of a server, mostly the built-in ones.
fn defaults(rng: &mut Rng) -> (Value, Defaults) {
    let mut texts = json!({});
    let mut mode = |name: &str| {
        let is_set = rng.percent(20);
        let pick = |rng: &mut Rng, values: &[&'static str], usual| {
            if is_set { rng.pick(values) } else { usual }
        };
        let level = pick(rng, &["privileged", "baseline", "restricted"], "privileged");
        let version = pick(rng, &["latest", "v1.20", "v1.40"], "latest");
        texts[name] = level.into();
        texts[format!("{name}-version")] = version.into();
        LevelVersion {
            level: level.parse().unwrap(),
            version: PolicyVersion::of_label(version).unwrap(),
        }
    };
    let defaults = Defaults {
        enforce: mode("enforce"),
        audit: mode("audit"),
        warn: mode("warn"),
    };
    (texts, defaults)
}

/// The manifest of a Pod, or of an object with a template that is like it.
fn manifest(pod: &Value, (version, kind, path): (&str, &str, &str)) -> Value {
    if path.is_empty() {
        return pod.clone();
    }
    let mut object = json!({ "metadata": pod["metadata"], "spec": pod["spec"] });
    for field in path.split('/').rev().filter(|field| !field.is_empty()) {
        object = json!({ field: object });
    }
    object["apiVersion"] = version.into();
    object["kind"] = kind.into();
    object["metadata"] = json!({ "name": "a" });
    object
}

of_each_minor!(namespaces_answer_the_same_to_random_objects);

fn namespaces_answer_the_same_to_random_objects(server: KubernetesVersion) {
    let mut rng = Rng::new(0x1abe1);
    let mut oracle = Oracle::of(server);
    let (mut refused, mut warned, mut misspelt) = (0, 0, 0);
    let cases = 2 * cases();
    for _ in 0..cases.div_ceil(500) {
        let asked: Vec<_> = (0..500)
            .map(|_| {
                let pod = random_pod(&mut rng);
                let kind = rng.pick(KINDS);
                (pod, kind, labels(&mut rng), defaults(&mut rng))
            })
            .collect();
        let questions: Vec<Value> = asked
            .iter()
            .map(|(pod, kind, labels, (defaults, _))| {
                let manifest = manifest(pod, *kind).to_string();
                json!({ "op": "podSecurityAdmit", "manifest": manifest, "labels": labels, "defaults": defaults })
            })
            .collect();
        let answers = oracle.ask_all(&questions);
        for ((case, question), theirs) in asked.iter().zip(&questions).zip(&answers) {
            let (pod, kind, labels, (_, defaults)) = case;
            let ours = ours(pod, kind.2.is_empty(), labels, *defaults, server);
            assert_eq!(ours, expected(theirs), "{server}: {question}\n{theirs}");
            refused += usize::from(theirs["allowed"] == json!(false));
            warned += usize::from(theirs["warnings"].is_array());
            misspelt += usize::from(theirs["errors"] != json!([]));
        }
    }
    for count in [refused, warned, misspelt] {
        assert!(count > cases / 20, "{refused} {warned} {misspelt}");
    }
    println!(
        "{server}: {cases} objects: all equal; {refused} refused, {warned} warned of, {misspelt} with misspelt labels"
    );
}

fn ours(
    pod: &Value,
    is_pod: bool,
    labels: &BTreeMap<String, String>,
    defaults: Defaults,
    server: KubernetesVersion,
) -> Value {
    let pod: Pod = serde_json::from_value(pod.clone()).unwrap();
    let policy = policy_with(Some(labels), defaults);
    let subject = if is_pod { Subject::Pod } else { Subject::Owner };
    let spec = pod.spec.as_ref().unwrap();
    let answer = admit(&policy, subject, server, &pod.metadata, spec);
    let modes = [Mode::Enforce, Mode::Audit, Mode::Warn];
    let errors = policy.errors.iter();
    json!({
        "policy": modes.map(|mode| policy.mode(mode).at.to_string()),
        "errors": errors.map(ToString::to_string).collect::<Vec<_>>(),
        "refusal": answer.refusal,
        "warnings": answer.warnings,
        "audit": answer.audit,
    })
}

/// The answer of upstream in our form.
fn expected(theirs: &Value) -> Value {
    let message = theirs["message"].as_str();
    // `pods "a" is forbidden: violates …`; the name may be missing.
    let refusal = message.and_then(|own| own.split_once("forbidden: "));
    let warnings = &theirs["warnings"];
    let none = json!([]);
    json!({
        "policy": theirs["policy"],
        "errors": theirs["errors"],
        "refusal": refusal.map(|(_, refusal)| refusal),
        "warnings": if warnings.is_null() { &none } else { warnings },
        "audit": theirs["audit"]["audit-violations"],
    })
}
