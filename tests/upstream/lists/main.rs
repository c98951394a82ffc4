//! Lists and maps with an item that is null, and lists with two items of the same
//! key: every one of the schema, as upstream's registry
//! (k8s.io/kubernetes/pkg/registry) and server-side apply
//! (sigs.k8s.io/structured-merge-diff) judge it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../../support/oracle.rs"]
mod oracle;
mod places;
#[path = "../../support/random/mod.rs"]
mod random;

use std::collections::{BTreeMap, BTreeSet};

use oracle::Oracle;
use places::{KEY, Place, bases, places};
use pod_model::schema::ListType;
use pod_model::schema_check;
use pod_model::{
    Document, FieldPath, Finding, KubernetesVersion, Segment, Severity, manifest, validation,
};
use random::Rng;
use serde_json::{Value, json};

const VERSION: KubernetesVersion = KubernetesVersion::V1_37;
/// Questions that are asked together; it bounds the memory.
const BATCH: usize = 500;

/// Empty items that upstream refuses and we leave to the server: kinds that we do not
/// validate. May only shrink.
const LEFT_TO_THE_SERVER: &str = include_str!("left.txt");

fn document(object: &Value) -> Document {
    let manifest = manifest::read("a.json", object.to_string().into_bytes());
    manifest.documents.into_iter().next().unwrap()
}

fn text<'a>(object: &'a Value, field: &str) -> &'a str {
    object[field].as_str().unwrap()
}

/// A path without what tells a field from a key and an index.
fn flat(path: &str) -> String {
    path.replace('[', ".").replace(']', "")
}

fn steps(path: &FieldPath) -> String {
    let steps = path.segments().iter().map(|segment| match segment {
        Segment::Field(name) => name.to_string(),
        Segment::Index(index) => index.to_string(),
    });
    steps.collect::<Vec<_>>().join(".")
}

fn is_below(path: &str, place: &str) -> bool {
    path == place
        || path
            .strip_prefix(place)
            .is_some_and(|rest| rest.starts_with('.'))
}

fn errors(findings: Vec<Finding>) -> Vec<Finding> {
    let mut findings = findings;
    findings.retain(|finding| finding.severity == Severity::Error);
    findings
}

/// The judgement of an empty item at a place.
struct Empty {
    object: Value,
    place: Place,
    path: String,
    name: String,
}

fn empties() -> Vec<Empty> {
    let mut all = Vec::new();
    for base in bases() {
        for place in places(text(&base, "apiVersion"), text(&base, "kind")) {
            let mut object = base.clone();
            let (at, path) = place.within(&mut object);
            match at {
                Value::Array(items) => items.push(Value::Null),
                Value::Object(map) => {
                    map.insert(KEY.to_owned(), Value::Null);
                }
                _ => unreachable!(),
            }
            let name = format!("{} {}", text(&base, "kind"), place.name());
            all.push(Empty {
                object,
                place,
                path,
                name,
            });
        }
    }
    all
}

fn create(object: &Value) -> Value {
    json!({"op": "create", "manifest": object.to_string()})
}

fn apply(object: &Value) -> Value {
    json!({"op": "apply", "manifest": object.to_string()})
}

fn ask(oracle: &mut Oracle, question: fn(&Value) -> Value, objects: &[&Value]) -> Vec<Value> {
    let mut answers = Vec::new();
    for batch in objects.chunks(BATCH) {
        let questions: Vec<_> = batch.iter().map(|object| question(object)).collect();
        answers.extend(oracle.ask_all(&questions));
    }
    answers
}

