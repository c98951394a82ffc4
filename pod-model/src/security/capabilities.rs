//! The capabilities of a container as the runtime makes them.
//!
//! Upstream: `WithCapabilities` and `WithoutAmbientCaps` of containerd's
//! `internal/cri/opts` (`pkg/cri/opts` before 2.0), `SpecSetupCapabilities` of CRI-O's
//! `internal/factory/container`.

use std::collections::BTreeSet;

use serde::Serialize;

use super::capability_names::{ALL, CONTAINERD, CRI_O};
use super::context::Contexts;
use super::effective::Origin;
use super::settings::Runtime;
use super::user::User;

/// The capabilities of a container's first process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Capabilities {
    /// The bounding set: the most that any process of the container can have. Names are
    /// spelled as in the API, in the kernel's order.
    pub bounding: Vec<&'static str>,
    /// The effective set of the first process, or `None` if its user is not known. It is
    /// empty for another user than root, whatever is added: the ambient set is always
    /// empty.
    pub effective: Option<Vec<&'static str>>,
    /// The container's own lists, or the runtime's default.
    pub origin: Origin,
    /// Those that are taken away from all that the runtime itself has, where all are asked for.
    pub all_but: Option<Vec<&'static str>>,
    /// Names in the lists that no capability has, as they are written: `CAP_KILL` becomes
    /// `CAP_CAP_KILL`. They have no effect in containerd; CRI-O takes the prefix, and
    /// refuses to start the container for other names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
}

pub(super) fn capabilities(
    contexts: &Contexts<'_>,
    is_privileged: bool,
    user: &User,
    runtime: Runtime,
) -> Capabilities {
    let own = contexts.container.security_context;
    let lists = own.and_then(|own| own.capabilities.as_ref());
    let add = lists.and_then(|own| own.add.as_deref()).unwrap_or_default();
    let drop = lists
        .and_then(|own| own.drop.as_deref())
        .unwrap_or_default();
    let mut sets = Sets::new(runtime);
    match runtime {
        Runtime::CriO => sets.as_cri_o(add, drop),
        _ => sets.as_containerd(add, drop),
    }
    let origin = match lists {
        _ if is_privileged => Origin::Container,
        Some(_) if !add.is_empty() || !drop.is_empty() => Origin::Container,
        _ => Origin::Runtime,
    };
    if is_privileged {
        sets.has = [true; ALL.len()];
    }
    let bounding = sets.names(true);
    let effective = user.is_root().map(|is_root| {
        if is_root {
            bounding.clone()
        } else {
            Vec::new()
        }
    });
    let asks_for_all = is_privileged || is_in(add, "ALL") && !is_in(drop, "ALL");
    Capabilities {
        all_but: asks_for_all.then(|| sets.names(false)),
        bounding,
        effective,
        origin,
        unknown: sets.unknown,
    }
}

/// Returns whether a list has a name, in upper or lower case (`InStringSlice`).
fn is_in(list: &[String], name: &str) -> bool {
    list.iter().any(|own| own.eq_ignore_ascii_case(name))
}

struct Sets {
    /// For each of all capabilities whether it is in the set.
    has: [bool; ALL.len()],
    unknown: Vec<String>,
    takes_prefix: bool,
}

impl Sets {
    fn new(runtime: Runtime) -> Self {
        Self {
            has: [false; ALL.len()],
            unknown: Vec::new(),
            takes_prefix: runtime == Runtime::CriO,
        }
    }

    fn as_containerd(&mut self, add: &[String], drop: &[String]) {
        self.has = ALL.map(|name| CONTAINERD.contains(&name));
        if is_in(add, "ALL") {
            self.has = [true; ALL.len()];
        }
        if is_in(drop, "ALL") {
            self.has = [false; ALL.len()];
        }
        self.add(add);
        self.drop(drop);
    }

    /// The default is added to the list, unless one of the lists has all.
    fn as_cri_o(&mut self, add: &[String], drop: &[String]) {
        let (adds_all, drops_all) = (is_in(add, "ALL"), is_in(drop, "ALL"));
        if adds_all && !drops_all {
            self.has = [true; ALL.len()];
        }
        if !adds_all && !drops_all {
            self.has = ALL.map(|name| CRI_O.contains(&name));
        }
        self.add(add);
        self.drop(drop);
    }

    fn add(&mut self, list: &[String]) {
        for at in self.known(list) {
            self.has[at] = true;
        }
    }

    fn drop(&mut self, list: &[String]) {
        for at in self.known(list) {
            self.has[at] = false;
        }
    }

    /// The capabilities that are in the set, or those that are not.
    fn names(&self, has: bool) -> Vec<&'static str> {
        let all = ALL.iter().zip(&self.has);
        all.filter(|(_, own)| **own == has)
            .map(|(name, _)| *name)
            .collect()
    }

    /// The capabilities that a list names, `ALL` apart, by their places among all.
    fn known(&mut self, list: &[String]) -> Vec<usize> {
        let mut known = Vec::new();
        let mut seen: BTreeSet<String> = self.unknown.iter().cloned().collect();
        for text in list {
            let upper = text.to_uppercase();
            if upper == "ALL" {
                continue;
            }
            let name = match upper.strip_prefix("CAP_") {
                Some(name) if self.takes_prefix => name,
                _ => &upper,
            };
            match ALL.iter().position(|own| *own == name) {
                Some(at) => known.push(at),
                None if !seen.insert(text.clone()) => {}
                None => self.unknown.push(text.clone()),
            }
        }
        known
    }
}
