//! Label selectors: upstream's `labels.Parse` and `LabelSelectorAsSelector` and
//! ours read the same texts, select the same objects, and write the same queries.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../support/agreement.rs"]
mod agreement;
#[path = "../support/oracle.rs"]
mod oracle;
#[path = "../support/random/mod.rs"]
mod random;

use std::collections::BTreeSet;

use agreement::Agreement;
use kubectl_pod_tools::manual_selector;
use oracle::Oracle;
use pod_model::selector::LabelSelector;
use random::Rng;
use serde_json::{Map, Value, json};

const TEXTS: usize = 30_000;
const SELECTORS: usize = 10_000;

const KEYS: [&str; 9] = ["a", "b", "app", "x.y/z", "tier", "in", "exists", "A_b", "9"];
const ODD_KEYS: [&str; 10] = [
    "", "-a", "a-", "a/b/c", "/a", "A.b/c", "é", "a b", "x_/y", ".",
];
const VALUES: [&str; 8] = ["b", "c", "web", "", "1", "a.b", "in", "X-y"];
const ODD_VALUES: [&str; 7] = ["-b", "b-", "b/c", "é", "b c", "'b'", "!"];
const BITS: [&str; 20] = [
    "=", "==", "!=", "!", ",", "(", ")", " in ", " notin ", " ", ">", "<", "in(", "a", "b",
    " exists", "*", "\t", "&", "|",
];

fn key(rng: &mut Rng) -> &'static str {
    if rng.percent(6) {
        rng.pick(&ODD_KEYS)
    } else {
        rng.pick(&KEYS)
    }
}

fn value(rng: &mut Rng) -> &'static str {
    if rng.percent(6) {
        rng.pick(&ODD_VALUES)
    } else {
        rng.pick(&VALUES)
    }
}

fn requirement(rng: &mut Rng) -> String {
    let space = |rng: &mut Rng| rng.pick(&["", "", "", " ", "  "]);
    let (key, value) = (key(rng), value(rng));
    let list = |rng: &mut Rng| -> String {
        let values: Vec<_> = (0..=rng.below(3)).map(|_| self::value(rng)).collect();
        values.join(rng.pick(&[",", ", ", " ,"]))
    };
    let (before, behind) = (space(rng), space(rng));
    match rng.below(9) {
        0 | 1 => format!("{key}{before}={behind}{value}"),
        2 => format!("{key}{before}=={behind}{value}"),
        3 => format!("{key}{before}!={behind}{value}"),
        4 => format!("{key} in{before}({}){behind}", list(rng)),
        5 => format!("{key} notin{before}({}){behind}", list(rng)),
        6 => format!("!{before}{key}"),
        7 => format!(
            "{key}{before}{}{behind}{}",
            rng.pick(&[">", "<"]),
            rng.pick(&["1", "-5", "x"])
        ),
        _ => key.to_owned(),
    }
}

fn text(rng: &mut Rng) -> String {
    let requirements: Vec<String> = (0..=rng.below(3)).map(|_| requirement(rng)).collect();
    let mut text = requirements.join(rng.pick(&[",", ",", ", "]));
    if rng.percent(25) {
        let bit = rng.pick(&BITS);
        let places: Vec<usize> = (0..=text.len())
            .filter(|at| text.is_char_boundary(*at))
            .collect();
        text.insert_str(rng.pick(&places), bit);
    }
    text
}

fn labels(rng: &mut Rng) -> Map<String, Value> {
    let mut labels = Map::new();
    for key in KEYS {
        if rng.percent(40) {
            labels.insert(key.to_owned(), json!(rng.pick(&VALUES)));
        }
    }
    labels
}