#[test]
fn an_empty_item_is_refused_where_the_registry_refuses_it() {
    let mut oracle = Oracle::start();
    let all = empties();
    let objects: Vec<_> = all.iter().map(|empty| &empty.object).collect();
    let (mut refused, mut exact, mut covered) = (0, 0, 0);
    let mut left = BTreeSet::new();
    let mut wrong = Vec::new();
    for (empty, answer) in all.iter().zip(ask(&mut oracle, create, &objects)) {
        let document = document(&empty.object);
        let own = errors(
            [
                schema_check::check(&document, VERSION),
                validation::check(&document, VERSION),
            ]
            .concat(),
        );
        let place = &empty.path;
        let is_refused = match answer["errors"].as_array() {
            Some(errors) => errors
                .iter()
                .any(|error| is_below(&flat(text(error, "Field")), place)),
            None => {
                // What cannot be decoded is refused wherever it stands.
                assert!(
                    answer.get("decodeErr").is_some(),
                    "{}: {answer}",
                    empty.name
                );
                true
            }
        };
        let is_found = own.iter().any(|own| is_below(&steps(&own.path), place));
        refused += usize::from(is_refused);
        match (is_refused, is_found) {
            (true, false) => {
                left.insert(empty.name.clone());
            }
            // What is around it is refused already, and upstream looks no further.
            (false, true) if answer["errors"] != json!([]) => covered += 1,
            (false, true) => wrong.push(format!("{}: {:?}\n{answer}", empty.name, own[0].message)),
            _ => exact += 1,
        }
    }
    println!(
        "{} empty items, {refused} refused, {exact} judged alike, {covered} within what is refused as a whole",
        all.len()
    );
    assert!(
        wrong.is_empty(),
        "{} that upstream takes:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    let known: BTreeSet<_> = LEFT_TO_THE_SERVER.lines().map(str::to_owned).collect();
    assert_eq!(left, known, "those that are left to the server");
    assert!(refused > 600, "{refused}");
}

/// The lists of an object that server-side apply refuses, by upstream's paths,
/// which name items by their keys: without those.
fn refused_lists(answer: &Value) -> BTreeMap<String, usize> {
    let errors = answer["errors"].as_array();
    let errors = errors.unwrap_or_else(|| panic!("{answer}"));
    let mut lists = BTreeMap::new();
    for error in errors {
        let message = text(error, "message");
        // `check` finds what is of a wrong type.
        if message.starts_with("expected ") {
            continue;
        }
        *lists.entry(without_items(text(error, "path"))).or_default() += 1;
    }
    lists
}

/// `.spec.containers[name="a"].env` as `spec.containers.env`.
fn without_items(path: &str) -> String {
    let (mut out, mut depth, mut quoted) = (String::new(), 0, false);
    for c in path.chars() {
        match c {
            '"' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth -= 1,
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out.trim_start_matches('.').to_owned()
}

/// The same of ours: the list is the innermost number's.
fn own_lists(object: &Value) -> BTreeMap<String, usize> {
    let mut lists = BTreeMap::new();
    for finding in schema_check::check_apply(&document(object), VERSION) {
        let segments = finding.path.segments();
        let item = segments
            .iter()
            .rposition(|s| matches!(s, Segment::Index(_)));
        let fields = segments[..item.unwrap()]
            .iter()
            .filter_map(|segment| match segment {
                Segment::Field(name) => Some(name.to_string()),
                Segment::Index(_) => None,
            });
        let list = fields.collect::<Vec<_>>().join(".");
        *lists.entry(list).or_default() += 1;
    }
    lists
}

#[test]
fn an_empty_item_cannot_be_applied_where_items_have_keys() {
    let mut oracle = Oracle::start();
    let all = empties();
    let objects: Vec<_> = all.iter().map(|empty| &empty.object).collect();
    let mut refused = 0;
    for (empty, answer) in all.iter().zip(ask(&mut oracle, apply, &objects)) {
        let upstream = refused_lists(&answer);
        assert_eq!(
            own_lists(&empty.object),
            upstream,
            "{}: {answer}",
            empty.name
        );
        let is_told_apart = empty.place.list != ListType::Atomic;
        assert_eq!(!upstream.is_empty(), is_told_apart, "{}", empty.name);
        refused += upstream.len();
    }
    println!("{} empty items, {refused} cannot be applied", all.len());
    assert!(refused > 250, "{refused}");
}

/// Values of one key, of which two may be the same and one is the default of
/// another field.
fn key_value(rng: &mut Rng, name: &str) -> Option<Value> {
    let of_number = ["containerPort", "port"].contains(&name);
    Some(match rng.below(8) {
        0 => return None,
        1 => Value::Null,
        2 if of_number => json!(0),
        3 | 4 if of_number => json!(80),
        _ if of_number => json!(443),
        2 => json!(""),
        3 => json!("TCP"),
        4 => json!("a"),
        5 => json!("0"),
        _ => json!("UDP"),
    })
}

#[test]
fn random_lists_have_the_duplicates_that_upstream_finds() {
    const EACH: usize = 6;
    let mut rng = Rng::new(0x0011_57ed);
    let mut oracle = Oracle::start();
    let mut objects = Vec::new();
    for base in bases() {
        let places = places(text(&base, "apiVersion"), text(&base, "kind"));
        let keyed: Vec<_> = places
            .iter()
            .filter(|p| p.list != ListType::Atomic)
            .collect();
        for _ in 0..keyed.len() * EACH {
            let mut object = base.clone();
            for _ in 0..=rng.below(3) {
                let place = keyed[rng.below(keyed.len())];
                let (at, _) = place.within(&mut object);
                let items = at.as_array_mut().unwrap();
                for _ in 0..rng.below(6) {
                    items.push(item(&mut rng, place.list));
                }
            }
            objects.push(object);
        }
    }
    let asked: Vec<_> = objects.iter().collect();
    let (mut refused, mut found) = (0, 0);
    for (object, answer) in objects.iter().zip(ask(&mut oracle, apply, &asked)) {
        let upstream = refused_lists(&answer);
        assert_eq!(own_lists(object), upstream, "{object}\n{answer}");
        refused += usize::from(!upstream.is_empty());
        found += upstream.values().sum::<usize>();
    }
    println!(
        "{} objects, {refused} refused for {found} items",
        objects.len()
    );
    assert!(
        refused > objects.len() / 4,
        "{refused} of {}",
        objects.len()
    );
}

fn item(rng: &mut Rng, list: ListType) -> Value {
    if list == ListType::Set {
        return match rng.below(4) {
            0 => json!("a"),
            1 => json!("b"),
            number => json!(number.to_string()),
        };
    }
    let keys = list
        .keys()
        .filter_map(|(name, _)| Some((name, key_value(rng, name)?)));
    let mut item: serde_json::Map<_, _> =
        keys.map(|(name, value)| (name.to_owned(), value)).collect();
    // An item without any field of its key ends upstream's walk where that has no default.
    if item.is_empty() && list.keys().all(|(_, default)| default.is_none()) {
        item.insert(list.keys().next().unwrap().0.to_owned(), json!("a"));
    }
    item.into()
}
