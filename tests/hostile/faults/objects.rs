//! Objects that are odd, deep, or full of hostile text.

use serde_json::{Value, json};

use super::shapes::{altered, each};
use super::{Class, Misdeed, NAMES};
use crate::server::{Answer, Fault};

/// Text that a terminal, a log of GitHub, GitLab, Azure or TeamCity obeys, or
/// that reads otherwise than it is.
pub(crate) const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;x\u{7}\n::add-mask::a\r\n  ::error::b\n##[group]c\n##vso[task.complete]d\nsection_start:0:e\n##teamcity[message]f\u{202e}g\u{2066}h\u{9b}31m\u{85}::warning::i\u{2028}::debug::j";

/// All of them.
pub(crate) fn objects() -> Vec<Misdeed> {
    let mut all = deep();
    all.extend(odd());
    all.extend(hostile());
    all.extend(probes());
    all
}

/// Levels in a field that nobody knows. The API server takes less than 10,000
/// (encoding/json, `maxNestingDepth`).
fn deep() -> Vec<Misdeed> {
    let nested = |levels: usize| {
        let mut value = json!(1);
        for _ in 0..levels {
            value = Value::Array(vec![value]);
        }
        value
    };
    let mut all: Vec<Misdeed> = [130, 1_000, 9_000]
        .into_iter()
        .map(|levels| {
            let alter = move |object: &mut Value| object["spec"]["deep"] = nested(levels);
            altered(
                &format!("{levels} levels"),
                Class::Right,
                move |_, answer| {
                    each(answer, alter);
                },
            )
        })
        .collect();
    // A tree of so many levels would be too much for this program, too.
    let text = format!(
        "{{\"kind\": {}1{}}}",
        "[".repeat(200_000),
        "]".repeat(200_000)
    );
    let answer = Answer::new(200, "application/json", text);
    all.push(Misdeed::new(
        "200,000 levels",
        Class::NotAnAnswer,
        Fault::Answer(answer),
    ));
    all
}

/// Fields whose types are not the API's.
fn odd() -> impl Iterator<Item = Misdeed> {
    let conditions = json!([{"type": 5, "status": true, "observedGeneration": "x"}]);
    [
        ("/status", json!("x")),
        ("/status", json!([])),
        ("/status", Value::Null),
        ("/spec", Value::Null),
        ("/spec", json!([5])),
        ("/spec/containers", json!({})),
        ("/spec/containers", json!([null])),
        ("/status/conditions", json!({})),
        ("/status/conditions", json!([5, null, [], "x"])),
        ("/status/conditions", conditions),
        ("/status/containerStatuses", json!([null, 5, {"state": []}])),
        ("/status/phase", json!(5)),
        ("/metadata/labels", json!([])),
        ("/metadata/uid", json!(5)),
        ("/metadata/ownerReferences", json!({})),
        ("/metadata/creationTimestamp", json!("x")),
        ("/metadata/deletionTimestamp", json!("-1")),
    ]
    .into_iter()
    .map(|(at, odd)| {
        altered(&format!("{at}: {odd}"), Class::Odd, move |_, answer| {
            each(answer, |object| {
                let (parent, key) = at.rsplit_once('/').unwrap_or_default();
                if let Some(Value::Object(parent)) = object.pointer_mut(parent) {
                    parent.insert(key.to_owned(), odd.clone());
                }
            });
        })
    })
}

