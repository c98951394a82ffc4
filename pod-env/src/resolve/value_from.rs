//! `valueFrom`: a key, a field, a resource or a file.

use std::cell::Cell;
use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    ConfigMap, ConfigMapKeySelector, EnvVar as SpecVar, EnvVarSource, Node, ObjectFieldSelector,
    ResourceFieldSelector, Secret, SecretKeySelector,
};
use pod_model::lookup::{Answer, Completeness};
use pod_model::resources::{ResourceOrigin, ResourceValue, Substitutes, resource_field_value};
use pod_model::rules::Rule;
use pod_model::validation::{validate_field_ref, validate_resource_field_ref};
use pod_model::{FieldPath, Finding, rules};

use super::builder::{Builder, Draft};
use super::context::shown_name;
use super::value::Value;
use crate::downward::{FieldValue, field};
use crate::report::{Source, SourceKind, Status};

/// The key of a `configMapKeyRef` or `secretKeyRef`.
struct Selected<'s> {
    kind: SourceKind,
    word: &'static str,
    rule: &'static Rule,
    object: &'s str,
    key: &'s str,
    optional: bool,
    path: FieldPath,
}

/// The result of a key selector.
enum KeyValue {
    /// The value.
    Found(Value),
    /// The object lacks the key; `help` is for one that is required.
    Missing { help: Option<String> },
}

