//! Edits of random manifests' text.

use pod_model::edit::{Change, Edit, apply};
use pod_model::kinds::pod_template_path;
use pod_model::manifest;
use pod_model::pod_security::{Level, LevelVersion};
use pod_model::yaml_edit::{EditedText, PlacedEdit, edit_text};
use pod_model::{Document, FieldPath};
use serde_json::{Value, json};

use crate::random::Rng;
use crate::text::{Writer, json as to_json};
use crate::{at, patch, pods, typed, violations};

const CASES: usize = 2_000;

fn cases() -> usize {
    let number = std::env::var("POD_TOOLS_LEVEL_PATCH_CASES").ok();
    number.map_or(CASES, |number| number.parse().unwrap())
}

/// A Pod, or an object with it as its template.
fn object(rng: &mut Rng) -> Value {
    let mut pod = pods::pod(rng);
    // Equal containers share their security context in the text.
    if rng.percent(40) {
        let containers = pod["spec"]["containers"].as_array_mut();
        if let Some(containers) = containers.filter(|own| !own.is_empty()) {
            let mut copy = containers[0].clone();
            copy["name"] = json!("copy");
            containers.push(copy);
        }
    }
    if rng.percent(20) {
        pod["spec"]["containers"][0]["args"] = json!(["-c", "echo\n # no comment\n", "true"]);
    }
    if rng.percent(15) {
        pod["spec"]["containers"][0]["securityContext"] = Value::Null;
    }
    let metadata = json!({"name": "web", "labels": {"app": "web"}});
    let template = json!({"metadata": pod["metadata"], "spec": pod["spec"]});
    match rng.below(4) {
        0 => json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata,
            "spec": {"replicas": 1, "template": template}}),
        1 => json!({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata,
            "spec": {"jobTemplate": {"spec": {"template": template}}}}),
        _ => {
            let mut own = template;
            own["metadata"]["name"] = json!("web");
            let mut pod = json!({"apiVersion": "v1", "kind": "Pod"});
            pod["metadata"] = own["metadata"].clone();
            pod["spec"] = own["spec"].clone();
            pod
        }
    }
}

/// Random text of some documents.
pub(crate) fn text(rng: &mut Rng) -> Vec<u8> {
    let count = 1 + rng.below(3);
    let objects: Vec<Value> = (0..count).map(|_| object(rng)).collect();
    if rng.percent(15) {
        let texts = objects.iter().map(|own| to_json(own, rng));
        return texts.collect::<Vec<_>>().join("\n").into_bytes();
    }
    let mut writer = Writer::new(rng);
    if objects.len() > 1 && writer.chance_of(30) {
        writer.document(&json!({"apiVersion": "v1", "kind": "List", "items": objects}));
    } else {
        for (i, object) in objects.iter().enumerate() {
            if i > 0 {
                writer.out.push_str("---\n");
            }
            writer.document(object);
        }
    }
    let mut text = writer.out;
    if rng.percent(10) {
        text.pop();
    }
    if rng.percent(20) {
        text = text.replace('\n', "\r\n");
    }
    if rng.percent(10) {
        text.insert(0, '\u{feff}');
    }
    text.into_bytes()
}

struct Found<'a> {
    document: &'a Document,
    base: FieldPath,
    pod: Value,
}

fn found(documents: &[Document]) -> Vec<Found<'_>> {
    let found = documents.iter().map(|document| {
        let (api_version, kind) = (document.api_version().unwrap(), document.kind().unwrap());
        let template = pod_template_path(api_version, kind).unwrap();
        let node = document.find(&template).unwrap().node;
        let pod: Value = serde_json::from_str(&document.tree().to_json(node)).unwrap();
        Found {
            document,
            base: document.base().join(&template),
            pod,
        }
    });
    found.collect()
}

/// The comments that a text has, in order.
fn comments(text: &str) -> Vec<&str> {
    let starts = text.match_indices("# c").map(|(at, _)| &text[at..]);
    starts
        .map(|rest| rest.split(['\n', '\r']).next().unwrap())
        .collect()
}

/// Returns whether one list is a part of another, in the same order.
fn is_subsequence<T: PartialEq>(some: &[T], all: &[T]) -> bool {
    let mut all = all.iter();
    some.iter().all(|own| all.any(|other| other == own))
}