/// Hostile text wherever the cluster may write one.
fn hostile() -> Vec<Misdeed> {
    let reason = |object: &mut Value| {
        object["status"]["reason"] = HOSTILE.into();
        object["status"]["message"] = HOSTILE.into();
        object["status"]["conditions"] = json!([
            {"type": HOSTILE, "status": HOSTILE, "reason": HOSTILE, "message": HOSTILE},
            {"type": "Failed", "status": "False", "reason": HOSTILE, "message": HOSTILE},
            {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": HOSTILE},
        ]);
        object["status"]["containerStatuses"] = json!([{
            "name": HOSTILE, "ready": false, "restartCount": 3, "image": HOSTILE, "imageID": HOSTILE,
            "state": {"waiting": {"reason": "ImagePullBackOff", "message": HOSTILE}},
            "lastState": {"terminated": {"exitCode": 1, "reason": HOSTILE, "message": HOSTILE}},
        }]);
    };
    let failed = |object: &mut Value| {
        object["status"]["phase"] = "Failed".into();
        object["status"]["conditions"] =
            json!([{"type": "Failed", "status": "True", "reason": HOSTILE, "message": HOSTILE}]);
    };
    let refusal = |code: u16, why: &str| {
        let message = format!("{HOSTILE} {NAMES}");
        let mut body = crate::world::status(code, why, &message);
        body["details"] = json!({"name": HOSTILE, "kind": HOSTILE, "causes": [
            {"field": HOSTILE, "reason": HOSTILE, "message": HOSTILE}]});
        let answer =
            Answer::json(code, &body).header("warning", "299 - \"\\x1b[2J ::add-mask::a\"");
        // It names another object, which says nothing of the one in question.
        let class = match code {
            404 => Class::NotServed,
            code => Class::Refusal(code),
        };
        Misdeed::new(
            format!("{code} in hostile words"),
            class,
            Fault::Answer(answer),
        )
    };
    let warned = {
        let warning = "299 - \"::add-mask::a \u{1b}[2J ##[group]\"";
        let answer = Answer::new(200, "application/json", "{}").header("warning", warning);
        Misdeed::new(
            "{} with a hostile warning",
            Class::NotAnAnswer,
            Fault::Answer(answer),
        )
    };
    let html = Answer::new(502, "text/html", format!("<h1>{HOSTILE}</h1>\n{HOSTILE}"));
    vec![
        altered("hostile reasons", Class::Stuck, move |_, answer| {
            each(answer, |object| {
                if object["spec"].is_object() {
                    reason(object);
                }
            });
        }),
        altered("a hostile failure", Class::Failed, move |_, answer| {
            each(answer, |object| {
                if object["spec"].is_object() {
                    failed(object);
                }
            });
        }),
        altered("a hostile name", Class::Other, |_, answer| {
            each(answer, |object| object["metadata"]["name"] = HOSTILE.into());
        }),
        altered("a hostile kind", Class::NotAnAnswer, |_, answer| {
            if !answer["kind"].is_null() {
                answer["kind"] = HOSTILE.into();
            }
        }),
        Misdeed::new(
            "502 in hostile HTML",
            Class::NotAnAnswer,
            Fault::Answer(html),
        ),
        warned,
        refusal(403, "Forbidden"),
        refusal(404, "NotFound"),
        refusal(409, "Conflict"),
        refusal(422, "Invalid"),
        refusal(500, "InternalError"),
    ]
}

/// Probes with numbers without end, and hostile events about them.
fn probes() -> Vec<Misdeed> {
    vec![
        altered("hostile events", Class::Stuck, |_, answer| {
            each(answer, |object| {
                if object["involvedObject"].is_object() {
                    object["message"] = HOSTILE.into();
                    object["involvedObject"]["fieldPath"] =
                        format!("spec.containers{{{HOSTILE}}}").into();
                }
            });
        }),
        altered("numbers without end", Class::Stuck, |_, answer| {
            each(answer, |object| {
                let probe = |kind: &str| {
                    json!({kind: {"command": [HOSTILE]}, "initialDelaySeconds": i32::MAX,
                        "periodSeconds": i32::MAX, "timeoutSeconds": i32::MAX,
                        "successThreshold": i32::MAX, "failureThreshold": i32::MAX})
                };
                if let Some(container) = object.pointer_mut("/spec/containers/0") {
                    container["livenessProbe"] = probe("exec");
                    container["readinessProbe"] = probe("exec");
                }
                if object["involvedObject"].is_object() {
                    object["count"] = i32::MAX.into();
                    object["firstTimestamp"] = "9999-12-31T23:59:59Z".into();
                    object["lastTimestamp"] = "0001-01-01T00:00:00Z".into();
                }
            });
        }),
    ]
}

/// Answers of `/version` that are no version.
pub(crate) fn versions() -> Vec<Misdeed> {
    let version = |name: &str, class, body: Value| {
        Misdeed::new(name, class, Fault::Answer(Answer::json(200, &body)))
    };
    vec![
        version(
            "no gitVersion",
            Class::NotAnAnswer,
            json!({"major": "1", "minor": "35"}),
        ),
        version(
            "a gitVersion that is a number",
            Class::NotAnAnswer,
            json!({"gitVersion": 5}),
        ),
        version(
            "an empty gitVersion",
            Class::NotAnAnswer,
            json!({"gitVersion": "", "minor": ""}),
        ),
        version(
            "a hostile gitVersion",
            Class::Odd,
            json!({"gitVersion": HOSTILE, "minor": HOSTILE}),
        ),
        version(
            "a version of the far future",
            Class::Odd,
            json!({"gitVersion": "v1.99999999999.0", "minor": "99999999999"}),
        ),
    ]
}

/// Answers of discovery.
pub(crate) fn discoveries() -> Vec<Misdeed> {
    let types = |name: &str, class, alter: fn(&mut Value)| {
        altered(name, class, move |_, answer| {
            // The one form, or the other.
            if let Some(resource) = answer.pointer_mut("/items/0/versions/0/resources/0") {
                alter(resource);
            }
            if let Some(resource) = answer.pointer_mut("/resources/0") {
                alter(resource);
            }
        })
    };
    vec![
        types(
            "a type whose name leads elsewhere",
            Class::NotAnAnswer,
            |resource| {
                rename(
                    resource,
                    "w/../../../../api/v1/namespaces/default/secrets?x=",
                );
            },
        ),
        types("a type whose name is ..", Class::NotAnAnswer, |resource| {
            rename(resource, "..");
        }),
        types(
            "a type whose name is empty",
            Class::NotAnAnswer,
            |resource| rename(resource, ""),
        ),
        types(
            "a type with a hostile name",
            Class::NotAnAnswer,
            |resource| rename(resource, HOSTILE),
        ),
        types(
            "a type whose name is no text",
            Class::NotAnAnswer,
            |resource| {
                for key in ["resource", "name"] {
                    resource[key] = json!([5]);
                }
            },
        ),
        types("a type that is a number", Class::NotAnAnswer, |resource| {
            *resource = 5.into();
        }),
        types("a type of no kind", Class::Empty, |resource| {
            for key in ["responseKind", "kind"] {
                resource[key] = Value::Null;
            }
        }),
        altered(
            "a group whose name leads elsewhere",
            Class::NotAnAnswer,
            |_, answer| {
                if let Some(name) = answer.pointer_mut("/items/0/metadata/name") {
                    *name = "example.com/v1/../../..".into();
                }
            },
        ),
        altered("types that are no list", Class::NotAnAnswer, |_, answer| {
            for key in ["items", "resources"] {
                if !answer[key].is_null() {
                    answer[key] = json!({"0": "widgets"});
                }
            }
        }),
    ]
}

/// Renames a type in either form of discovery.
fn rename(resource: &mut Value, name: &str) {
    for key in ["resource", "name"] {
        if !resource[key].is_null() {
            resource[key] = name.into();
        }
    }
}
