//! The shapes of input that can be large.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::objects::{list, pod, pod_with, yaml};
use crate::{LARGEST, SMALLEST};

/// One shape of input.
pub(crate) struct Shape {
    pub name: &'static str,
    /// Reason why it ends before 64,000; empty if it does not.
    pub bound: &'static str,
    /// The smallest and the largest number.
    range: (usize, usize),
    /// The commands that it is for.
    pub commands: &'static [&'static [&'static str]],
    make: Make,
}

enum Make {
    /// One file of this name.
    File(&'static str, fn(usize) -> String),
    /// A directory.
    Directory(fn(usize, &Path)),
}

/// Every command and output that reads files.
const ALL: &[&[&str]] = &[
    &["create", "--dry-run=client"],
    &["create", "--dry-run=client", "-o", "yaml"],
    &["create", "--dry-run=client", "-o", "json"],
    &["apply", "--dry-run=client"],
    &["explain-env", "--offline"],
    &["explain-env", "--offline", "-o", "json"],
    &["explain-env", "--offline", "-o", "yaml"],
];
/// One of each command.
const EACH: &[&[&str]] = &[
    &["create", "--dry-run=client"],
    &["apply", "--dry-run=client"],
    &["explain-env", "--offline"],
];
const ENV_FILE: &[&[&str]] = &[&[
    "create",
    "pod",
    "web",
    "--image=app:1",
    "--dry-run=client",
    "--env-file",
]];
/// Commands for shapes of the environment.
const ENV: &[&[&str]] = &[
    &["create", "--dry-run=client"],
    &["explain-env", "--offline"],
    &["explain-env", "--offline", "-o", "json"],
    &["explain-env", "--offline", "-o", "yaml"],
];

impl Shape {
    /// The sizes, each twice the one before.
    pub(crate) fn sizes(&self) -> impl Iterator<Item = usize> {
        let (smallest, largest) = self.range;
        std::iter::successors(Some(smallest), |n| Some(n * 2)).take_while(move |n| *n <= largest)
    }

    /// Writes it with `n` things at a path.
    pub(crate) fn write(&self, n: usize, at: &Path) {
        fs::create_dir_all(at).unwrap();
        match self.make {
            Make::File(name, text) => fs::write(at.join(name), text(n)).unwrap(),
            Make::Directory(make) => make(n, at),
        }
    }

