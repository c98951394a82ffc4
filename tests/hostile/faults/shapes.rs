//! Answers of 200 that are not what was asked for.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Class, HTML, Misdeed};
use crate::server::{Answer, Fault, Request};

/// An answer of 200 with another body, and right answers that are changed; the
/// first few are the most common.
pub(crate) fn shapes() -> Vec<Misdeed> {
    let mut all: Vec<Misdeed> = [
        ("{}", "{}"),
        ("null", "null"),
        ("HTML as JSON", HTML),
        ("[]", "[]"),
        ("a string", "\"x\""),
        ("true", "true"),
        ("a number", "17"),
        ("nothing", ""),
        ("NaN", "NaN"),
        ("two objects", "{}{}"),
        ("an object of nothing known", r#"{"a": 1, "b": {"c": []}}"#),
        ("bytes", "\u{0}\u{1}\u{2}"),
        ("a kind alone", r#"{"kind": "Pod"}"#),
        ("a number that is no number", r#"{"kind": 1e999}"#),
    ]
    .into_iter()
    .map(|(name, body)| {
        let answer = Answer::new(200, "application/json", body);
        Misdeed::new(
            format!("200 with {name}"),
            Class::NotAnAnswer,
            Fault::Answer(answer),
        )
    })
    .collect();
    all.push(Misdeed::new(
        "200 with HTML",
        Class::NotAnAnswer,
        Fault::Answer(Answer::new(200, "text/html", HTML)),
    ));
    all.extend(kinds());
    all.extend(lists());
    all
}

/// A misdeed that changes the right answer.
pub(super) fn altered(
    name: &str,
    class: Class,
    alter: impl Fn(&Request, &mut Value) + Send + Sync + 'static,
) -> Misdeed {
    Misdeed::new(name, class, Fault::Altered(Arc::new(alter)))
}

/// The objects of an answer: those of a list, or the answer itself if it is one.
pub(super) fn each(answer: &mut Value, alter: impl Fn(&mut Value)) {
    if let Some(Value::Array(items)) = answer.get_mut("items") {
        items.iter_mut().for_each(alter);
    } else if answer.get("metadata").is_some_and(Value::is_object) {
        alter(answer);
    }
}

/// Takes a field away.
fn remove(object: &mut Value, key: &str) {
    object.as_object_mut().and_then(|map| map.shift_remove(key));
}

/// Sets a field that is there.
fn set(answer: &mut Value, key: &str, value: Value) {
    if let Some(field) = answer.get_mut(key) {
        *field = value;
    }
}

fn kinds() -> [Misdeed; 8] {
    use Class::{NotAnAnswer, Other};
    [
        altered("the wrong kind", NotAnAnswer, |_, answer| {
            set(answer, "kind", json!("Teapot"));
        }),
        altered("the wrong group", NotAnAnswer, |_, answer| {
            set(answer, "apiVersion", json!("tea.example.org/v1"));
        }),
        altered("a kind that is a number", NotAnAnswer, |_, answer| {
            set(answer, "kind", json!(5));
        }),
        altered("metadata that is a number", NotAnAnswer, |_, answer| {
            each(answer, |object| object["metadata"] = 5.into());
        }),
        altered("the wrong name", Other, |_, answer| {
            each(answer, |object| {
                object["metadata"]["name"] = "somebody".into();
            });
        }),
        altered("the wrong namespace", Other, |_, answer| {
            each(answer, |object| {
                object["metadata"]["namespace"] = "elsewhere".into();
            });
        }),
        altered("no name", NotAnAnswer, |_, answer| {
            each(answer, |object| {
                remove(&mut object["metadata"], "name");
            });
        }),
        altered("a name that is a number", NotAnAnswer, |_, answer| {
            each(answer, |object| object["metadata"]["name"] = 5.into());
        }),
    ]
}

/// Of lists alone: an object that is asked for by its name stays as it is.
fn lists() -> Vec<Misdeed> {
    use Class::{Empty, NotAnAnswer, Odd};
    let on_list = |name: &str, class, alter: fn(&mut Value)| {
        altered(name, class, move |_, answer| {
            if answer.get("items").is_some() {
                alter(answer);
            }
        })
    };
    let items = |name: &str, class, items: Value| {
        altered(name, class, move |_, answer| {
            if answer.get("items").is_some() {
                answer["items"] = items.clone();
            }
        })
    };
    vec![
        items("items: [5]", NotAnAnswer, json!([5])),
        items("items: [null]", NotAnAnswer, json!([null])),
        items("items: [[]]", NotAnAnswer, json!([[]])),
        items("items: [{}]", NotAnAnswer, json!([{}])),
        items("items: {}", NotAnAnswer, json!({})),
        items("items: \"x\"", NotAnAnswer, json!("x")),
        // Go writes a list of nothing so.
        items("items: null", Empty, json!(null)),
        on_list("no items", Empty, |answer| {
            remove(answer, "items");
        }),
        on_list("the list of another kind", NotAnAnswer, |answer| {
            answer["kind"] = "SecretList".into();
            answer["apiVersion"] = "v1".into();
        }),
        on_list("the object instead of the list", NotAnAnswer, |answer| {
            *answer = answer
                .pointer_mut("/items/0")
                .map(Value::take)
                .unwrap_or_default();
        }),
        on_list("a list whose metadata is a number", NotAnAnswer, |answer| {
            answer["metadata"] = 5.into();
        }),
        on_list("a list without metadata", Odd, |answer| {
            remove(answer, "metadata");
        }),
        on_list("a version that is a number", Odd, |answer| {
            answer["metadata"]["resourceVersion"] = 5.into();
        }),
        on_list("an empty version", Odd, |answer| {
            answer["metadata"]["resourceVersion"] = "".into();
        }),
        on_list("a token that is a number", Odd, |answer| {
            answer["metadata"]["continue"] = 5.into();
        }),
        on_list("the same token for ever", NotAnAnswer, |answer| {
            answer["metadata"]["continue"] = "next".into();
        }),
        altered("another token for ever", NotAnAnswer, |request, answer| {
            if answer.get("items").is_some() {
                let length = request.path.split("continue=").nth(1).map_or(0, str::len);
                answer["metadata"]["continue"] = "x".repeat(length % 500 + 1).into();
            }
        }),
        altered("empty pages for ever", NotAnAnswer, |request, answer| {
            if answer.get("items").is_some() {
                let length = request.path.split("continue=").nth(1).map_or(0, str::len);
                answer["items"] = json!([]);
                answer["metadata"]["continue"] = "y".repeat(length % 500 + 1).into();
            }
        }),
    ]
}
