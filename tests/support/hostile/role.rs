//! The purpose of requests, by their method and path.

use super::Request;

/// The purpose of a request, seen from the command under test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Role {
    /// `/version`.
    Version,
    /// `/apis` and what is below it that is no object.
    Discovery,
    /// A list or an object of the command's targets.
    Read,
    /// A watch of them.
    Watch,
    /// A list or an object of anything else.
    SideRead,
    /// A watch of anything else.
    SideWatch,
    /// A container's log.
    Log,
    /// `exec` and `attach`.
    Stream,
    /// POST, PUT and PATCH.
    Write,
    /// DELETE.
    Delete,
}

impl Role {
    pub(super) fn of(request: &Request, targets: &[&str]) -> Self {
        let (path, query) = split(&request.path);
        match request.method.as_str() {
            "DELETE" => return Self::Delete,
            "GET" => {}
            _ => return Self::Write,
        }
        let place = Place::of(path);
        match (path, &place) {
            ("/version", _) => Self::Version,
            (_, None) => Self::Discovery,
            (_, Some(place)) if place.subresource == "log" => Self::Log,
            (_, Some(place)) if !place.subresource.is_empty() => Self::Stream,
            (_, Some(place)) => {
                let is_target = targets.contains(&place.plural);
                match (query.contains("watch=1"), is_target) {
                    (true, true) => Self::Watch,
                    (true, false) => Self::SideWatch,
                    (false, true) => Self::Read,
                    (false, false) => Self::SideRead,
                }
            }
        }
    }
}

/// Path and query.
pub(crate) fn split(path: &str) -> (&str, &str) {
    path.split_once('?').unwrap_or((path, ""))
}

/// The path of an object or a collection in the API.
pub(crate) struct Place<'a> {
    pub(crate) plural: &'a str,
    /// Empty for a collection.
    pub(crate) name: &'a str,
    /// `log`, `exec`, `attach`; mostly empty.
    pub(crate) subresource: &'a str,
}

impl<'a> Place<'a> {
    /// The place that a path names, or `None` if it is discovery's.
    pub(crate) fn of(path: &'a str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        let (["api", _, rest @ ..] | ["apis", _, _, rest @ ..]) = parts.as_slice() else {
            return None;
        };
        let rest = match rest {
            ["namespaces", _, plural, ..] if !plural.is_empty() => &rest[2..],
            rest => rest,
        };
        let part = |at: usize| rest.get(at).copied().unwrap_or_default();
        (!rest.is_empty()).then(|| Self {
            plural: part(0),
            name: part(1),
            subresource: part(2),
        })
    }
}
