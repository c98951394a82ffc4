//! The mistakes of one manifest as both sides tell them.

use std::collections::BTreeSet;

use pod_model::{FieldPath, Finding, KubernetesVersion, Segment, Severity, check};
use serde_json::Value;

/// The kinds of manifests that both decoders refuse.
pub(crate) const REFUSED: [&str; 3] = [
    "with the same fields refused",
    "with the same value refused",
    "with upstream's first value refused among others",
];

/// Reason of a difference: a key may be a pasted value, so it is not printed.
pub(crate) const WITHHELD: &str = "what may be a Secret has no place told";
/// Nothing of ours has to guess at a template that is refused for its selector.
pub(crate) const SELECTOR: &str =
    "with a selector that is not sound, upstream does not look at the template";
pub(crate) const AROUND: &str = "upstream refuses the object or the list around the field";
pub(crate) const SOURCES: &str = "of the sources of a volume upstream looks at the first";
pub(crate) const RULES: &str = "rules are not looked at beside a restartPolicy that is refused";
pub(crate) const IMAGE: &str = "a volume with an image is dropped while ImageVolume is off";

/// Of a manifest, both sides compared.
pub(crate) enum Judged {
    /// Equal, and in which way.
    Same(&'static str),
    Excused(&'static str, String),
    Different(String),
}

/// A place and a class.
type Mistake = (String, String);

fn ours(text: &str, version: KubernetesVersion) -> Vec<Finding> {
    let manifest = pod_model::manifest::read("case", text.as_bytes().to_vec());
    let checked = manifest.documents.iter();
    let checked = checked.flat_map(|document| check(document, version));
    manifest.errors.iter().cloned().chain(checked).collect()
}

/// Compares our findings with upstream's answer to `object`.
pub(crate) fn judge(text: &str, answer: &Value, version: KubernetesVersion) -> Judged {
    let findings = ours(text, version);
    let (missing, told): (Vec<_>, Vec<_>) = findings
        .into_iter()
        .partition(|finding| ["missing-field", "empty-item"].contains(&finding.id()));
    let own: BTreeSet<Mistake> = told.iter().map(mistake).collect();
    if let Some(said) = answer["decodeErr"].as_str() {
        return first_refusal(said, &own, &told);
    }
    let theirs = strict(answer);
    if own != theirs {
        let why = format!("upstream: {theirs:?}\n  check: {own:?}");
        return if is_withheld(&own, &theirs) {
            Judged::Excused(WITHHELD, why)
        } else {
            Judged::Different(why)
        };
    }
    // A warning refuses nothing.
    let missing: Vec<_> = missing
        .into_iter()
        .filter(|finding| finding.severity == Severity::Error)
        .collect();
    match absent(&missing, answer, version) {
        Some(judged) => judged,
        None if theirs.is_empty() => Judged::Same("taken by both"),
        None => Judged::Same(REFUSED[0]),
    }
}

/// Returns whether the same classes are told, some of them without their places, or at what is around them.
fn is_withheld(own: &BTreeSet<Mistake>, theirs: &BTreeSet<Mistake>) -> bool {
    let classes = |mistakes: &BTreeSet<Mistake>| -> BTreeSet<String> {
        mistakes.iter().map(|(_, class)| class.clone()).collect()
    };
    let is_around = |(place, class): &Mistake| {
        let mut theirs = theirs.iter().filter(|(_, own)| own == class);
        let below = format!("{place}.");
        // A key that is given twice in YAML has no place.
        theirs.any(|(own, _)| place.is_empty() || own.starts_with(&below) || !own.contains('.'))
    };
    let are_known = own
        .iter()
        .all(|mistake| theirs.contains(mistake) || is_around(mistake));
    let is_told = own.iter().all(|mistake| theirs.contains(mistake));
    are_known && !is_told && classes(own) == classes(theirs)
}

/// Upstream ends with the first value that it cannot decode: it is among ours.
fn first_refusal(said: &str, own: &BTreeSet<Mistake>, told: &[Finding]) -> Judged {
    let (ids, field) = refusal(said);
    let is_it = |finding: &&Finding| {
        ids.contains(&finding.id())
            && field
                .as_ref()
                .is_none_or(|field| leads_to(&finding.path, field))
    };
    match (told.iter().any(|finding| is_it(&finding)), own.len()) {
        (true, 1) => Judged::Same(REFUSED[1]),
        (true, _) => Judged::Same(REFUSED[2]),
        (false, _) => Judged::Different(format!(
            "upstream: {said} ({ids:?} {field:?})\n  check: {own:?}"
        )),
    }
}

/// Our classes for what upstream says, and the field if it names one.
fn refusal(said: &str) -> (&'static [&'static str], Option<Vec<String>>) {
    let field = said.split_once("Go struct field ").map(|(_, rest)| {
        let path = rest.split(" of type ").next().unwrap();
        let steps = path.split('.').skip(1);
        // Embedded structs are named as well.
        let is_field = |step: &&str| !step.starts_with(|c: char| c.is_ascii_uppercase());
        steps.filter(is_field).map(str::to_owned).collect()
    });
    let ids: &[&str] = match said {
        _ if said.starts_with("no kind ") => &["unknown-kind"],
        _ if said.starts_with("unexpected GroupVersion") => &["unknown-kind", "missing-kind"],
        _ if said.starts_with("Object 'Kind' is missing") => &["missing-kind"],
        _ if said.starts_with("Object 'apiVersion' is missing") => &["missing-api-version"],
        _ if said.contains("yaml: ") => &["syntax"],
        _ => &["wrong-type"],
    };
    (ids, field)
}

/// Returns whether a path leads to a field that is named without indices, nor keys of maps.
fn leads_to(path: &FieldPath, field: &[String]) -> bool {
    let steps = path.segments().iter().filter_map(|step| match step {
        Segment::Field(name) => Some(&**name),
        Segment::Index(_) => None,
    });
    let steps: Vec<&str> = steps.collect();
    let mut left = steps.iter();
    let in_order = field.iter().all(|name| left.any(|step| step == name));
    in_order && steps.len() <= field.len() + 1
}

/// All that upstream's strict decoder has to say.
fn strict(answer: &Value) -> BTreeSet<Mistake> {
    let said = answer["strictErr"].as_array().into_iter().flatten();
    let mut mistakes = BTreeSet::new();
    for said in said.map(|said| said.as_str().unwrap()) {
        // sigs.k8s.io/yaml tells the line and the key.
        for line in said
            .lines()
            .filter(|line| line.contains(" already set in map"))
        {
            let key = line.split_once("key ").unwrap().1;
            let key = key.strip_suffix(" already set in map").unwrap();
            let key = serde_json::from_str::<String>(key).unwrap_or_else(|_| key.to_owned());
            mistakes.insert((key, "duplicate-key".to_owned()));
        }
        if let Some(field) = said.strip_prefix("unknown field ") {
            let field: String = serde_json::from_str(field).unwrap();
            mistakes.insert((field, "unknown-field".to_owned()));
        }
    }
    mistakes
}

/// Ours as upstream writes it: a duplicate by its key alone.
fn mistake(finding: &Finding) -> Mistake {
    let place = match (finding.id(), finding.path.segments().last()) {
        ("duplicate-key", Some(Segment::Field(key))) => key.to_string(),
        _ => written(&finding.path),
    };
    (place, finding.id().to_owned())
}

/// The path as upstream writes it: keys of maps like fields.
fn written(path: &FieldPath) -> String {
    let mut text = String::new();
    for step in path.segments() {
        match step {
            Segment::Field(name) if text.is_empty() => text.push_str(name),
            Segment::Field(name) => text.push_str(&format!(".{name}")),
            Segment::Index(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}

/// Missing fields and empty items that the registry does without; `None` if there are
/// none, or the kind's validation cannot be asked here (`upstream_lists` asks it).
fn absent(missing: &[Finding], answer: &Value, version: KubernetesVersion) -> Option<Judged> {
    let errors = answer["errors"].as_array()?;
    if missing.is_empty() {
        return None;
    }
    let fields: Vec<&str> = errors
        .iter()
        .map(|error| error["Field"].as_str().unwrap())
        .collect();
    let alone: Vec<String> = missing
        .iter()
        .map(|finding| upstream_path(&finding.path, version))
        .filter(|path| !fields.iter().any(|field| field.starts_with(path.as_str())))
        .collect();
    let why = format!("missing to us alone: {alone:?}\n  upstream: {fields:?}");
    let reasons: Vec<_> = alone
        .iter()
        .map(|path| reason(path, &fields).or_else(|| reason_of_version(path, answer, version)))
        .collect();
    Some(match reasons.first() {
        None => Judged::Same("with the same fields missing"),
        Some(Some(reason)) if reasons.iter().all(Option::is_some) => Judged::Excused(reason, why),
        _ => Judged::Different(why),
    })
}

/// Returns a path as upstream writes it: owners have an index since 1.37.
fn upstream_path(path: &FieldPath, version: KubernetesVersion) -> String {
    let path = written(path);
    let owners = "metadata.ownerReferences[";
    match path
        .strip_prefix(owners)
        .and_then(|rest| rest.split_once(']'))
    {
        Some((_, rest)) if version < KubernetesVersion::V1_37 => {
            format!("metadata.ownerReferences{rest}")
        }
        _ => path,
    }
}

/// Returns the reason why upstream accepts an object without a required field.
fn reason(path: &str, fields: &[&str]) -> Option<&'static str> {
    // Not of the whole specification: that says nothing of a field.
    let is_part = |before: &&str| !["spec", "spec.template"].contains(before);
    let mut around = path
        .match_indices(['.', '['])
        .map(|(at, _)| &path[..at])
        .filter(is_part);
    let rows = [
        (around.any(|before| fields.contains(&before)), AROUND),
        (path.contains(".restartPolicyRules["), RULES),
        (
            volume(path).is_some_and(|of| fields.iter().any(|field| field.starts_with(of))),
            SOURCES,
        ),
        (
            path.starts_with("spec.template")
                && fields
                    .iter()
                    .any(|field| field.starts_with("spec.selector")),
            SELECTOR,
        ),
    ];
    rows.into_iter()
        .find(|(applies, _)| *applies)
        .map(|(_, reason)| reason)
}

/// Returns the reason why a server before 1.35 does not look at a field.
fn reason_of_version(
    path: &str,
    answer: &Value,
    version: KubernetesVersion,
) -> Option<&'static str> {
    let object = &answer["defaulted"];
    let is_of_volumes = path.contains(".volumes[") || path.contains(".volumeMounts[");
    let specs = [
        "/spec",
        "/spec/template/spec",
        "/spec/jobTemplate/spec/template/spec",
    ];
    let mut volumes = specs
        .iter()
        .filter_map(|spec| object.pointer(spec)?["volumes"].as_array())
        .flatten();
    // The volumes behind it have other indices then.
    let is_dropped = version < KubernetesVersion::V1_35
        && is_of_volumes
        && volumes.any(|volume| volume["image"].is_object());
    is_dropped.then_some(IMAGE)
}

/// The path of the volume around a field, with the dot behind it.
fn volume(path: &str) -> Option<&str> {
    let at = path.find("spec.volumes[")?;
    let end = path[at..].find("].")?;
    Some(&path[..at + end + 2])
}