/// Requirements, each with an operator and sorted values: `a=b`, `a==b` and `a in (b,b)`
/// ask for the same.
type Meaning = BTreeSet<(String, &'static str, BTreeSet<String>)>;

/// Returns the meaning of upstream's text for a selector.
fn meaning(canonical: &Value) -> Meaning {
    if canonical == "" {
        return BTreeSet::new();
    }
    let (mut pieces, mut depth) = (vec![String::new()], 0);
    for c in canonical.as_str().unwrap_or_default().chars() {
        match c {
            ',' if depth == 0 => {
                pieces.push(String::new());
                continue;
            }
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        pieces.last_mut().unwrap().push(c);
    }
    let set = |values: &str| values.split(',').map(str::to_owned).collect();
    let pieces = pieces.iter().map(|piece| {
        let listed = piece
            .strip_suffix(')')
            .and_then(|piece| piece.split_once(" ("));
        if let Some((head, values)) = listed {
            return match head.strip_suffix(" notin") {
                Some(key) => (key.to_owned(), "notin", set(values)),
                None => (
                    head.strip_suffix(" in").unwrap().to_owned(),
                    "in",
                    set(values),
                ),
            };
        }
        for (sign, operator) in [
            ("!=", "notin"),
            ("==", "in"),
            ("=", "in"),
            (">", "larger"),
            ("<", "smaller"),
        ] {
            if let Some((key, value)) = piece.split_once(sign) {
                return (key.to_owned(), operator, set(value));
            }
        }
        match piece.strip_prefix('!') {
            Some(key) => (key.to_owned(), "absent", BTreeSet::new()),
            None => (piece.clone(), "there", BTreeSet::new()),
        }
    });
    pieces.collect()
}

/// Returns the meaning of our parsed selector.
fn our_meaning(selector: &LabelSelector) -> Meaning {
    let requirements = selector.requirements().iter().map(|requirement| {
        let operator = match requirement.operator.word() {
            "In" => "in",
            "NotIn" => "notin",
            "Exists" => "there",
            "DoesNotExist" => "absent",
            "Gt" => "larger",
            "Lt" => "smaller",
            other => panic!("{other}"),
        };
        (
            requirement.key.clone(),
            operator,
            requirement.values.clone(),
        )
    });
    requirements.collect()
}

#[test]
fn each_text_selects_what_upstream_selects_by_it() {
    let mut rng = Rng::new(20_261_129);
    let cases: Vec<_> = (0..TEXTS)
        .map(|_| (text(&mut rng), labels(&mut rng)))
        .collect();
    let ours: Vec<_> = cases
        .iter()
        .map(|(text, _)| LabelSelector::parse(text).ok())
        .collect();
    let questions: Vec<Value> = cases
        .iter()
        .map(|(text, labels)| json!({"op": "selector", "input": text, "vars": labels}))
        .collect();
    let answers = Oracle::start().ask_all(&questions);
    let mut agreement = Agreement::new("selectors");
    for (((text, labels), ours), upstream) in cases.iter().zip(&ours).zip(&answers) {
        let object = json!({"metadata": {"labels": labels}});
        let fits = ours.as_ref().map(|ours| ours.matches_object(&object));
        let theirs = upstream["match"].as_bool();
        let is_same = fits == theirs
            && ours
                .as_ref()
                .is_none_or(|ours| our_meaning(ours) == meaning(&upstream["canonical"]));
        if is_same {
            agreement.equal_and(match theirs {
                None => "refused by both",
                Some(true) => "selecting",
                Some(false) => "not selecting",
            });
        } else {
            agreement.differ(format!(
                "{text:?} of {labels:?}\n  ours {ours:?} {fits:?}\n  upstream's {upstream}"
            ));
        }
    }
    for kind in ["refused by both", "selecting", "not selecting"] {
        assert!(agreement.kind(kind) > TEXTS / 20, "{kind}");
    }
    agreement.finish(&[]);
}

fn selector(rng: &mut Rng) -> Value {
    let mut selector = json!({});
    if rng.percent(60) {
        selector["matchLabels"] = Value::Object(labels(rng));
    }
    if rng.percent(70) {
        let expressions: Vec<Value> = (0..rng.below(4))
            .map(|_| {
                let operator = rng.pick(&["In", "NotIn", "Exists", "DoesNotExist"]);
                let values: Vec<_> = (0..=rng.below(3)).map(|_| rng.pick(&VALUES)).collect();
                match operator {
                    "In" | "NotIn" => {
                        json!({"key": rng.pick(&KEYS), "operator": operator, "values": values})
                    }
                    _ => json!({"key": rng.pick(&KEYS), "operator": operator}),
                }
            })
            .collect();
        selector["matchExpressions"] = json!(expressions);
    }
    selector
}

/// A query that we ask the server finds what the Job controller finds.
#[test]
fn the_selector_of_a_job_becomes_the_query_that_upstream_makes_of_it() {
    let mut rng = Rng::new(20_261_130);
    let selectors: Vec<Value> = (0..SELECTORS).map(|_| selector(&mut rng)).collect();
    let queries = selectors.iter().map(|selector| {
        let job = json!({"apiVersion": "batch/v1", "kind": "Job",
            "spec": {"manualSelector": true, "selector": selector}});
        manual_selector(&job).unwrap()
    });
    let queries: Vec<String> = queries.collect();
    let of_objects = selectors
        .iter()
        .map(|selector| json!({"op": "labelSelector", "selector": selector, "labels": {}}));
    let of_texts = queries
        .iter()
        .map(|query| json!({"op": "selector", "input": query, "vars": {}}));
    let questions: Vec<Value> = of_objects.chain(of_texts).collect();
    let answers = Oracle::start().ask_all(&questions);
    let (of_objects, of_texts) = answers.split_at(SELECTORS);
    let mut agreement = Agreement::new("selectors of Jobs");
    for ((selector, query), (object, text)) in selectors
        .iter()
        .zip(&queries)
        .zip(of_objects.iter().zip(of_texts))
    {
        let is_same = object["match"] == text["match"]
            && meaning(&object["canonical"]) == meaning(&text["canonical"]);
        if is_same && object.get("err").is_none() {
            agreement.equal();
        } else {
            agreement.differ(format!(
                "{selector}\n  ours {query:?} {text}\n  upstream's {object}"
            ));
        }
    }
    agreement.finish(&[]);
}
