//! Collapses the variables of a Service into one line: its Docker-link forms are many,
//! and hardly anybody reads them.

use std::collections::{BTreeMap, HashSet};

use pod_env::report::{ContainerEnv, SourceKind, Status};

/// Variables of one Service in one line.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct CollapsedService {
    /// Common prefix of their names.
    pub prefix: String,
    /// Number of variables.
    pub count: usize,
}

/// Returns the collapsed Services of a container, each at the index of its first variable,
/// and the indices of all variables in them. A variable that a reference needs, that
/// overrides another or is overridden keeps its own line, as does the only one of a
/// Service.
pub(super) fn collapsed_services(
    container: &ContainerEnv,
) -> (BTreeMap<usize, CollapsedService>, HashSet<usize>) {
    let in_variables = container.env.iter().flat_map(|v| &v.references);
    let in_command = container.command_references.iter().map(|r| &r.reference);
    let in_mounts = container.mounts.iter().flat_map(|m| &m.references);
    let needed: HashSet<usize> = in_variables
        .chain(in_command)
        .chain(in_mounts)
        .filter_map(|reference| reference.definition)
        .collect();
    let mut services: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, variable) in container.env.iter().enumerate() {
        let stands_alone = needed.contains(&i)
            || !variable.overrides.is_empty()
            || matches!(variable.status, Status::Overridden | Status::Skipped);
        if variable.source.kind == SourceKind::ServiceLink && !stands_alone {
            let service = variable.source.name.as_deref().unwrap_or_default();
            services.entry(service).or_default().push(i);
        }
    }
    let mut collapsed = BTreeMap::new();
    let mut hidden = HashSet::new();
    for members in services.into_values().filter(|members| members.len() > 1) {
        let names = members.iter().map(|i| container.env[*i].name.as_str());
        let prefix = names.reduce(common_prefix).unwrap_or_default().to_owned();
        let count = members.len();
        collapsed.insert(members[0], CollapsedService { prefix, count });
        hidden.extend(members);
    }
    (collapsed, hidden)
}

fn common_prefix<'a>(a: &'a str, b: &str) -> &'a str {
    let same = a.char_indices().zip(b.chars());
    let end = same.take_while(|((_, x), y)| x == y).last();
    end.map_or("", |((at, c), _)| &a[..at + c.len_utf8()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_prefix_ends_between_characters() {
        for (a, b, common) in [
            ("WEB_PORT", "WEB_SERVICE", "WEB_"),
            ("WEB", "WEB", "WEB"),
            ("é", "è", ""),
            ("aé", "aè", "a"),
            ("", "A", ""),
        ] {
            assert_eq!(common_prefix(a, b), common);
        }
    }
}
