//! Lists whose items server-side apply tells apart by a key, or by their value.
//!
//! Source: `listItemToPathElement` and `visitListItems` of
//! sigs.k8s.io/structured-merge-diff (typed), by which the API server reads
//! what is applied (`ObjectToTyped` in k8s.io/apimachinery/pkg/util/managedfields).

use std::collections::HashMap;

use super::limits::{MAX_DEPTH, MAX_FINDINGS};
use super::required::EMPTY_ITEM_HELP;
use super::unknown::last_field;
use crate::finding::Finding;
use crate::manifest::Document;
use crate::path::{FieldPath, Segment};
use crate::rules;
use crate::schema::{Builtin, DefinitionId, ListType, Type, builtin};
use crate::tree::{Kind, NodeId, Tree};
use crate::version::KubernetesVersion;

/// Checks what server-side apply alone refuses, whatever is in the cluster:
///
/// | id | says |
/// |---|---|
/// | `duplicate-item` | two items of a list have the same key, or in a set the same value |
/// | `empty-item` | an item is null where each has a key |
/// | `missing-item-key` | an item has none of the fields that make its key |
///
/// The findings are errors with their places, in the order of the text. Of
/// custom resources only `metadata` is looked at.
pub fn check_apply(document: &Document, version: KubernetesVersion) -> Vec<Finding> {
    let mut walk = Walk {
        tree: document.tree(),
        version,
        builtin: builtin(),
        findings: Vec::new(),
        open: Vec::new(),
    };
    let root = document.root();
    let definition = match (document.api_version(), document.kind()) {
        (Some(api_version), Some(kind)) => walk.builtin.definition(api_version, kind, version),
        _ => None,
    };
    match definition {
        Some(definition) => walk.open(
            root,
            Type::Object(definition),
            ListType::Atomic,
            FieldPath::root(),
        ),
        None => {
            let meta = walk
                .builtin
                .named("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
            let path = FieldPath::root().field("metadata");
            if let (Some(meta), Some(node)) = (meta, walk.tree.get(root, "metadata")) {
                walk.open(node, Type::Object(meta), ListType::Atomic, path);
            }
        }
    }
    walk.run();
    let mut findings = walk.findings;
    findings.truncate(MAX_FINDINGS);
    let mut findings = document.place(findings);
    findings.sort_by_key(|finding| finding.location.as_ref().map(|at| at.span));
    findings
}

/// A value that is still to be looked into.
struct Open {
    node: NodeId,
    kind: Type,
    list: ListType,
    path: FieldPath,
}

struct Walk<'a> {
    tree: &'a Tree,
    version: KubernetesVersion,
    builtin: &'static Builtin,
    findings: Vec<Finding>,
    open: Vec<Open>,
}

/// The key of an item, or the reason why it has none.
enum Key {
    /// As JSON.
    Of(String),
    /// A value of a wrong type, which `check` tells of.
    Unreadable,
    Missing,
}