/// Checks that the lines that differ are those of the hunks, and that they are few.
fn check_lines(old: &str, new: &str, edited: &EditedText, edits: &[Edit]) {
    let lines: Vec<&str> = old.split_inclusive('\n').collect();
    let mut rebuilt = String::new();
    let mut at = 0;
    let mut gone = 0;
    for hunk in &edited.hunks {
        rebuilt.push_str(&lines[at..hunk.old_line - 1].concat());
        let end = hunk.old_line - 1 + hunk.old.len();
        assert_eq!(lines[hunk.old_line - 1..end].concat(), hunk.old.concat());
        let new_lines = rebuilt.split_inclusive('\n').count();
        assert_eq!(hunk.new_line, new_lines + 1);
        rebuilt.push_str(&hunk.new.concat());
        at = end;
        gone += hunk.old.len();
    }
    rebuilt.push_str(&lines[at..].concat());
    assert_eq!(rebuilt, new);
    // Nothing but an entry that goes has more than two lines: its last, and the one before it,
    // which may lose or get a comma.
    let removed = edits
        .iter()
        .filter(|edit| !matches!(edit.change, Change::Set(_) | Change::Append(_)));
    if removed.count() == 0 {
        assert!(
            gone <= 2 * edits.len(),
            "{gone} lines for {} edits",
            edits.len()
        );
    }
}

/// Makes the edits of a manifest and checks everything; returns the numbers of edits and of
/// refused ones.
fn check(bytes: &[u8], at: LevelVersion, with_decisions: bool) -> (usize, usize) {
    let old = manifest::read("f", bytes.to_vec());
    assert_eq!(old.errors, [], "{}", String::from_utf8_lossy(bytes));
    let found_before = found(&old.documents);
    let mut placed = Vec::new();
    let mut patches = Vec::new();
    for own in &found_before {
        let pod = typed(&own.pod);
        let patch = patch(at, &pod);
        for edit in patch.chosen(with_decisions) {
            placed.push(PlacedEdit {
                document: own.document.index(),
                edit: Edit {
                    path: own.base.join(&edit.path),
                    change: edit.change,
                },
            });
        }
        patches.push(patch);
    }
    let edited = edit_text(bytes, &placed).unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let new_text = String::from_utf8(edited.bytes.clone()).unwrap();
    let all: Vec<Edit> = placed.iter().map(|own| own.edit.clone()).collect();
    check_lines(&text, &new_text, &edited, &all);
    let (before, after) = (comments(&text), comments(&new_text));
    let adds = |edit: &Edit| matches!(edit.change, Change::Set(_) | Change::Append(_));
    if all.iter().all(adds) {
        assert_eq!(before, after, "{text}\n=>\n{new_text}");
    } else {
        assert!(is_subsequence(&after, &before), "{text}\n=>\n{new_text}");
    }
    let new = manifest::read("f", edited.bytes.clone());
    assert_eq!(new.errors, []);
    let found_after = found(&new.documents);
    assert_eq!(found_before.len(), found_after.len());
    for ((before, after), patch) in found_before.iter().zip(&found_after).zip(&patches) {
        let number = before.document.index();
        if edited.refused.iter().any(|own| own.document == number) {
            continue;
        }
        let mut expected = before.pod.clone();
        apply(&patch.chosen(with_decisions), &mut expected).unwrap();
        assert_eq!(after.pod, expected, "{text}\n=>\n{new_text}");
        if patch.reaches_level(with_decisions) {
            assert_eq!(
                violations(at, &typed(&after.pod)),
                [],
                "{text}\n=>\n{new_text}"
            );
        }
    }
    (placed.len(), edited.refused.len())
}

#[test]
fn manifests_change_in_the_needed_lines_alone() {
    let mut rng = Rng::new(0xed17);
    let (mut edits, mut refused) = (0, 0);
    for case in 0..cases() {
        let bytes = text(&mut rng);
        let mut at = at(&mut rng);
        if case % 3 > 0 {
            at.level = Level::Restricted;
        }
        let (made, not) = check(&bytes, at, case % 2 == 0);
        edits += made;
        refused += not;
    }
    // An anchored value of which only one place changes.
    assert!(refused * 50 < edits, "{refused} of {edits}");
    println!("{} manifests: {edits} edits, {refused} refused", cases());
}
