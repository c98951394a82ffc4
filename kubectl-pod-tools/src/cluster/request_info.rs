//! Description of a request for messages, in the words of RBAC.

use std::fmt;

use crate::shell_quote::quoted;

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
    /// Resource with its group (`pods`, `jobs.batch`), or the path of a request that is not for a
    /// resource (`/version`).
    pub resource: String,
    /// Name of the object, if it is about one.
    pub name: Option<String>,
    /// Namespace, if the resource has one; empty for all.
    pub namespace: Option<String>,
}

impl Request {
    /// Returns a read of a path that is not of a resource: RBAC's `nonResourceURLs`.
    pub(super) fn of_path(path: &str) -> Self {
        Self {
            verb: Verb::Get,
            resource: path.to_owned(),
            name: None,
            namespace: None,
        }
    }

    /// Returns the command that tells whether the user has the right for this request
    /// (k8s.io/kubectl/pkg/cmd/auth, `CanIOptions.Complete`: a `/` inside the resource starts the
    /// name of an object).
    pub(crate) fn can_i_command(&self) -> String {
        let (resource, subresource) = match self.resource.split_once('/') {
            Some((resource, subresource)) if !resource.is_empty() => (resource, Some(subresource)),
            _ => (self.resource.as_str(), None),
        };
        let mut command = format!("kubectl auth can-i {} {}", self.verb, quoted(resource));
        if let Some(subresource) = subresource {
            command.push_str(&format!(" --subresource={}", quoted(subresource)));
        }
        match self.namespace.as_deref() {
            Some("") => command.push_str(" -A"),
            Some(namespace) => command.push_str(&format!(" -n {}", quoted(namespace))),
            None => {}
        }
        command
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn can_i_command_asks_for_the_right_of_the_request() {
        let of_resource = |verb, resource: &str, namespace: Option<&str>| Request {
            verb,
            resource: resource.to_owned(),
            name: Some("web".to_owned()),
            namespace: namespace.map(str::to_owned),
        };
        for (request, command) in [
            (Request::of_path("/version"), "get /version"),
            (Request::of_path("/apis"), "get /apis"),
            (Request::of_path("/apis/a b/v1"), "get '/apis/a b/v1'"),
            (of_resource(Verb::Get, "nodes", None), "get nodes"),
            (
                of_resource(Verb::Create, "jobs.batch", Some("one")),
                "create jobs.batch -n one",
            ),
            (of_resource(Verb::Watch, "pods", Some("")), "watch pods -A"),
            (
                of_resource(Verb::Create, "pods/exec", Some("one")),
                "create pods --subresource=exec -n one",
            ),
        ] {
            let expected = format!("kubectl auth can-i {command}");
            assert_eq!(request.can_i_command(), expected);
        }
    }
}
