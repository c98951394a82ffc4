//! Resolves the name of a type among the types that a server lists.

use super::error::ClusterError;
use super::mapping::Resource;

/// A resource of discovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Served {
    pub(super) resource: Resource,
    pub(super) singular: String,
    pub(super) short_names: Vec<String>,
    pub(super) categories: Vec<String>,
}

/// A version of a group whose types are not listed: its API server is unavailable, or they may
/// not be read.
#[derive(Clone, Debug)]
pub(super) struct Silent {
    pub(super) group: String,
    pub(super) version: String,
    /// Number of listed types before it.
    at: usize,
    /// True if the server itself reports it as stale.
    pub(super) stale: bool,
    cause: String,
}

/// Types of a server, in its order of preference.
#[derive(Debug, Default)]
pub(super) struct Catalog {
    pub(super) served: Vec<Served>,
    pub(super) silent: Vec<Silent>,
}

impl Catalog {
    /// Records a version whose types are not listed, with the cause, or that the server reports
    /// it as stale.
    pub(super) fn add_silent(&mut self, group: &str, version: &str, error: Option<String>) {
        self.silent.push(Silent {
            group: group.to_owned(),
            version: version.to_owned(),
            at: self.served.len(),
            stale: error.is_none(),
            cause: error.unwrap_or_else(|| "its API server does not answer".to_owned()),
        });
    }
}

impl Silent {
    /// Returns the error for a type that may be one of these.
    pub(super) fn hides(&self, what: &str) -> ClusterError {
        ClusterError::Undiscovered {
            what: what.to_owned(),
            api_version: format!("{}/{}", self.group, self.version),
            cause: self.cause.clone(),
        }
    }
}

/// Returns whether a name is one of a resource's.
type Fits = fn(&Served, &str) -> bool;

/// Returns the served type that a word names: a full name before a short one, and the earlier
/// type in the server's order before a later one.
///
/// Source: `Builder.mappingFor` (k8s.io/cli-runtime/pkg/resource),
/// `expandResourceShortcut` (k8s.io/client-go/restmapper) and
/// `PriorityRESTMapper` (k8s.io/apimachinery/pkg/api/meta). They skip groups that are
/// not listed (`GetAPIGroupResources` in client-go/restmapper), and so mistake a type while
/// its API server is unavailable; here, all groups before the match must be listed.
pub(super) fn meant(catalog: &Catalog, word: &str) -> Result<Resource, ClusterError> {
    let (name, rest) = word.split_once('.').unwrap_or((word, ""));
    let ways: [Fits; 3] = [
        |served, name| {
            let singular = served.singular.as_str();
            name.eq_ignore_ascii_case(&served.resource.plural)
                || (!singular.is_empty() && name.eq_ignore_ascii_case(singular))
        },
        |served, name| served.short_names.iter().any(|short| short == name),
        |served, name| name.eq_ignore_ascii_case(&served.resource.kind),
    ];
    let places: [fn(&str, &str, &str) -> bool; 3] = [
        |group, version, rest| rest.split_once('.') == Some((version, group)),
        |group, _, rest| rest.is_empty() || group == rest,
        |group, _, rest| !rest.is_empty() && group.starts_with(rest),
    ];
    for place in places {
        let is_there = |r: &Resource| place(&r.group, &r.version, rest);
        let there = || {
            let all = catalog.served.iter().enumerate();
            all.filter(|(_, one)| is_there(&one.resource))
        };
        let found = ways
            .into_iter()
            .find_map(|fits| there().find(|(_, one)| fits(one, name)));
        let before = found.map_or(usize::MAX, |(at, _)| at);
        let mut silent = catalog.silent.iter();
        if let Some(silent) = silent.find(|s| s.at <= before && place(&s.group, &s.version, rest)) {
            return Err(silent.hides(word));
        }
        if let Some((_, one)) = found {
            return Ok(one.resource.clone());
        }
    }
    Err(ClusterError::UnknownType {
        word: word.to_owned(),
    })
}

