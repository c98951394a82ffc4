//! Asks both sides, and keeps what they do not agree on.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::Pod;
use pod_model::{
    FieldPath, Finding, KubernetesVersion, Segment, manifest, validate_cron_job, validate_job,
    validate_pod, validate_template, validation,
};
use serde_json::{Value, json};

use crate::agreement::{Agreement, Excuses};
use crate::oracle::Oracle;

/// Questions that are asked together; it bounds the memory.
const BATCH: usize = 500;

/// Upstream has no errors to compare with.
pub const NOT_DECODED: &str = "upstream cannot decode it";
pub const PANICKED: &str = "upstream's validation panics";
pub const SELECTOR: &str =
    "with a selector that is not sound, upstream does not look at the template";
/// Nothing of ours has looked at it: it is told as a wrong type before.
pub const NOT_TYPED: &str = "our types cannot hold what upstream's can";

/// Upstream: `applyAppArmorVersionSkew` of `registry/core/pod`, which does this no longer since 1.34.
pub const APP_ARMOR: &str =
    "before 1.34 a server makes AppArmor's annotations of its fields, and judges those";

/// A field and the class of an error there.
pub type Error = (String, String);

/// Both sides, and how far they agreed.
pub struct Comparison {
    version: KubernetesVersion,
    oracle: Oracle,
    agreement: Agreement,
    /// The kinds of errors that upstream has made: fields without indices.
    kinds: BTreeSet<Error>,
    /// Who found what alone: how often, and one example.
    disagreements: BTreeMap<String, (usize, String)>,
}

impl Comparison {
    pub fn new(version: KubernetesVersion) -> Self {
        Self {
            version,
            oracle: Oracle::of(version),
            agreement: Agreement::new("objects"),
            kinds: BTreeSet::new(),
            disagreements: BTreeMap::new(),
        }
    }

    /// Upstream's errors of each object; none where it has no answer.
    pub fn ask(&mut self, objects: &[Value]) -> Vec<Option<BTreeSet<Error>>> {
        let mut all = Vec::new();
        for batch in objects.chunks(BATCH) {
            let questions: Vec<_> = batch
                .iter()
                .map(|object| json!({ "op": "object", "manifest": named(object).to_string() }))
                .collect();
            let answers = self.oracle.ask_all(&questions);
            for (object, answer) in batch.iter().zip(answers) {
                all.push(self.compare(object, &answer));
            }
        }
        all
    }

    /// Returns the number of kinds of errors of upstream.
    pub fn kinds(&self) -> usize {
        self.kinds.len()
    }

    fn compare(&mut self, object: &Value, answer: &Value) -> Option<BTreeSet<Error>> {
        if answer.get("panic").is_some() {
            // Ours comes to an end nevertheless.
            let _ = ours(object, self.version);
            self.agreement.excuse(PANICKED, object.to_string());
            return None;
        }
        let Some(errors) = answer.get("errors").and_then(Value::as_array) else {
            assert!(answer.get("decodeErr").is_some(), "{answer}: {object}");
            self.agreement.excuse(NOT_DECODED, object.to_string());
            return None;
        };
        let details: BTreeMap<Error, String> = errors
            .iter()
            .map(|error| {
                let text = |name: &str| error[name].as_str().unwrap().to_owned();
                let found = (flat(&text("Field")), class(&text("Type")).to_owned());
                (found, text("Detail"))
            })
            .collect();
        let all = details;
        let details: BTreeMap<Error, String> = all
            .clone()
            .into_iter()
            .filter(|(error, _)| is_ours_to_find(object, error))
            .map(|(error, detail)| (comparable(object, error), detail))
            .collect();
        let upstream: BTreeSet<Error> = details.keys().cloned().collect();
        if is_workload(object)
            && all
                .keys()
                .any(|(path, _)| path.starts_with("spec.selector"))
        {
            // It would be refused for the template next.
            self.agreement.excuse(SELECTOR, object.to_string());
            return None;
        }
        let Some(findings) = ours(object, self.version) else {
            self.agreement.excuse(NOT_TYPED, object.to_string());
            return None;
        };
        self.kinds.extend(upstream.iter().map(kind));
        let messages: BTreeMap<Error, String> = findings
            .iter()
            .filter(|finding| is_ours_to_find(object, &error(finding)))
            .map(|finding| {
                let found = comparable(object, error(finding));
                (found, finding.message.clone())
            })
            .collect();
        let own: BTreeSet<Error> = messages.keys().cloned().collect();
        if self.version < KubernetesVersion::V1_34
            && own.is_subset(&upstream)
            && upstream.difference(&own).all(is_of_app_armor)
            && own != upstream
        {
            self.agreement.excuse(APP_ARMOR, object.to_string());
            return Some(upstream);
        }
        match (own == upstream, upstream.is_empty()) {
            (true, true) => self.agreement.equal_and("sound"),
            (true, false) => self.agreement.equal_and("refused by both"),
            (false, _) => self.agreement.note("different, see below"),
        }
        for only in upstream.difference(&own) {
            self.disagree("upstream", only, &details[only], object);
        }
        for only in own.difference(&upstream) {
            self.disagree("ours", only, &messages[only], object);
        }
        Some(upstream)
    }

