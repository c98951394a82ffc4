//! Random objects that follow the schema, and small damages to them.

use std::fmt::Write;

use pod_model::KubernetesVersion;
use pod_model::schema::{Builtin, DefinitionId, Type, builtin};

/// Groups whose kinds are not in the API server's own scheme.
const OTHER_SCHEMES: &[&str] = &["apiextensions.k8s.io/", "apiregistration.k8s.io/"];

const SCHEMES_OF_MINORS: &[&str] = &["v1", "apps/v1", "batch/v1"];

/// The kinds that most manifests hold.
const USUAL: &[(&str, &str)] = &[
    ("v1", "Pod"),
    ("v1", "Pod"),
    ("batch/v1", "Job"),
    ("apps/v1", "Deployment"),
    ("v1", "ConfigMap"),
    ("v1", "Service"),
];

/// Values as they stand in YAML, each of which is right somewhere.
const VALUES: &[&str] = &[
    "yes",
    "no",
    "on",
    "true",
    "\"true\"",
    "null",
    "~",
    "0",
    "-1",
    "80",
    "\"80\"",
    "0644",
    "0x1F",
    "1_000",
    "3.0",
    "3.5",
    ".5",
    "1e3",
    "1e400",
    "-0.0",
    "2147483647",
    "2147483648",
    "-2147483649",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "\"\"",
    "\"x\"",
    "100m",
    "1.5Gi",
    "1GB",
    "\"1 Gi\"",
    "25%",
    "\"YQ==\"",
    "\"YQ=\"",
    "2020-01-01",
    "2020-01-01T00:00:00Z",
    "\"2020-01-01T00:00:00.123456Z\"",
    "\"2020-13-01T00:00:00Z\"",
    "1:30",
    "{}",
    "[]",
    "[null]",
    "[{}]",
    "[x]",
    "[1]",
    "[256]",
    "{a: b}",
    "{a: 1}",
    "{name: x}",
    "!!str 1",
    "é",
];

/// Names that are fields somewhere, and some that are none.
const NAMES: &[&str] = &[
    "name",
    "Name",
    "spec",
    "image",
    "value",
    "restartPolicy",
    "containers",
    "labels",
    "metadata",
    "foo",
    "kind",
    "apiVersion",
    "template",
    "replicas",
    "data",
    "status",
    "items",
    "port",
    "command",
    "a.b/c",
    "",
    "y",
];

const API_VERSIONS: &[&str] = &[
    "v1", "apps/v1", "batch/v1", "/v1", "v2", "nope/v1", "a/b/c", "\"\"", "1",
];
const KINDS: &[&str] = &[
    "Pod",
    "pod",
    "Podd",
    "Job",
    "Deployment",
    "Service",
    "ConfigMap",
    "Secret",
    "\"\"",
    "yes",
];

