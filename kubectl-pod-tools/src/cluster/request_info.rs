//! Description of a request for messages, in the words of RBAC.

use std::fmt;

/// RBAC verb of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Read one.
    Get,
    /// Read all.
    List,
    /// Watch changes.
    Watch,
    /// POST.
    Create,
    /// PATCH, server-side apply included.
    Patch,
    /// DELETE.
    Delete,
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "get",
            Self::List => "list",
            Self::Watch => "watch",
            Self::Create => "create",
            Self::Patch => "patch",
            Self::Delete => "delete",
        })
    }
}

/// A request in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// Its verb.
    pub verb: Verb,
    /// Resource with its group: `pods`, `jobs.batch`.
    pub resource: String,
    /// Name of the object, if it is about one.
    pub name: Option<String>,
    /// Namespace, if the resource has one; empty for all.
    pub namespace: Option<String>,
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.resource)?;
        if let Some(name) = &self.name {
            write!(f, " \"{name}\"")?;
        }
        match &self.namespace {
            Some(namespace) if namespace.is_empty() => f.write_str(" in all namespaces"),
            Some(namespace) => write!(f, " in namespace \"{namespace}\""),
            None => Ok(()),
        }
    }
}