impl Builder<'_> {
    /// Adds an entry of `env` with a `valueFrom`. The order of the sources is the
    /// kubelet's.
    pub(super) fn value_from(&mut self, i: usize, variable: &SpecVar, source: &EnvVarSource) {
        let path = self.env_path(i).field("valueFrom");
        self.check_source(i, variable);
        if let Some(selector) = &source.field_ref {
            self.field_ref(i, variable, selector, &path.field("fieldRef"));
        } else if let Some(selector) = &source.resource_field_ref {
            self.resource_ref(i, variable, selector, &path.field("resourceFieldRef"));
        } else if let Some(selector) = &source.config_map_key_ref {
            self.config_map_key(i, variable, selector, path.field("configMapKeyRef"));
        } else if let Some(selector) = &source.secret_key_ref {
            self.secret_key(i, variable, selector, path.field("secretKeyRef"));
        } else if let Some(selector) = &source.file_key_ref {
            self.file_key(i, variable, selector, &path.field("fileKeyRef"));
        } else {
            let source = Source::new(SourceKind::Literal);
            let draft = Draft::new(&variable.name, Value::default(), source);
            self.define(draft.status(Status::Unresolved).path(self.env_path(i)));
        }
    }

    fn field_ref(
        &mut self,
        i: usize,
        variable: &SpecVar,
        selector: &ObjectFieldSelector,
        path: &FieldPath,
    ) {
        let name = shown_name(variable);
        let at = path.field("fieldPath");
        let refused = validate_field_ref(selector, path);
        let (value, status) = if refused.is_empty() {
            let version = self.context.options.version;
            match field(self.context.subject, version, &selector.field_path) {
                FieldValue::Known(text) => (Value::open(text), Status::Resolved),
                FieldValue::Unknown(why) => (Value::unknown(why), Status::Runtime),
                FieldValue::Absent => {
                    let message = format!(
                        "`{}` is not set on the Pod: `{name}` is empty",
                        selector.field_path
                    );
                    self.findings.push(
                        Finding::new(&rules::ABSENT_FIELD, at, message)
                            .help("set it in the Pod's metadata, or correct the key"),
                    );
                    (Value::default(), Status::Resolved)
                }
            }
        } else {
            self.refuse(refused, &rules::UNSUPPORTED_FIELD, &at);
            let why = "the API server refuses the field";
            (Value::unknown(why), Status::Unresolved)
        };
        let source = Source::new(SourceKind::Field).path(&selector.field_path);
        let draft = Draft::new(&variable.name, value, source).status(status);
        self.define(draft.path(self.env_path(i)));
    }

    fn resource_ref(
        &mut self,
        i: usize,
        variable: &SpecVar,
        selector: &ResourceFieldSelector,
        path: &FieldPath,
    ) {
        let context = self.context;
        let node_name = context.subject.spec.node_name.as_deref();
        let node: Answer<'_, Node> = match node_name.filter(|name| !name.is_empty()) {
            Some(name) => context.answers.one("", name),
            None => Answer::NotAsked,
        };
        let limit_ranges = context.limit_ranges();
        let allocatable = match &node {
            Answer::Found(found) => found
                .object
                .status
                .as_ref()
                .and_then(|status| status.allocatable.as_ref()),
            _ => None,
        };
        let mut source = Source::new(SourceKind::Resource).path(&selector.resource);
        let named = selector.container_name.as_deref().unwrap_or_default();
        source.name = (!named.is_empty()).then(|| named.to_owned());
        let (value, status) = match resource_field_value(
            selector,
            self.container,
            context.subject.spec,
            Substitutes {
                defaults: limit_ranges.map(|(defaults, _)| defaults),
                allocatable,
                version: context.options.version,
            },
        ) {
            ResourceValue::Known(text, taken) => {
                source.origin = match (taken, &node) {
                    (ResourceOrigin::Container | ResourceOrigin::Nowhere, _) => None,
                    (ResourceOrigin::LimitRange, _) => {
                        Some("the namespace's LimitRange".to_owned())
                    }
                    (ResourceOrigin::Pod, _) => Some("the Pod's own resources".to_owned()),
                    (ResourceOrigin::Node, Answer::Found(found)) => {
                        let origin = found.origin.object();
                        Some(format!("the node's allocatable ({origin})"))
                    }
                    (ResourceOrigin::Node, _) => Some("the node's allocatable".to_owned()),
                };
                // Without a cluster, a namespace is taken for one that has none.
                let forbidden =
                    limit_ranges.is_some_and(|(_, known)| *known == Completeness::Forbidden);
                let given = matches!(
                    taken,
                    ResourceOrigin::Container | ResourceOrigin::LimitRange
                );
                if !given && forbidden {
                    self.limit_ranges_are_unread(&text, path)
                } else {
                    (Value::open(text), Status::Resolved)
                }
            }
            ResourceValue::NodeAllocatable => {
                if matches!(node, Answer::Forbidden) {
                    self.not_read(&node, "Node", node_name.unwrap_or_default(), path);
                }
                let why = "the node's allocatable, as no limit is set";
                (Value::unknown(why), Status::Runtime)
            }
            ResourceValue::NoContainer(named) => {
                let message = format!(
                    "the Pod has no container `{}`: `{}` has no value, and the container waits with CreateContainerConfigError",
                    named.escape_debug(),
                    shown_name(variable)
                );
                let at = path.field("containerName");
                self.findings
                    .push(Finding::new(&rules::UNKNOWN_CONTAINER, at, message).help(
                    "name a container or init container, or leave `containerName` out for this one",
                ));
                (
                    Value::unknown("its container does not exist"),
                    Status::Unresolved,
                )
            }
            ResourceValue::Unsupported(why) => {
                let mut refused = validate_resource_field_ref(selector, path);
                if refused.is_empty() {
                    let message = format!("`{}` has no value: {why}", shown_name(variable));
                    let rule = &rules::UNSUPPORTED_RESOURCE;
                    refused.push(Finding::new(rule, path.clone(), message));
                }
                self.refuse(refused, &rules::UNSUPPORTED_RESOURCE, path);
                let why = "the API server refuses the selector";
                (Value::unknown(why), Status::Unresolved)
            }
        };
        let draft = Draft::new(&variable.name, value, source).status(status);
        self.define(draft.path(self.env_path(i)));
    }

    /// Returns the value of a resource that an unread LimitRange may set.
    fn limit_ranges_are_unread(&mut self, text: &str, path: &FieldPath) -> (Value, Status) {
        self.not_sure = true;
        let namespace = self.context.subject.namespace;
        let message = format!(
            "no permission to list LimitRanges in namespace `{namespace}`: one may set this value"
        );
        self.findings.push(
            Finding::new(&rules::FORBIDDEN, path.clone(), message)
                .help("request permission to list LimitRanges, or add them with `-f`"),
        );
        let why = format!("`{text}`, unless a LimitRange sets it");
        (Value::unknown(why), Status::Unresolved)
    }

    fn config_map_key(
        &mut self,
        i: usize,
        variable: &SpecVar,
        selector: &ConfigMapKeySelector,
        path: FieldPath,
    ) {
        let key = Selected {
            kind: SourceKind::ConfigMap,
            word: "ConfigMap",
            rule: &rules::MISSING_CONFIGMAP,
            object: &selector.name,
            key: &selector.key,
            optional: selector.optional.unwrap_or(false),
            path,
        };
        let context = self.context;
        let answer = context
            .answers
            .one(context.subject.namespace, &selector.name);
        let left = Cell::new(self.to_compare);
        self.take_key(i, variable, &key, &answer, |map: &ConfigMap| {
            let data = map.data.as_ref();
            if let Some(value) = data.and_then(|data| data.get(key.key)) {
                return KeyValue::Found(Value::open(value.as_str()));
            }
            let binary = map.binary_data.as_ref();
            if binary.is_some_and(|data| data.contains_key(key.key)) {
                let help = "move the key from `binaryData` to `data`; only `data` sets variables";
                return KeyValue::Missing {
                    help: Some(help.to_owned()),
                };
            }
            let count = data.map_or(0, BTreeMap::len);
            let keys = data.into_iter().flat_map(BTreeMap::keys);
            did_you_mean(key.key, (count, keys), &left)
        });
        self.to_compare = left.get();
    }

    fn secret_key(
        &mut self,
        i: usize,
        variable: &SpecVar,
        selector: &SecretKeySelector,
        path: FieldPath,
    ) {
        let key = Selected {
            kind: SourceKind::Secret,
            word: "Secret",
            rule: &rules::MISSING_SECRET,
            object: &selector.name,
            key: &selector.key,
            optional: selector.optional.unwrap_or(false),
            path,
        };
        let show = self.context.options.show_secrets;
        let context = self.context;
        let answer = context
            .answers
            .one(context.subject.namespace, &selector.name);
        let left = Cell::new(self.to_compare);
        self.take_key(i, variable, &key, &answer, |secret: &Secret| {
            let (data, text) = (secret.data.as_ref(), secret.string_data.as_ref());
            if let Some(value) = text.and_then(|text| text.get(key.key)) {
                return KeyValue::Found(Value::secret(value.as_bytes(), show));
            }
            if let Some(value) = data.and_then(|data| data.get(key.key)) {
                return KeyValue::Found(Value::secret(&value.0, show));
            }
            let count = data.map_or(0, BTreeMap::len) + text.map_or(0, BTreeMap::len);
            let keys = data.into_iter().flat_map(BTreeMap::keys);
            let more = text.into_iter().flat_map(BTreeMap::keys);
            did_you_mean(key.key, (count, keys.chain(more)), &left)
        });
        self.to_compare = left.get();
    }

    fn take_key<'o, T>(
        &mut self,
        i: usize,
        variable: &SpecVar,
        key: &Selected<'_>,
        answer: &Answer<'o, T>,
        read: impl Fn(&'o T) -> KeyValue,
    ) {
        let at = self.env_path(i);
        let mut source = Source::new(key.kind).name(key.object).key(key.key);
        let value = match answer {
            Answer::Found(found) => {
                source.origin = Some(found.origin.key(key.key).to_owned());
                read(found.object)
            }
            Answer::Missing => {
                let path = key.path.field("name");
                let finding = self.missing(key.rule, key.word, key.object, key.optional, &path);
                self.findings.push(finding);
                self.not_there(variable, key, source, at);
                return;
            }
            other => {
                let reason = self.not_read(other, key.word, key.object, &key.path.field("name"));
                let why = format!("{} `{}` was not read ({reason})", key.word, key.object);
                let draft = Draft::new(&variable.name, Value::unknown(why), source);
                self.define(draft.status(Status::Unresolved).path(at));
                return;
            }
        };
        match value {
            KeyValue::Found(value) => {
                self.define(Draft::new(&variable.name, value, source).path(at));
            }
            KeyValue::Missing { help } => {
                let (word, object) = (key.word, key.object);
                let what = format!("{word} `{object}` has no key `{}`", key.key.escape_debug());
                let path = key.path.field("key");
                self.findings.push(if key.optional {
                    let message = format!("{what}; it is optional, so nothing is set");
                    Finding::new(&rules::OPTIONAL_MISSING, path, message)
                } else {
                    let message =
                        format!("{what}: the container waits with CreateContainerConfigError");
                    Finding::new(&rules::MISSING_KEY, path, message)
                        .label("not found")
                        .help(help.unwrap_or_else(|| {
                            format!("add the key to the {word}, or set `optional: true`")
                        }))
                });
                self.not_there(variable, key, source, at);
            }
        }
    }

    /// Adds the entry for a missing key: an optional one leaves an earlier definition
    /// unchanged, a required one keeps the container from being created.
    fn not_there(&mut self, variable: &SpecVar, key: &Selected<'_>, source: Source, at: FieldPath) {
        let value = Value::unknown("its source does not exist");
        let draft = Draft::new(&variable.name, value, source).path(at);
        if key.optional {
            self.note(draft.status(Status::Skipped));
        } else {
            self.define(draft.status(Status::Unresolved));
        }
    }
}

/// Returns a missing key with the most similar one as help, within a budget of
/// comparisons.
fn did_you_mean<'k>(
    key: &str,
    (count, keys): (usize, impl Iterator<Item = &'k String>),
    left: &Cell<usize>,
) -> KeyValue {
    let near = left.get().checked_sub(count).and_then(|rest| {
        left.set(rest);
        pod_model::nearest(key, keys.map(String::as_str))
    });
    KeyValue::Missing {
        help: near.map(|near| format!("did you mean `{near}`?")),
    }
}