/// Returns the types of a category, each in the version that the server names first
/// (k8s.io/client-go/restmapper, `discoveryCategoryExpander`).
pub(super) fn of_category(catalog: &Catalog, category: &str) -> Vec<Resource> {
    let mut found: Vec<Resource> = Vec::new();
    for one in &catalog.served {
        let is_new = |before: &Resource| {
            before.group != one.resource.group || before.plural != one.resource.plural
        };
        if one.categories.iter().any(|word| word == category) && found.iter().all(is_new) {
            found.push(one.resource.clone());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn served(group: &str, version: &str, plural: &str, kind: &str, short: &str) -> Served {
        Served {
            singular: kind.to_lowercase(),
            short_names: vec![short.to_owned()],
            categories: vec![group.to_owned(), "every".to_owned()],
            resource: Resource {
                group: group.to_owned(),
                version: version.to_owned(),
                kind: kind.to_owned(),
                plural: plural.to_owned(),
                namespaced: true,
            },
        }
    }

    /// Widgets of two groups, one of them in two versions, and another type.
    fn widgets_and(last: Served) -> Catalog {
        Catalog {
            served: vec![
                served("example.com", "v1", "widgets", "Widget", "wd"),
                served("example.com", "v1beta1", "widgets", "Widget", "wd"),
                served("example.org", "v1", "widgets", "Widget", "wd"),
                last,
            ],
            silent: Vec::new(),
        }
    }

    #[test]
    fn a_type_is_found_by_every_name_that_kubectl_takes() {
        let all = widgets_and(served("example.org", "v1", "wd", "Full", "f"));
        for (word, expected) in [
            ("widgets", Some("widgets.example.com v1")),
            ("Widget", Some("widgets.example.com v1")),
            ("widget", Some("widgets.example.com v1")),
            ("widgets.example.org", Some("widgets.example.org v1")),
            ("widget.example", Some("widgets.example.com v1")),
            (
                "widget.v1beta1.example.com",
                Some("widgets.example.com v1beta1"),
            ),
            ("f", Some("wd.example.org v1")),
            // A full name goes before a short one.
            ("wd", Some("wd.example.org v1")),
            ("WD.example.com", None),
            ("wd.example.com", Some("widgets.example.com v1")),
            ("widgets.v2.example.com", None),
            ("gadgets", None),
            ("", None),
        ] {
            let found = meant(&all, word).ok();
            let found = found.map(|r| format!("{} {}", r.qualified(), r.version));
            assert_eq!(found.as_deref(), expected, "{word}");
        }
    }

    #[test]
    fn a_category_has_each_type_once_in_its_first_version() {
        let all = widgets_and(served("example.org", "v2", "gears", "Gear", "g"));
        for (word, expected) in [
            ("example.com", &["widgets.example.com v1"][..]),
            (
                "every",
                &[
                    "widgets.example.com v1",
                    "widgets.example.org v1",
                    "gears.example.org v2",
                ],
            ),
            ("Every", &[]),
            ("", &[]),
        ] {
            let found = of_category(&all, word).into_iter();
            let found = found.map(|r| format!("{} {}", r.qualified(), r.version));
            assert_eq!(found.collect::<Vec<_>>(), expected, "{word}");
        }
    }

    #[test]
    fn type_of_an_unlisted_group_is_undiscovered() {
        let mut all = Catalog::default();
        all.served
            .push(served("first.com", "v1", "gears", "Gear", "g"));
        all.add_silent("away.com", "v1", None);
        all.served
            .push(served("last.com", "v1", "widgets", "Widget", "wd"));
        for (word, expected) in [
            ("gears", "gears.first.com"),
            ("g", "gears.first.com"),
            ("widgets.last.com", "widgets.last.com"),
            ("widgets.v1.last.com", "widgets.last.com"),
            ("widgets.last", "widgets.last.com"),
            ("widgets", "away.com/v1"),
            ("widgets.away.com", "away.com/v1"),
            ("widgets.v1.away.com", "away.com/v1"),
            ("widgets.aw", "away.com/v1"),
            ("gadgets", "away.com/v1"),
            ("gadgets.first.com", "none"),
            ("widgets.v2.away.com", "none"),
        ] {
            let found = match meant(&all, word) {
                Ok(resource) => resource.qualified(),
                Err(ClusterError::Undiscovered { api_version, .. }) => api_version,
                Err(_) => "none".to_owned(),
            };
            assert_eq!(found, expected, "{word}");
        }
    }
}