#[derive(Clone)]
enum Node {
    Raw(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

pub(crate) struct Objects {
    state: u64,
    version: KubernetesVersion,
    schema: &'static Builtin,
    kinds: Vec<(&'static str, &'static str)>,
}

impl Objects {
    /// Objects of a version. The oracle of a version before the newest knows the kinds of
    /// [`SCHEMES_OF_MINORS`].
    pub(crate) fn new(seed: u64, version: KubernetesVersion) -> Self {
        let schema = builtin();
        let kinds = schema.resources(version).map(|r| (r.api_version, r.kind));
        let own = |of: &str| match version {
            KubernetesVersion::LATEST => !OTHER_SCHEMES.iter().any(|group| of.starts_with(group)),
            _ => SCHEMES_OF_MINORS.contains(&of),
        };
        Self {
            state: seed,
            version,
            schema,
            kinds: kinds.filter(|(version, _)| own(version)).collect(),
        }
    }

    /// `times` objects of every kind, undamaged.
    pub(crate) fn valid(&mut self, times: usize) -> Vec<String> {
        let kinds = self.kinds.repeat(times);
        kinds
            .into_iter()
            .map(|(version, kind)| print(&self.object(version, kind)))
            .collect()
    }

    /// An object with so many damages, mostly of a usual kind.
    pub(crate) fn text(&mut self, damages: usize) -> String {
        let any = self.below(self.kinds.len());
        let (version, kind) = match self.below(5) {
            0 => self.kinds[any],
            _ => USUAL[self.below(USUAL.len())],
        };
        let mut object = self.object(version, kind);
        for _ in 0..damages {
            self.damage(&mut object);
        }
        print(&object)
    }

    /// SplitMix64, below a bound.
    fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % bound as u64).unwrap()
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn object(&mut self, version: &str, kind: &str) -> Node {
        let id = self.schema.definition(version, kind, self.version).unwrap();
        let mut budget = 150;
        let Node::Map(mut fields) = self.fields(id, &mut budget) else {
            unreachable!("an object has fields");
        };
        fields.retain(|(name, _)| !matches!(name.as_str(), "apiVersion" | "kind"));
        fields.insert(0, ("kind".into(), Node::Raw(kind.into())));
        fields.insert(0, ("apiVersion".into(), Node::Raw(version.into())));
        Node::Map(fields)
    }

    /// Some of a definition's fields: fewer, the more there is already.
    fn fields(&mut self, id: DefinitionId, budget: &mut usize) -> Node {
        let all: Vec<_> = self.schema.fields(id, self.version).copied().collect();
        let mut fields = Vec::new();
        for field in &all {
            let wanted = field.required || self.below(all.len().clamp(2, 8)) < 2;
            if wanted && *budget > 0 {
                *budget -= 1;
                let value = self.value(field.kind, budget);
                fields.push((field.name.to_owned(), value));
            }
        }
        Node::Map(fields)
    }

    fn value(&mut self, kind: Type, budget: &mut usize) -> Node {
        let values: &[&str] = match kind {
            Type::Object(id) => return self.fields(id, budget),
            Type::List(inner) => {
                let inner = self.schema.inner(inner);
                return Node::List(
                    (0..self.below(3))
                        .map(|_| self.value(inner, budget))
                        .collect(),
                );
            }
            Type::Map(inner) => {
                let inner = self.schema.inner(inner);
                let keys = ["a", "b.c/d", "Foo"];
                let keys = &keys[..self.below(3)];
                return Node::Map(
                    keys.iter()
                        .map(|k| ((*k).to_owned(), self.value(inner, budget)))
                        .collect(),
                );
            }
            Type::Any => &["{a: [1, x]}", "{}", "null"],
            Type::String => &["x", "\"\"", "\"1\"", "a b", "null"],
            Type::Boolean => &["true", "false", "yes", "off", "null"],
            Type::Int32 => &["0", "80", "-1", "3.0", "2147483647", "0x1F", "null"],
            Type::Int64 => &["0", "7", "-1", "1e3", "9223372036854775807", "0644"],
            Type::Number => &["0", "1.5", "-2e-3"],
            Type::Quantity => &["1", "\"1\"", "100m", "1.5Gi", "0.5", "1e3", "null"],
            Type::IntOrString => &["80", "http", "25%", "\"80\"", "-1"],
            Type::Time => &[
                "2020-01-01T00:00:00Z",
                "\"2020-01-01T00:00:00+01:00\"",
                "null",
            ],
            Type::MicroTime => &["2020-01-01T00:00:00.123456Z", "null"],
            Type::Bytes => &["YQ==", "\"\"", "null"],
        };
        Node::Raw(self.one(values).to_owned())
    }

    /// Changes one thing anywhere.
    fn damage(&mut self, node: &mut Node) {
        let mut at = node;
        for depth in 0.. {
            // The deeper, the likelier it is here; the root seldom.
            let stay = depth > 0 && self.below(4) == 0 || depth == 0 && self.below(20) == 0;
            let children: usize = match &*at {
                Node::Raw(_) => 0,
                Node::List(all) => all.len(),
                Node::Map(all) => all.len(),
            };
            if stay || children == 0 {
                break;
            }
            let child = self.below(children);
            at = match at {
                Node::List(all) => &mut all[child],
                Node::Map(all) => {
                    let name = all[child].0.clone();
                    if depth == 0 && (name == "apiVersion" || name == "kind") && self.below(4) > 0 {
                        // Elsewhere: most objects should be of a known kind.
                        return self.damage(&mut all.last_mut().unwrap().1);
                    }
                    if depth == 0 && name == "apiVersion" {
                        all[child].1 = Node::Raw(self.one(API_VERSIONS).into());
                        return;
                    }
                    if depth == 0 && name == "kind" {
                        all[child].1 = Node::Raw(self.one(KINDS).into());
                        return;
                    }
                    &mut all[child].1
                }
                Node::Raw(_) => return,
            };
        }
        if let Node::Map(fields) = &*at
            && fields.iter().any(|(name, _)| name == "apiVersion")
        {
            // What is no object at all, or null, is no manifest.
            at = match at {
                Node::Map(fields) => &mut fields.last_mut().unwrap().1,
                other => other,
            };
        }
        self.change(at);
    }

    fn change(&mut self, at: &mut Node) {
        let Node::Map(fields) = at else {
            *at = match self.below(6) {
                0 => Node::List(vec![at.clone()]),
                1 => Node::Map(vec![(self.one(NAMES).into(), at.clone())]),
                _ => Node::Raw(self.one(VALUES).into()),
            };
            return;
        };
        if fields.is_empty() {
            fields.push((self.one(NAMES).into(), Node::Raw(self.one(VALUES).into())));
            return;
        }
        let i = self.below(fields.len());
        match self.below(7) {
            0 => fields[i].0 = self.mistype(&fields[i].0.clone()),
            1 => fields[i].0 = self.one(NAMES).into(),
            2 => fields[i].1 = Node::Raw(self.one(VALUES).into()),
            3 => {
                let copy = fields[i].clone();
                fields.push(copy);
            }
            4 => {
                fields.remove(i);
            }
            5 => fields.push((self.one(NAMES).into(), Node::Raw(self.one(VALUES).into()))),
            _ => *at = Node::Raw(self.one(VALUES).into()),
        }
    }

    fn mistype(&mut self, name: &str) -> String {
        let mut letters: Vec<char> = name.chars().collect();
        if letters.is_empty() {
            return "x".into();
        }
        let i = self.below(letters.len());
        match self.below(4) {
            0 => {
                letters.remove(i);
            }
            1 => letters.insert(i, letters[i]),
            2 => letters[i] = letters[i].to_ascii_uppercase(),
            _ => letters.swap(0, i),
        }
        letters.into_iter().collect()
    }
}

/// As YAML: the comment keeps it from being read as JSON.
fn print(node: &Node) -> String {
    let mut out = String::from("# random\n");
    write(node, &mut out);
    out.push('\n');
    out
}

fn write(node: &Node, out: &mut String) {
    match node {
        Node::Raw(text) => out.push_str(text),
        Node::List(all) => {
            out.push('[');
            for (i, element) in all.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                write(element, out);
            }
            out.push(']');
        }
        Node::Map(all) => {
            out.push('{');
            for (i, (name, value)) in all.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                let _ = write!(out, "{name:?}: ");
                write(value, out);
            }
            out.push('}');
        }
    }
}
