//! `envFrom`: all keys of a ConfigMap or Secret.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{ConfigMap, EnvFromSource, Secret};
use pod_model::lookup::{Answer, Origin};
use pod_model::rules::Rule;
use pod_model::{FieldPath, Finding, rules};

use super::builder::{Builder, Draft};
use super::value::Value;
use crate::names::{NameRule, is_config_map_key};
use crate::report::{Source, SourceKind, Status, Unread};

/// The source that an `envFrom` entry names.
struct From<'s> {
    kind: SourceKind,
    /// As messages call it.
    word: &'static str,
    rule: &'static Rule,
    name: &'s str,
    optional: bool,
    prefix: &'s str,
    path: FieldPath,
}

impl Builder<'_> {
    /// Adds what one entry brings, sorted by key: the kubelet takes them in
    /// random order, which only matters among equal names, and those cannot be.
    pub(super) fn env_from(&mut self, i: usize, source: &EnvFromSource) {
        let path = self.env_from_path(i);
        let prefix = source.prefix.as_deref().unwrap_or_default();
        let rule = NameRule::of(self.context.options.version);
        if !prefix.is_empty() && !rule.allows(prefix) {
            let message = format!(
                "prefix `{}` may not begin the name of a variable",
                prefix.escape_debug()
            );
            self.findings.push(
                Finding::new(&rules::INVALID_NAME, path.field("prefix"), message)
                    .help(format!("use {}", rule.says())),
            );
        }
        let both = source.config_map_ref.is_some() && source.secret_ref.is_some();
        let none = source.config_map_ref.is_none() && source.secret_ref.is_none();
        if both || none {
            let number = if both { "both" } else { "none" };
            let message =
                format!("an envFrom entry names one of configMapRef and secretRef, not {number}");
            self.findings
                .push(Finding::new(&rules::INVALID_SOURCE, path.clone(), message));
        }
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

    /// Says which variables of an entry before this one it has replaced; `from`
    /// began at the entry `first`. That may be meant, and is easily overlooked.
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
        let said = names.into_iter().map(|(object, names)| {
            let message = format!(
                "{} `{}` sets {} anew, after {object}",
                from.word,
                from.name,
                listed(&names)
            );
            Finding::new(&rules::REPLACED_BY_ENVFROM, from.path.clone(), message)
        });
        self.findings.extend(said);
    }

    /// Says which variables a source that was not read may set anew.
    fn in_doubt(&mut self, from: &From<'_>, unread: &Unread) {
        let defined = self.defined.keys().map(String::as_str);
        let mut names: Vec<&str> = defined.filter(|name| unread.could_set(name)).collect();
        if names.is_empty() {
            return;
        }
        names.sort_unstable();
        let message = format!(
            "{} `{}`, which was not read, may set {} anew",
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

    /// The kubelet asks no more of a name than the API server asked of prefix
    /// and key: since 1.30 it skips none, whatever the version's rule for `env`
    /// (`makeEnvironmentVariables` of 1.31 to 1.35).
    fn take(&mut self, from: &From<'_>, key: &str, value: Value, origin: &Origin) {
        let name = format!("{}{key}", from.prefix);
        let mut source = Source::new(from.kind).name(from.name).key(key);
        source.origin = Some(origin.key(key).to_owned());
        let draft = Draft::new(&name, value, source).path(from.path.parent().unwrap_or_default());
        if is_config_map_key(key) {
            self.define(draft);
            return;
        }
        let (word, map) = (from.word, from.name);
        let message = format!(
            "key `{}` of {word} `{map}` is not valid: the API server refuses the {word}",
            key.escape_debug()
        );
        self.findings.push(
            Finding::new(&rules::INVALID_KEY, from.path.clone(), message).help(
                "use letters, digits, `-`, `_` and `.`, at most 253, not beginning with `..`",
            ),
        );
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

    /// Says that an object was not read, and answers why.
    pub(super) fn not_read<T>(
        &mut self,
        answer: &Answer<'_, T>,
        word: &str,
        name: &str,
        path: &FieldPath,
    ) -> &'static str {
        self.not_sure = true;
        let (rule, reason, message, help) = if matches!(answer, Answer::Forbidden) {
            (
                &rules::FORBIDDEN,
                "forbidden",
                format!("{word} `{name}` may not be read, so what it brings is not known"),
                format!("ask for the right to get {word}s, or give it with -f"),
            )
        } else {
            (
                &rules::NOT_LOOKED_UP,
                "not asked",
                format!("{word} `{name}` was not looked up, so what it brings is not known"),
                "ask the cluster, or give it with -f".to_owned(),
            )
        };
        self.findings
            .push(Finding::new(rule, path.clone(), message).help(help));
        reason
    }
}

/// Number of names that a message lists one by one.
const LISTED: usize = 5;

/// `A`, `B` and 3 more.
fn listed(names: &[&str]) -> String {
    let (told, rest) = names.split_at(names.len().min(LISTED));
    let told: Vec<String> = told
        .iter()
        .map(|name| format!("`{}`", name.escape_debug()))
        .collect();
    match (told.as_slice(), rest.len()) {
        ([most @ .., last], 0) if !most.is_empty() => format!("{} and {last}", most.join(", ")),
        (all, 0) => all.join(", "),
        (all, more) => format!("{} and {more} more", all.join(", ")),
    }
}