    fn disagree(&mut self, who: &str, only: &Error, said: &str, object: &Value) {
        let (path, class) = kind(only);
        let key = format!("only {who}: {class} at {path}");
        let example = format!("{}: {said}\n    {object}", only.0);
        let entry = self
            .disagreements
            .entry(key)
            .or_insert_with(|| (0, example.clone()));
        entry.0 += 1;
        if example.len() < entry.1.len() {
            entry.1 = example;
        }
    }

    /// Prints how much was compared, of which the excuses are known.
    ///
    /// # Panics
    /// If there was a disagreement, or an excuse was needed more or less often.
    pub fn finish(mut self, excuses: &Excuses) {
        println!(
            "{}: {} kinds of errors came up",
            self.version,
            self.kinds.len()
        );
        for (key, (count, example)) in &self.disagreements {
            self.agreement
                .differ(format!("{count} × {key}\n  {example}"));
        }
        self.agreement.finish(excuses);
    }
}

/// The server makes a name up before it validates; the oracle does not.
fn named(object: &Value) -> Value {
    let mut object = object.clone();
    let text = |metadata: &Value, field: &str| {
        metadata[field]
            .as_str()
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    if let Some(metadata) = object.get_mut("metadata").filter(|own| own.is_object())
        && let Some(prefix) = text(metadata, "generateName")
        && text(metadata, "name").is_none()
        && (prefix.is_ascii() || prefix.len() <= 58)
    {
        let kept = &prefix[..prefix.len().min(58)];
        metadata["name"] = format!("{kept}xxxxx").into();
    }
    object
}

fn ours(object: &Value, version: KubernetesVersion) -> Option<Vec<Finding>> {
    match object["kind"].as_str() {
        Some("Pod") => {
            let pod: Pod = serde_json::from_value(object.clone()).ok()?;
            Some(validate_pod(&pod, version))
        }
        Some("Job") => {
            let job: Job = serde_json::from_value(object.clone()).ok()?;
            Some(validate_job(&job, version))
        }
        Some("CronJob") => {
            let cron_job: CronJob = serde_json::from_value(object.clone()).ok()?;
            Some(validate_cron_job(&cron_job, version))
        }
        Some("Deployment") => {
            let deployment: Deployment = serde_json::from_value(object.clone()).ok()?;
            let template = deployment.spec.template;
            let path = FieldPath::parse("spec.template");
            Some(validate_template(&template, &path, version))
        }
        Some("StatefulSet") => {
            // What comes of its claims is a matter of the whole object.
            serde_json::from_value::<StatefulSet>(object.clone()).ok()?;
            let manifest = manifest::read("set.json", object.to_string().into_bytes());
            Some(validation::check(manifest.documents.first()?, version))
        }
        kind => panic!("{kind:?} is not compared"),
    }
}

/// Upstream's errors that are consciously left to the server: of what else makes
/// Pods, everything but its template, and in the template what its kind asks of
/// it: labels that are selected, and Pods that are always restarted.
fn is_ours_to_find(object: &Value, (path, class): &Error) -> bool {
    let of_kind = [
        ("spec.template.metadata.labels", "invalid"),
        ("spec.template.spec.restartPolicy", "not-supported"),
        (
            "spec.template.spec.activeDeadlineSeconds",
            "forbidden-field",
        ),
    ];
    let is_of_template = path.starts_with("spec.template.") && !of_kind.contains(&(path, class));
    !is_workload(object) || is_of_template
}

fn is_of_app_armor((path, _): &Error) -> bool {
    path.ends_with("metadata.annotations") || path.contains(".appArmorProfile.")
}

fn is_workload(object: &Value) -> bool {
    matches!(object["kind"].as_str(), Some("Deployment" | "StatefulSet"))
}

/// A StatefulSet's volumes have no order upstream.
fn comparable(object: &Value, error: Error) -> Error {
    match object["kind"].as_str() {
        Some("StatefulSet") => kind(&error),
        _ => error,
    }
}

fn class(upstream: &str) -> &'static str {
    match upstream {
        "FieldValueDuplicate" => "duplicate",
        "FieldValueForbidden" => "forbidden-field",
        "FieldValueInvalid" => "invalid",
        "FieldValueNotFound" => "not-found",
        "FieldValueNotSupported" => "not-supported",
        "FieldValueRequired" => "required",
        "FieldValueTooLong" => "too-long",
        "FieldValueTooMany" => "too-many",
        other => panic!("{other} is a class that nobody has thought of"),
    }
}

fn error(finding: &Finding) -> Error {
    (steps(&finding.path), finding.id().to_owned())
}

/// Both notations without what tells a field from a key and an index.
fn flat(path: &str) -> String {
    if path == "[]" {
        // The object as a whole, as a path without a name.
        return String::new();
    }
    path.replace('[', ".").replace(']', "")
}

fn steps(path: &FieldPath) -> String {
    let steps = path.segments().iter().map(|segment| match segment {
        Segment::Field(name) => name.replace('[', ".").replace(']', ""),
        Segment::Index(index) => index.to_string(),
    });
    let steps: Vec<_> = steps.collect();
    steps.join(".")
}

fn kind((path, class): &Error) -> Error {
    let steps = path.split('.');
    let steps: Vec<_> = steps
        .filter(|step| step.parse::<usize>().is_err())
        .collect();
    (steps.join("."), class.clone())
}
