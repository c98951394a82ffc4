//! `envFrom`: all keys of a ConfigMap or Secret.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{ConfigMap, EnvFromSource, Secret};
use pod_model::lookup::{Answer, Origin};
use pod_model::rules::Rule;
use pod_model::validation::{validate_env_from_object, validate_env_prefix};
use pod_model::{FieldPath, Finding, names, prose, rules};

use super::builder::{Builder, Draft};
use super::value::Value;
use crate::report::{Source, SourceKind, Status, Unread};

/// The source that an `envFrom` entry names.
struct From<'s> {
    kind: SourceKind,
    /// The kind in messages.
    word: &'static str,
    rule: &'static Rule,
    name: &'s str,
    optional: bool,
    prefix: &'s str,
    path: FieldPath,
}

impl Builder<'_> {
    /// Adds the variables of one entry, sorted by key. The kubelet takes them in random
    /// order, which only matters for equal names, and keys are unique.
    pub(super) fn env_from(&mut self, i: usize, source: &EnvFromSource) {
        let path = self.env_from_path(i);
        let prefix = source.prefix.as_deref().unwrap_or_default();
        let at = path.field("prefix");
        let refused = validate_env_prefix(prefix, self.context.options.version, &at);
        self.refuse(refused, &rules::INVALID_NAME, &at);
        let refused = validate_env_from_object(source, &path);
        self.refuse(refused, &rules::INVALID_SOURCE, &path);
        if let Some(map) = &source.config_map_ref {
            let from = From {
                kind: SourceKind::ConfigMap,
                word: "ConfigMap",
                rule: &rules::MISSING_CONFIGMAP,
                name: &map.name,
                optional: map.optional.unwrap_or(false),
                prefix,
                path: path.field("configMapRef"),
            };
            let answers = self.context.answers;
            let namespace = self.context.subject.namespace;
            let answer = answers.one(namespace, &map.name);
            self.take_all(&from, &answer, |map: &ConfigMap| {
                let data = map.data.iter().flatten();
                data.map(|(k, v)| (k.as_str(), Value::open(v.as_str())))
                    .collect()
            });
        } else if let Some(secret) = &source.secret_ref {
            let from = From {
                kind: SourceKind::Secret,
                word: "Secret",
                rule: &rules::MISSING_SECRET,
                name: &secret.name,
                optional: secret.optional.unwrap_or(false),
                prefix,
                path: path.field("secretRef"),
            };
            let show = self.context.options.show_secrets;
            let answers = self.context.answers;
            let namespace = self.context.subject.namespace;
            let answer = answers.one(namespace, &secret.name);
            self.take_all(&from, &answer, |secret: &Secret| {
                // In a file, `stringData` is written over `data` on the way in
                // (pkg/registry/core/secret).
                let mut keys = BTreeMap::new();
                for (k, v) in secret.data.iter().flatten() {
                    keys.insert(k.as_str(), Value::secret(&v.0, show));
                }
                for (k, v) in secret.string_data.iter().flatten() {
                    keys.insert(k.as_str(), Value::secret(v.as_bytes(), show));
                }
                keys.into_iter().collect()
            });
        }
    }

    fn take_all<'o, T>(
        &mut self,
        from: &From<'_>,
        answer: &Answer<'o, T>,
        keys: impl Fn(&'o T) -> Vec<(&'o str, Value)>,
    ) {
        let (word, name) = (from.word, from.name);
        match answer {
            Answer::Found(found) => {
                let before = self.entries.len();
                for (key, value) in keys(found.object) {
                    self.take(from, key, value, found.origin);
                }
                self.replaced(from, before);
            }
            Answer::Missing => {
                let finding = self.missing(from.rule, word, name, from.optional, &from.path);
                self.findings.push(finding);
            }
            other => {
                let reason = self.not_read(other, word, name, &from.path);
                let unread = Unread {
                    kind: from.kind,
                    name: name.to_owned(),
                    prefix: from.prefix.to_owned(),
                    reason,
                };
                self.in_doubt(from, &unread);
                self.unread.push(unread);
            }
        }
    }

    /// Adds a finding for the variables of earlier entries that this one overrides; its
    /// own variables begin at the entry `first`.
    fn replaced(&mut self, from: &From<'_>, first: usize) {
        let mut names: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for entry in &self.entries[first..] {
            for before in entry.overrides.iter().filter(|before| **before < first) {
                let source = &self.entries[*before].source;
                let word = match source.kind {
                    SourceKind::Secret => "Secret",
                    _ => "ConfigMap",
                };
                let object = source.name.as_deref().unwrap_or_default();
                let of = names.entry(format!("{word} `{object}`")).or_default();
                of.push(&entry.name);
            }
        }
        let findings = names.into_iter().map(|(object, names)| {
            let message = format!(
                "{} `{}` overrides {} of {object}",
                from.word,
                from.name,
                listed(&names)
            );
            Finding::new(&rules::REPLACED_BY_ENVFROM, from.path.clone(), message)
        });
        self.findings.extend(findings);
    }

    /// Adds a finding for the variables that a source that was not read may override.
    fn in_doubt(&mut self, from: &From<'_>, unread: &Unread) {
        let defined = self.defined.keys().map(String::as_str);
        let mut names: Vec<&str> = defined.filter(|name| unread.could_set(name)).collect();
        if names.is_empty() {
            return;
        }
        names.sort_unstable();
        let message = format!(
            "{} `{}` was not read and may override {}",
            from.word,
            from.name,
            listed(&names)
        );
        self.findings.push(Finding::new(
            &rules::MAY_BE_REPLACED,
            from.path.clone(),
            message,
        ));
    }

    /// Adds one key. The kubelet checks names no further than the API server checks
    /// prefix and key: since 1.30 it skips none, whatever the version's rule for `env`
    /// (`makeEnvironmentVariables` of 1.31 to 1.37).
    fn take(&mut self, from: &From<'_>, key: &str, value: Value, origin: &Origin) {
        let name = format!("{}{key}", from.prefix);
        let mut source = Source::new(from.kind).name(from.name).key(key);
        source.origin = Some(origin.key(key).to_owned());
        let draft = Draft::new(&name, value, source).path(from.path.parent().unwrap_or_default());
        let Some(wrong) = names::config_map_key(key) else {
            self.define(draft);
            return;
        };
        let (word, map) = (from.word, from.name);
        let message = format!(
            "key `{}` of {word} `{map}` {wrong}: the API server refuses the {word}",
            key.escape_debug()
        );
        self.findings.push(Finding::new(
            &rules::INVALID_KEY,
            from.path.clone(),
            message,
        ));
        self.note(draft.status(Status::Skipped));
    }

    /// Returns the finding for an object that does not exist.
    pub(super) fn missing(
        &self,
        rule: &'static Rule,
        word: &str,
        name: &str,
        optional: bool,
        path: &FieldPath,
    ) -> Finding {
        let namespace = self.context.subject.namespace;
        let what = format!("{word} `{name}` does not exist in namespace `{namespace}`");
        if optional {
            let message = format!("{what}; it is optional, so nothing is set");
            return Finding::new(&rules::OPTIONAL_MISSING, path.clone(), message);
        }
        Finding::new(
            rule,
            path.clone(),
            format!("{what}: the container waits with CreateContainerConfigError"),
        )
        .label("not found")
        .help(format!(
            "create the {word}, correct the name, or set `optional: true`"
        ))
    }

    /// Adds the finding for an object that was not read, and returns the reason.
    pub(super) fn not_read<T>(
        &mut self,
        answer: &Answer<'_, T>,
        word: &str,
        name: &str,
        path: &FieldPath,
    ) -> &'static str {
        self.not_sure = true;
        let unknown = "its values are unknown";
        let (rule, reason, message, help) = match answer {
            Answer::Forbidden => (
                &rules::FORBIDDEN,
                "forbidden",
                format!("no permission to read {word} `{name}`: {unknown}"),
                format!("request permission to get {word}s, or add the {word} with `-f`"),
            ),
            Answer::Failed(why) => (
                &rules::NOT_LOOKED_UP,
                "failed",
                format!("cannot read {word} `{name}`: {why}; {unknown}"),
                format!("try again, or add the {word} with `-f`"),
            ),
            _ => (
                &rules::NOT_LOOKED_UP,
                "not asked",
                format!("{word} `{name}` was not looked up: {unknown}"),
                format!("add the {word} with `-f`, or leave out `--offline`"),
            ),
        };
        self.findings
            .push(Finding::new(rule, path.clone(), message).help(help));
        reason
    }
}

/// Maximum number of names in a message.
const LISTED: usize = 5;

/// Returns names as a message lists them: `A`, `B` and 3 more.
fn listed(names: &[&str]) -> String {
    let quoted = |name: &&str| format!("`{}`", name.escape_debug());
    let names: Vec<String> = names.iter().map(quoted).collect();
    prose::list_up_to(&names, LISTED)
}
