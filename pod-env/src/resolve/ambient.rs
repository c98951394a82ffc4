//! The variables that come after the container's own: those of Services, then
//! those of the runtime and the image.

use std::collections::HashMap;

use pod_model::lookup::Completeness;
use pod_model::{Finding, rules};

use super::builder::{Builder, Draft};
use super::value::Value;
use crate::report::{Source, SourceKind, Status, Unread};
use crate::runtime::{DEFAULT_PATH, HostName};

/// A variable that the runtime or the image sets.
struct Ambient {
    name: String,
    value: Value,
    path: &'static str,
}

impl Builder<'_> {
    /// Adds the variables of Services. A variable of the container overrides one of the
    /// same name.
    pub(super) fn service_links(&mut self) {
        for var in self.context.services.vars() {
            let mut source = Source::new(SourceKind::ServiceLink).name(&var.service);
            source.origin.clone_from(&var.origin);
            let (value, status) = if let Some(value) = &var.value {
                (Value::open(value.as_str()), Status::Resolved)
            } else {
                let why = match &var.collides_with {
                    Some(other) => {
                        format!("set by this Service or by Service `{other}`, at random")
                    }
                    None => "the cluster IP, assigned when the Service is created".to_owned(),
                };
                (Value::unknown(why), Status::Runtime)
            };
            let draft = Draft::new(&var.name, value, source).status(status);
            let own = self.defined.get(&var.name).copied();
            let at = match own {
                None => self.define(draft),
                Some(own) => {
                    let at = self.note(draft);
                    self.hide(at, own);
                    self.overrides_link(own, &var.service);
                    at
                }
            };
            self.service_entries.push(at);
        }
        let reason = match self.context.services.completeness {
            Completeness::Complete => return,
            Completeness::Forbidden => "forbidden",
            Completeness::Failed | Completeness::NotAsked => "not asked",
        };
        self.not_sure |= self.context.services.completeness != Completeness::NotAsked;
        self.unread.push(Unread {
            kind: SourceKind::ServiceLink,
            name: String::new(),
            prefix: String::new(),
            reason,
        });
    }

    fn overrides_link(&mut self, own: usize, service: &str) {
        let entry = &self.entries[own];
        let Some(path) = entry.path.clone() else {
            return;
        };
        let message = format!(
            "`{}` overrides the variable of Service `{service}`",
            entry.name
        );
        self.findings.push(
            Finding::new(&rules::OVERRIDES_SERVICE_LINK, path, message)
                .help("rename it, or set `enableServiceLinks: false`"),
        );
    }

    /// Adds the variables of the runtime and the image, overridden by all others.
    pub(super) fn runtime(&mut self) {
        let image = self.context.options.image_env.get(self.container.name);
        let mut all: Vec<Ambient> = Vec::new();
        let mut put = |name: &str, value: Value, path: &'static str| {
            let name = name.to_owned();
            all.push(Ambient { name, value, path });
        };
        let path = match image {
            Some(_) => Value::open(DEFAULT_PATH),
            None => Value::unknown("set by the image or the runtime"),
        };
        put(
            "PATH",
            path,
            if image.is_some() { "default" } else { "image" },
        );
        if self.container.tty {
            put("TERM", Value::open("xterm"), "tty");
        }
        let host_name = match self.context.host_name {
            HostName::Known(name) => Value::open(name.as_str()),
            HostName::Unknown(why) => Value::unknown(why),
            HostName::Invalid { .. } => Value::unknown("the host name of the Pod is invalid"),
        };
        put("HOSTNAME", host_name, "hostname");
        // The runtime looks the user up in the image (runc's `setupUser`).
        let home = "the user's home directory in the image's /etc/passwd";
        put("HOME", Value::unknown(home), "home");
        for pair in image.into_iter().flatten() {
            if let Some((name, value)) = pair.split_once('=') {
                put(name, Value::open(value), "image");
            }
        }
        // Of one name, the last counts.
        let mut last: HashMap<String, usize> = HashMap::with_capacity(all.len());
        for (at, ambient) in all.iter().enumerate() {
            last.insert(ambient.name.clone(), at);
        }
        for (at, ambient) in all.into_iter().enumerate() {
            if last.get(&ambient.name) != Some(&at) {
                continue;
            }
            let source = Source::new(SourceKind::Runtime).path(ambient.path);
            let draft = Draft::new(&ambient.name, ambient.value, source).status(Status::Runtime);
            let at = self.note(draft);
            if let Some(own) = self.defined.get(&ambient.name).copied() {
                // runc sets HOME where it is empty, not only where it is unset.
                if ambient.name == "HOME" && self.values[own].bytes() == Some(b"") {
                    self.hide(own, at);
                    continue;
                }
                self.hide(at, own);
                if ambient.name == "PATH" {
                    self.overrides_path(own);
                }
            }
        }
    }

    fn overrides_path(&mut self, own: usize) {
        let Some(path) = self.entries[own].path.clone() else {
            return;
        };
        let message = "`PATH` overrides that of the image";
        self.findings.push(
            Finding::new(&rules::OVERRIDES_PATH, path, message).help(
                "add the directories of the image's `PATH`; `$(PATH)` does not expand to them",
            ),
        );
    }
}