impl Walk<'_> {
    /// Keeps what can hold a list for later.
    fn open(&mut self, node: NodeId, kind: Type, list: ListType, path: FieldPath) {
        let holds = matches!(
            (kind, self.tree.kind(node)),
            (Type::Object(_) | Type::Map(_), Kind::Mapping(_)) | (Type::List(_), Kind::Sequence(_))
        );
        if holds && path.segments().len() < MAX_DEPTH {
            self.open.push(Open {
                node,
                kind,
                list,
                path,
            });
        }
    }

    fn run(&mut self) {
        while self.findings.len() < MAX_FINDINGS
            && let Some(open) = self.open.pop()
        {
            let Open {
                node, kind, path, ..
            } = &open;
            match kind {
                Type::Object(id) => self.object(*id, *node, path),
                Type::Map(inner) => {
                    let inner = self.builtin.inner(*inner);
                    for entry in self.tree.entries(*node) {
                        let path = path.field(entry.key.to_string());
                        self.open(entry.value, inner, ListType::Atomic, path);
                    }
                }
                Type::List(inner) => self.list(&open, self.builtin.inner(*inner)),
                _ => {}
            }
        }
    }

    fn object(&mut self, id: DefinitionId, node: NodeId, path: &FieldPath) {
        for entry in self.tree.entries(node) {
            if let Some(field) = self.builtin.field(id, &entry.key, self.version) {
                self.open(entry.value, field.kind, field.list, path.field(field.name));
            }
        }
    }

    fn list(&mut self, open: &Open, inner: Type) {
        let path = &open.path;
        let mut seen: HashMap<String, usize> = HashMap::new();
        for (i, item) in self.tree.elements(open.node).iter().enumerate() {
            let at = path.index(i);
            if open.list != ListType::Atomic {
                match self.key(*item, open.list, inner) {
                    _ if matches!(self.tree.kind(*item), Kind::Null) => {
                        self.findings.push(empty_item(path, &at));
                        continue;
                    }
                    Key::Missing => self.findings.push(missing_key(open.list, path, at.clone())),
                    Key::Unreadable => {}
                    Key::Of(key) => match seen.get(&key) {
                        Some(first) => {
                            let finding = self.duplicate(open, *first, i);
                            self.findings.push(finding);
                        }
                        None => {
                            seen.insert(key, i);
                        }
                    },
                }
            }
            self.open(*item, inner, ListType::Atomic, at);
        }
    }

    fn key(&self, item: NodeId, list: ListType, inner: Type) -> Key {
        let is_scalar =
            |node| !matches!(self.tree.kind(node), Kind::Mapping(_) | Kind::Sequence(_));
        if list == ListType::Set {
            return if is_scalar(item) {
                Key::Of(self.tree.to_json(item))
            } else {
                Key::Unreadable
            };
        }
        let (Type::Object(id), Kind::Mapping(_)) = (inner, self.tree.kind(item)) else {
            return Key::Unreadable;
        };
        let mut key = Vec::new();
        for (name, default) in list.keys() {
            match (self.tree.get(item, name), default) {
                (Some(value), _) if is_scalar(value) => {
                    key.push(format!("{name}={}", self.tree.to_json(value)));
                }
                (Some(_), _) => return Key::Unreadable,
                (None, Some(default)) => {
                    let field = self.builtin.field(id, name, self.version);
                    let is_text = field.is_none_or(|field| field.kind == Type::String);
                    key.push(if is_text {
                        format!("{name}={}", serde_json::Value::from(default))
                    } else {
                        format!("{name}={default}")
                    });
                }
                (None, None) => {}
            }
        }
        if key.is_empty() {
            Key::Missing
        } else {
            Key::Of(key.join(","))
        }
    }

    fn duplicate(&self, open: &Open, first: usize, second: usize) -> Finding {
        let list = last_field(&open.path);
        let item = |i: usize| {
            let node = self.tree.elements(open.node).get(i).copied();
            let written = |name: &str| node.is_some_and(|node| self.tree.get(node, name).is_some());
            let at = open.path.index(i);
            match open.list.keys().find(|(name, _)| written(name)) {
                Some((name, _)) => at.field(name),
                None => at,
            }
        };
        let by = match open.list {
            ListType::Map(_) => by_keys(open.list),
            ListType::Set | ListType::Atomic => "their value".to_owned(),
        };
        let what = self.shown_key(open, second);
        let help = format!(
            "remove or change one of them; server-side apply identifies the items of {list} by {by}"
        );
        let redacted = "two items of the list have the same key";
        Finding::new(
            &rules::DUPLICATE_ITEM,
            item(second),
            format!("duplicate items with {what} in {list}"),
        )
        .label("second")
        .related_path("first", item(first))
        .help(help)
        .redacted(redacted)
        .redacted_help("remove or change one of them")
    }

    /// `` `name: A` ``; `` `containerPort: 80` and `protocol: TCP` ``; of a set
    /// the value.
    fn shown_key(&self, open: &Open, i: usize) -> String {
        let Some(item) = self.tree.elements(open.node).get(i).copied() else {
            return String::new();
        };
        let text = |node| match self.tree.kind(node) {
            Kind::String(text) if !text.is_empty() => text.to_string(),
            _ => self.tree.to_json(node),
        };
        if open.list == ListType::Set {
            return format!("the value `{}`", text(item));
        }
        let keys = open.list.keys().filter_map(|(name, default)| {
            let value = match (self.tree.get(item, name), default) {
                (Some(node), _) => text(node),
                (None, Some("")) => "\"\"".to_owned(),
                (None, default) => default?.to_owned(),
            };
            Some(format!("`{name}: {value}`"))
        });
        keys.collect::<Vec<_>>().join(" and ")
    }
}

fn by_keys(list: ListType) -> String {
    let keys = list.keys().map(|(name, default)| match default {
        None | Some("" | "0") => format!("`{name}`"),
        Some(default) => format!("`{name}` (default {default})"),
    });
    keys.collect::<Vec<_>>().join(" and ")
}

fn empty_item(list: &FieldPath, item: &FieldPath) -> Finding {
    let help = EMPTY_ITEM_HELP;
    let message = "empty item in the list; server-side apply identifies items by their key";
    Finding::new(
        &rules::EMPTY_ITEM,
        item.clone(),
        format!(
            "empty item in {}; server-side apply identifies items by their key",
            last_field(list)
        ),
    )
    .label("empty")
    .help(help)
    .redacted(message)
    .redacted_help(help)
}

fn missing_key(keys: ListType, list: &FieldPath, item: FieldPath) -> Finding {
    let by = by_keys(keys);
    let message = format!(
        "missing {by} in an item of {}, by which server-side apply identifies it",
        last_field(list)
    );
    Finding::new(&rules::MISSING_ITEM_KEY, item, message)
        .label(format!("missing {by}"))
        .redacted(format!("missing {by} in an item of the list"))
}

/// Returns whether what an item of this path lacks can be in the cluster, so that
/// applying may leave it out: everything around it is merged, item by item.
pub fn is_merged(document: &Document, path: &FieldPath, version: KubernetesVersion) -> bool {
    let builtin = builtin();
    let (Some(api_version), Some(kind)) = (document.api_version(), document.kind()) else {
        return true;
    };
    let Some(definition) = builtin.definition(api_version, kind, version) else {
        return true;
    };
    let (mut kind, mut list) = (Type::Object(definition), ListType::Atomic);
    for segment in path.segments() {
        (kind, list) = match (kind, segment) {
            (Type::Object(id), Segment::Field(name)) => {
                if list.keys().any(|(key, _)| key == &**name) {
                    return false;
                }
                match builtin.field(id, name, version) {
                    Some(field) => (field.kind, field.list),
                    None => return true,
                }
            }
            (Type::List(_), Segment::Index(_)) if list == ListType::Atomic => return false,
            // The keys of an item are looked at in the next step.
            (Type::List(inner), Segment::Index(_)) => (builtin.inner(inner), list),
            (Type::Map(inner), _) => (builtin.inner(inner), ListType::Atomic),
            _ => return true,
        };
    }
    true
}
