//! The model of a container, as the report has it.

use std::collections::BTreeMap;

use pod_model::security::{
    self, Capabilities, ContainerSecurity, Group, GroupsPolicy, LowPorts, PodSecurity, ProcMount,
    Profile, User,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::created::in_object;
use super::report::{CapabilitySets, ContainerItem, Effective, ObservedUser};
use crate::targets::Target;

/// Maximum number of groups that are listed: they are those of the Pod, and listed for each container.
const MAX_GROUPS: usize = 256;

/// Returns the items of a Pod's containers that are chosen; an empty choice is all.
pub(super) fn items(
    target: &Target,
    security: &PodSecurity,
    chosen: &[String],
    observed: &BTreeMap<&str, ObservedUser>,
) -> Vec<ContainerItem> {
    let is_shown = |name: &str| chosen.is_empty() || chosen.iter().any(|own| own == name);
    let shown = security.containers.iter().filter(|own| is_shown(&own.name));
    shown
        .map(|own| item(target, own, observed.get(own.name.as_str()).cloned()))
        .collect()
}

fn item(target: &Target, own: &ContainerSecurity, observed: Option<ObservedUser>) -> ContainerItem {
    let place = Placing { target };
    ContainerItem {
        name: own.name.clone(),
        container_type: own.container_type,
        run_as_user: place.value(&own.run_as_user, user),
        run_as_group: place.value(&own.run_as_group, group),
        supplemental_groups: place.groups(own),
        supplemental_groups_policy: place
            .value(&own.supplemental_groups_policy, |own| groups_policy(*own)),
        run_as_non_root: place.flag(&own.run_as_non_root),
        privileged: place.flag(&own.privileged),
        capabilities: capabilities(&own.capabilities),
        no_new_privileges: place.flag(&own.no_new_privileges),
        read_only_root_filesystem: place.flag(&own.read_only_root_filesystem),
        seccomp_profile: place.value(&own.seccomp, profile),
        app_armor_profile: place.value(&own.app_armor, |own| {
            let (value, shown) = profile(own);
            (value, format!("{shown}, on a node with AppArmor"))
        }),
        se_linux_options: place.se_linux(own),
        proc_mount: place.value(&own.proc_mount, |own| {
            let shown = match own {
                ProcMount::Default => "Default",
                ProcMount::Unmasked => "Unmasked",
            };
            (json(own), shown.to_owned())
        }),
        low_ports: low_ports(&own.low_ports),
        observed,
    }
}

/// A value for programs and one for people.
type Shown = (Value, String);

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

struct Placing<'a> {
    target: &'a Target,
}

impl Placing<'_> {
    fn value<T>(&self, own: &security::Effective<T>, shown: impl Fn(&T) -> Shown) -> Effective {
        let (value, shown) = shown(&own.value);
        Effective {
            value,
            origin: Some(own.origin.as_str()),
            path: own.path.as_ref().map(|path| in_object(self.target, path)),
            shown,
        }
    }

    fn flag(&self, own: &security::Effective<bool>) -> Effective {
        self.value(own, |own| {
            let word = if *own { "yes" } else { "no" };
            (json!(own), word.to_owned())
        })
    }

    fn groups(&self, own: &ContainerSecurity) -> Effective {
        let all = &own.supplemental_groups;
        let groups: Vec<i64> = all.iter().map(|own| own.value).collect();
        let first = all.first();
        let origin = first.map_or(security::Origin::Default, |own| own.origin);
        let path = first.and_then(|own| own.path.as_ref());
        let is_long = groups.len() > MAX_GROUPS;
        Effective {
            shown: if is_long {
                format!("{} groups", groups.len())
            } else {
                listed(&groups)
            },
            value: if is_long { Value::Null } else { json!(groups) },
            origin: Some(origin.as_str()),
            path: path.map(|path| in_object(self.target, path)),
        }
    }

    fn se_linux(&self, own: &ContainerSecurity) -> Effective {
        match &own.se_linux {
            // Runtimes leave out the label of its processes, and the node's policy chooses.
            _ if own.privileged.value => Effective {
                value: Value::Null,
                origin: Some(security::Origin::Runtime.as_str()),
                path: None,
                shown:
                    "none: a privileged container is not confined (spc_t), on a node with SELinux"
                        .to_owned(),
            },
            Some(own) => self.value(own, |own| {
                let parts = [&own.user, &own.role, &own.type_, &own.level];
                let parts = parts.map(|part| part.as_deref().unwrap_or("*"));
                (json(own), parts.join(":"))
            }),
            None => Effective {
                value: Value::Null,
                origin: Some(security::Origin::Runtime.as_str()),
                path: None,
                shown: "the runtime's, on a node with SELinux".to_owned(),
            },
        }
    }
}

/// Returns groups as a text.
pub(super) fn listed(groups: &[i64]) -> String {
    if groups.is_empty() {
        return "none".to_owned();
    }
    let all: Vec<String> = groups.iter().map(ToString::to_string).collect();
    all.join(", ")
}

fn user(own: &User) -> Shown {
    match own {
        User::Id(0) => (json!(0), "0 (root)".to_owned()),
        User::Id(id) => (json!(id), id.to_string()),
        User::Name(name) => (json!(name), format!("{name} (a name)")),
        User::Unknown => (Value::Null, "unknown: that of the image".to_owned()),
    }
}

fn group(own: &Group) -> Shown {
    match own {
        Group::Id(0) => (json!(0), "0 (root)".to_owned()),
        Group::Id(id) => (json!(id), id.to_string()),
        Group::OfImage => (
            Value::Null,
            "the image's for the user, or 0 (root)".to_owned(),
        ),
    }
}

fn groups_policy(own: GroupsPolicy) -> Shown {
    let shown = match own {
        GroupsPolicy::Merge => "Merge: the image's, too",
        GroupsPolicy::Strict => "Strict: these alone",
    };
    (json(&own), shown.to_owned())
}

fn profile(own: &Profile) -> Shown {
    match own {
        Profile::Unconfined => (json!("Unconfined"), "Unconfined".to_owned()),
        Profile::RuntimeDefault => (json!("RuntimeDefault"), "RuntimeDefault".to_owned()),
        Profile::Localhost { name } => {
            let text = format!("Localhost/{name}");
            (json!(text), text)
        }
    }
}

fn capabilities(own: &Capabilities) -> CapabilitySets {
    CapabilitySets {
        bounding: own.bounding.clone(),
        effective: own.effective.clone(),
        origin: Some(own.origin.as_str()),
        all_but: own.all_but.clone(),
    }
}

fn low_ports(own: &LowPorts) -> Effective {
    let (value, verb) = match own.first {
        Some(0 | 1) => (json!(true), "yes"),
        Some(first) if first < 1024 => (json!(true), "some"),
        Some(_) => (json!(false), "no"),
        None => (Value::Null, "unknown"),
    };
    Effective {
        value,
        origin: Some(security::Origin::Runtime.as_str()),
        path: None,
        shown: format!("{verb}: {}", own.reason),
    }
}