    /// Returns the value of `-f`.
    pub(crate) fn input(&self, at: &Path) -> String {
        let path = match self.make {
            Make::File(name, _) => at.join(name),
            Make::Directory(_) => at.to_owned(),
        };
        path.to_str().unwrap().to_owned()
    }
}

const fn file(
    name: &'static str,
    file: &'static str,
    commands: &'static [&'static [&'static str]],
    text: fn(usize) -> String,
) -> Shape {
    Shape {
        name,
        bound: "",
        range: (SMALLEST, LARGEST),
        commands,
        make: Make::File(file, text),
    }
}

const fn bounded(shape: Shape, range: (usize, usize), bound: &'static str) -> Shape {
    Shape {
        bound,
        range,
        ..shape
    }
}

pub(crate) const SHAPES: &[Shape] = &[
    file("documents of a stream", "f.yaml", ALL, documents),
    file("documents in JSON", "f.json", EACH, json_documents),
    file("List in YAML", "f.yaml", ALL, |n| yaml(&pods(n))),
    file("List in JSON", "f.json", ALL, |n| {
        serde_json::to_string_pretty(&pods(n)).unwrap()
    }),
    file("List in one line of JSON", "f.json", ALL, |n| {
        pods(n).to_string()
    }),
    file("List of empty Lists", "f.yaml", EACH, |n| {
        let empty = || json!({"apiVersion": "v1", "kind": "List", "items": []});
        yaml(&list((0..n).map(|_| empty())))
    }),
    file("List of Lists in one line", "f.json", EACH, |n| {
        list((0..n).map(|at| list(std::iter::once(pod(at))))).to_string()
    }),
    file("Lists of a stream", "f.yaml", EACH, |n| {
        let one = |at| format!("---\n{}", yaml(&list(std::iter::once(pod(at)))));
        (0..n).map(one).collect()
    }),
    Shape {
        name: "files of a directory",
        bound: "",
        range: (SMALLEST, LARGEST),
        commands: EACH,
        make: Make::Directory(|n, dir| {
            for at in 0..n {
                fs::write(dir.join(format!("{at}.yaml")), yaml(&pod(at))).unwrap();
            }
        }),
    },
    Shape {
        name: "files of nested directories",
        bound: "a path has 4,096 bytes; all paths have the square of n",
        range: (125, 1_000),
        commands: EACH,
        make: Make::Directory(|n, dir| {
            let mut inner = dir.to_owned();
            for at in 0..n {
                inner.push("d");
                fs::create_dir(&inner).unwrap();
                fs::write(inner.join("f.yaml"), yaml(&pod(at))).unwrap();
            }
        }),
    },
    file("variables of a Pod", "f.yaml", ENV, |n| {
        with_env((0..n).map(|at| json!({"name": format!("V{at}"), "value": format!("{at}")})))
    }),
    file("variables that stand twice", "f.yaml", ENV, |n| {
        with_env((0..n).map(|at| json!({"name": format!("V{}", at / 2), "value": format!("{at}")})))
    }),
    file("lines of an env file", "f.env", ENV_FILE, |n| {
        (0..n).map(|at| format!("V{at}={at}\n")).collect()
    }),
    file("$(X) in one value", "f.yaml", ENV, |n| {
        let all = "$(X)".repeat(n);
        with_env(
            [
                json!({"name": "X", "value": "1"}),
                json!({"name": "Y", "value": all}),
            ]
            .into_iter(),
        )
    }),
    file("$(X) that are not defined", "f.yaml", ENV, |n| {
        let all: String = (0..n).map(|at| format!("$(X{at})")).collect();
        with_env(std::iter::once(json!({"name": "Y", "value": all})))
    }),
    file("variables not defined", "f.yaml", ENV, |n| {
        with_env((0..n).map(|at| json!({"name": format!("V{at}"), "value": format!("$(X{at})")})))
    }),
    file("$(X) in a chain", "f.yaml", ENV, |n| {
        let before = |at: usize| {
            at.checked_sub(1)
                .map_or("1".to_owned(), |at| format!("$(V{at})"))
        };
        with_env((0..n).map(|at| json!({"name": format!("V{at}"), "value": before(at)})))
    }),
    file("$(X) defined too late", "f.yaml", ENV, |n| {
        with_env(
            (0..n).map(|at| json!({"name": format!("V{at}"), "value": format!("$(V{})", at + 1)})),
        )
    }),
    file("containers", "f.yaml", ENV, |n| {
        let one = |at| json!({"name": format!("c-{at}"), "image": "app:1", "env": [{"name": "A", "value": "1"}]});
        let containers: Vec<Value> = (0..n).map(one).collect();
        yaml(&pod_with(0, |pod| {
            pod["spec"]["containers"] = containers.into();
        }))
    }),
    file("keys of a ConfigMap", "f.yaml", ENV, |n| {
        data("ConfigMap", "configMapRef", n)
    }),
    file("keys of a Secret", "f.yaml", ENV, |n| {
        data("Secret", "secretRef", n)
    }),
    file("ConfigMaps of one Pod", "f.yaml", ENV, config_maps),
    file("Services", "f.yaml", ENV, services),
    file("unknown fields of a Pod", "f.yaml", EACH, |n| {
        yaml(&pod_with(0, |pod| {
            for at in 0..n {
                pod["spec"][format!("f{at}")] = at.into();
            }
        }))
    }),
    file("unknown fields in one line", "f.json", EACH, |n| {
        list((0..n).map(|at| pod_with(at, |pod| pod["spec"]["replica"] = 1.into()))).to_string()
    }),
    file("unknown fields of a List", "f.yaml", EACH, |n| {
        yaml(&list((0..n).map(|at| {
            pod_with(at, |pod| pod["spec"]["replica"] = 1.into())
        })))
    }),
    file("unknown kinds of a List", "f.yaml", EACH, |n| {
        yaml(&list(
            (0..n).map(|at| pod_with(at, |pod| pod["kind"] = "Prod".into())),
        ))
    }),
    file("keys of a List that stand twice", "f.yaml", EACH, |n| {
        let one = |at| {
            format!(
                "- {{apiVersion: v1, kind: Pod, kind: Pod, metadata: {{name: a-{at}}}, spec: {{containers: [{{name: a, image: b}}]}}}}\n"
            )
        };
        let items: String = (0..n).map(one).collect();
        format!("apiVersion: v1\nkind: List\nitems:\n{items}")
    }),
    file("fields of a List", "f.yaml", EACH, |n| {
        let fields: String = (0..n).map(|at| format!("f{at}: 1\n")).collect();
        let items: String = (0..n)
            .map(|at| format!("- {{metadata: {{name: a-{at}}}}}\n"))
            .collect();
        format!("{fields}apiVersion: v1\nkind: ConfigMapList\nitems:\n{items}")
    }),
    file("aliases", "f.yaml", EACH, |n| {
        let one = |at| {
            format!(
                "- {{apiVersion: v1, kind: ConfigMap, metadata: {{name: a-{at}, labels: *l}}}}\n"
            )
        };
        let items: String = (0..n).map(one).collect();
        format!("apiVersion: v1\nkind: List\nlabels: &l {{a: b}}\nitems:\n{items}")
    }),
    file("broken documents", "f.yaml", EACH, |n| {
        (0..n).map(|at| format!("---\na: [{at}\n")).collect()
    }),
    file("separators that are none", "f.yaml", EACH, |n| {
        (0..n).map(|at| format!("--- {at}\na: 1\n")).collect()
    }),
    file("a line of 80 n bytes", "f.yaml", EACH, |n| {
        long_line(n, false)
    }),
    file("a line of 80 n bytes, quoted", "f.yaml", EACH, |n| {
        long_line(n, true)
    }),
    file("lines of a block scalar", "f.yaml", EACH, |n| {
        let lines = format!("    {}\n", "x".repeat(75)).repeat(n);
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  k: |\n{lines}")
    }),
    file("numbers of a list", "f.yaml", EACH, |n| {
        let list = vec!["0"; n * 16].join(",");
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\nx: [{list}]\n")
    }),
    file("deep flow nesting", "f.yaml", EACH, |n| {
        format!("a: {}{}\n", "[".repeat(n), "]".repeat(n))
    }),
    file("deep flow nesting of n values", "f.yaml", EACH, |n| {
        format!(
            "a: {}{}{}\n",
            "[".repeat(450),
            "0,".repeat(n),
            "]".repeat(450)
        )
    }),
    file("deep flow nesting, not closed", "f.yaml", EACH, |n| {
        format!("a: {}\n", "{a: ".repeat(n))
    }),
    file("deep block nesting", "f.yaml", EACH, |n| {
        format!("a:\n{}0\n", "- ".repeat(n))
    }),
    file("deep nesting in JSON", "f.json", EACH, |n| {
        format!("{{\"a\":{}{}}}", "[".repeat(n), "]".repeat(n))
    }),
    bounded(
        file("deep nesting below the limit", "f.yaml", EACH, |n| {
            let deep = format!("{}{}", "[".repeat(n), "]".repeat(n));
            let one = |at| {
                format!(
                    "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a-{at}}}\nx: {deep}\n"
                )
            };
            (0..100).map(one).collect()
        }),
        (60, 480),
        "no object of the API nests deeper than 500",
    ),
];

fn pods(n: usize) -> Value {
    list((0..n).map(pod))
}

fn documents(n: usize) -> String {
    (0..n)
        .map(|at| format!("---\n{}", yaml(&pod(at))))
        .collect()
}

fn json_documents(n: usize) -> String {
    (0..n).map(|at| format!("{}\n", pod(at))).collect()
}

/// A Pod with these variables.
fn with_env(env: impl Iterator<Item = Value>) -> String {
    let env: Vec<Value> = env.collect();
    yaml(&pod_with(0, |pod| {
        pod["spec"]["containers"][0]["env"] = env.into();
    }))
}

/// A Pod that takes all of an object's keys.
fn data(kind: &str, field: &str, n: usize) -> String {
    let pod = pod_with(0, |pod| {
        pod["spec"]["containers"][0]["envFrom"] = json!([{field: {"name": "all"}}]);
    });
    let keys: String = (0..n).map(|at| format!("  k{at}: MTIz\n")).collect();
    format!(
        "{}---\napiVersion: v1\nkind: {kind}\nmetadata: {{name: all, namespace: default}}\ndata:\n{keys}",
        yaml(&pod)
    )
}

/// A Pod that takes one key each of so many ConfigMaps.
fn config_maps(n: usize) -> String {
    let variable = |at| json!({"name": format!("V{at}"), "valueFrom": {"configMapKeyRef": {"name": format!("m-{at}"), "key": "k"}}});
    let maps: String = (0..n)
        .map(|at| format!("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m-{at}, namespace: default}}\ndata: {{k: v}}\n"))
        .collect();
    format!("{}{maps}", with_env((0..n).map(variable)))
}

fn services(n: usize) -> String {
    let services: String = (0..n)
        .map(|at| format!("---\napiVersion: v1\nkind: Service\nmetadata: {{name: s-{at}, namespace: default}}\nspec: {{clusterIP: 10.0.0.1, ports: [{{port: 80}}]}}\n"))
        .collect();
    format!("{}{services}", yaml(&pod(0)))
}

fn long_line(n: usize, quoted: bool) -> String {
    let text = "word word ".repeat(n * 8);
    let quote = if quoted { "\"" } else { "" };
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  k: {quote}{}{quote}\n",
        text.trim_end()
    )
}
