//! Errors of input, connection and cluster as failures: their words for people,
//! the way out and the exit code, chosen here and nowhere else.

use crate::cluster::{Bound, ClusterError, NOT_MERGED, NOT_SERVED, Request, Verb};
use crate::connection::ConfigError;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::input::InputError;
use crate::shell_quote::quoted;

macro_rules! command_error_from {
    ($($error:ty),*) => {
        $(impl From<$error> for CommandError {
            fn from(error: $error) -> Self {
                Self::Failed(error.into())
            }
        })*
    };
}
command_error_from!(ClusterError, ConfigError, InputError);

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        let failure = Failure::new(Exit::Failure, error.to_string());
        match error {
            InputError::Url(url) => failure.help(format!(
                "fetch it and pipe it in: curl -fsS {} | … -f -",
                quoted(&url)
            )),
            InputError::EmptyDirectory(_) | InputError::TooLarge(_) => {
                failure.help("name the manifest's own file")
            }
            InputError::NotRecursive(_) => failure.help("add -R to go into them"),
            InputError::Silent { .. } => failure.help("start its writer, or name a file"),
            InputError::NoMatch(_) => {
                failure.help("the pattern is looked up as kubectl does: `*` does not match a `/`")
            }
            InputError::BadPattern { .. } => {
                failure.help("write `\\` before a character of the name that is no pattern")
            }
            InputError::Io { .. } => failure,
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let failure = Failure::new(Exit::Cluster, error.to_string());
        match error {
            ConfigError::NoCluster { .. } => failure.help(
                "name a kubeconfig with --kubeconfig or $KUBECONFIG, or a server with --server",
            ),
            ConfigError::Unknown { kind, known, .. } if known.is_empty() => failure.help(format!(
                "no {kind} is defined at all: name a kubeconfig with --kubeconfig or $KUBECONFIG"
            )),
            ConfigError::Unknown { known, .. } => {
                failure.help(format!("there are: {}", known.join(", ")))
            }
            ConfigError::NoServer(_) => {
                failure.help("choose one with --context, or `kubectl config use-context NAME`")
            }
            ConfigError::Provider {
                instead: Some(plugin),
                ..
            } => failure.help(format!("use the credential plugin `{plugin}` instead")),
            ConfigError::Provider { .. } => {
                failure.help("use a credential plugin (`exec`) instead")
            }
            ConfigError::Credentials(_) => {
                failure.help("log in again, or name other credentials with --user or --token")
            }
            ConfigError::Unusable(_) | ConfigError::File { .. } | ConfigError::Parse { .. } => {
                failure
            }
        }
    }
}

impl From<ClusterError> for Failure {
    fn from(error: ClusterError) -> Self {
        let message = error.to_string();
        let cluster = |message: String| Failure::new(Exit::Cluster, message);
        match &error {
            ClusterError::Unreachable { .. } => cluster(message)
                .help("is the server up, and is this the right --context? `kubectl cluster-info` asks the same server"),
            ClusterError::Proxy { .. } => cluster(message).help(
                "the kubeconfig's `proxy-url` names it, or $HTTPS_PROXY; servers in $NO_PROXY are asked without one",
            ),
            ClusterError::Tls { problem, .. } => cluster(message).help(problem.help()),
            ClusterError::Credentials { .. } => {
                cluster(message).help("log in again, or name other credentials with --user or --token")
            }
            ClusterError::TimedOut { .. } => cluster(message).help("raise --request-timeout"),
            ClusterError::NotAnApi { .. } => cluster(message).help("is this the address of an API server?"),
            ClusterError::Foreign { status, answer, .. } => {
                cluster(message).help(foreign_help(*status, answer))
            }
            ClusterError::TooLarge { limit: Bound::Collection(_), .. } => {
                cluster(message).help("ask for fewer objects: by their names, or with a label selector (-l)")
            }
            ClusterError::TooLarge { .. } => {
                cluster(message).help("no object of the API is that large: look at what answers at this address")
            }
            ClusterError::Unknown { request, cause } => {
                let mut help = look_before(request);
                if let ClusterError::Foreign { status, answer, .. } = &**cause {
                    help.push_str(&format!("; {}", foreign_help(*status, answer)));
                }
                cluster(message).help(help)
            }
            ClusterError::UnknownKind { .. } => Failure::new(Exit::Failure, message)
                .help("`kubectl api-resources` lists what it has; a CustomResourceDefinition comes before its objects"),
            ClusterError::Undiscovered { .. } => cluster(message)
                .help("`kubectl get apiservices` shows what is away; TYPE.GROUP names a type of another group"),
            ClusterError::OtherVersion { .. } => cluster(message)
                .help("its objects are still there: name the type without its version"),
            ClusterError::UnknownType { .. } => Self::usage(message)
                .help("`kubectl api-resources` lists the types that it has"),
            // Of an object that nobody asked for it says nothing of the one in question.
            ClusterError::Refused { request, status }
                if status.code == 404
                    && matches!(request.verb, Verb::Get | Verb::Delete)
                    && !error.is_not_found() =>
            {
                misplaced(request, &message)
            }
            ClusterError::Refused { request, status } => refused(request, status.code, &message),
        }
    }
}

/// Names the places to look at when something else answers than the API server.
fn foreign_help(status: u16, answer: &str) -> &'static str {
    match status {
        407 => {
            "the proxy asks for a name and a password: write them into its URL, in `proxy-url` or HTTPS_PROXY"
        }
        300..400 => {
            "a login page or a proxy stands before the server: look at --server, `proxy-url` and HTTPS_PROXY, or log in"
        }
        500.. => "a proxy or load balancer before the server answered: it may not reach the server",
        _ if answer.contains("HTTPS server") => "write https:// in the server's URL",
        _ => {
            "look at the server's URL with its path, at `proxy-url` and HTTPS_PROXY, and whether a login page answers"
        }
    }
}

/// How to see what became of a change.
fn look_before(request: &Request) -> String {
    let mut command = format!("kubectl get {}", quoted(&request.resource));
    if let Some(name) = &request.name {
        command.push_str(&format!(" {}", quoted(name)));
    }
    if let Some(namespace) = &request.namespace {
        command.push_str(&format!(" -n {}", quoted(namespace)));
    }
    format!("look before you try again: `{command}`")
}

/// "Not found" of something else than the object that was asked for.
fn misplaced(request: &Request, message: &str) -> Failure {
    if message == NOT_SERVED {
        return not_served(request, message);
    }
    let message = format!("the server refused to {request} (404): {message}");
    Failure::new(Exit::Cluster, message)
}

fn not_served(request: &Request, message: &str) -> Failure {
    Failure::new(
        Exit::Cluster,
        format!("the server does not serve {}: {message}", request.resource),
    )
    .help("look at the server's URL with its path; `kubectl api-resources` lists what it has")
}

/// A message with what it is about, which the server's own words most often name.
fn named(request: &Request, message: &str) -> String {
    match &request.name {
        Some(name) if !message.contains(name.as_str()) => format!("{request}: {message}"),
        _ => message.to_owned(),
    }
}

fn refused(request: &Request, code: u16, message: &str) -> Failure {
    // Only what was sent can be wrong input.
    let is_change = matches!(request.verb, Verb::Create | Verb::Patch | Verb::Delete);
    match code {
        401 => Failure::new(
            Exit::Cluster,
            format!("the server does not accept the credentials to {request} (401 Unauthorized)"),
        )
        .help("they may have expired: log in again, or name others with --user or --token"),
        403 if message.contains("violates PodSecurity") => {
            Failure::new(Exit::Failure, format!("not allowed: {message}")).help(
                "`create pod|job --profile restricted` writes what the strictest level asks for",
            )
        }
        403 if message.contains("exceeded quota") => {
            Failure::new(Exit::Failure, format!("not allowed: {message}"))
        }
        // Admission says so of what the object refers to.
        403 if message.contains("error looking up service account")
            || message.contains("no PriorityClass with name") =>
        {
            Failure::new(Exit::Failure, message.to_owned())
        }
        // A webhook chooses the code.
        400 | 402..500 if is_change && is_denied(message) => {
            Failure::new(Exit::Failure, format!("not allowed: {message}"))
        }
        403 if is_change && !is_unauthorized(message) => Failure::new(
            Exit::Cluster,
            format!("not allowed to {request}: {message}"),
        ),
        403 => Failure::new(
            Exit::Cluster,
            format!("not allowed to {request}: {message}"),
        )
        .help(format!(
            "ask for the right to {} {}; `kubectl auth can-i {} {}` says whether it is there",
            request.verb, request.resource, request.verb, request.resource
        )),
        404 if message.starts_with("namespaces \"") => {
            Failure::new(Exit::NotFound, message.to_owned())
                .help("`kubectl create namespace NAME` creates it; -n chooses another")
        }
        404 if message == NOT_SERVED => not_served(request, message),
        // What has no name, a list or a part of every server, cannot be missing.
        404 if request.name.is_none() && !is_change => Failure::new(
            Exit::Cluster,
            format!("the server refused to {request} ({code}): {message}"),
        ),
        404 => Failure::new(Exit::NotFound, named(request, message)),
        409 if message.contains("already exists") => {
            Failure::new(Exit::Failure, message.to_owned())
                .help("`apply` changes what exists; `kubectl delete` removes it first")
        }
        500 if is_change && message.starts_with(NOT_MERGED) => {
            Failure::new(Exit::Failure, message.to_owned())
        }
        // The server is there and says that it is unwell.
        429 | 500.. => Failure::new(
            Exit::Cluster,
            format!("the server failed to {request} ({code}): {message}"),
        ),
        400 | 409 | 413 | 422 if is_change => Failure::new(Exit::Failure, message.to_owned()),
        _ => Failure::new(
            Exit::Cluster,
            format!("the server refused to {request} ({code}): {message}"),
        ),
    }
}

/// Whether a change is refused for want of a right: an authorizer's sentence
/// (k8s.io/apiserver/pkg/endpoints/handlers/responsewriters, `forbiddenMessage`).
fn is_unauthorized(message: &str) -> bool {
    let who = message.split_once("forbidden: User \"");
    who.is_some_and(|(_, rest)| rest.contains("\" cannot "))
}

/// Whether admission refuses the object: a webhook (k8s.io/apiserver/pkg/admission,
/// plugin/webhook/errors, `ToStatusErr`), or a plugin or policy of the server
/// (`NewForbidden`). Who may not grant a right lacks it (`ConfirmNoEscalation` in
/// pkg/registry/rbac/validation); that is no matter of the object.
fn is_denied(message: &str) -> bool {
    let is_webhook =
        message.starts_with("admission webhook \"") && message.contains(" denied the request");
    let is_plugin = message.contains(" is forbidden: ")
        && !is_unauthorized(message)
        && !message.contains(" is attempting to grant RBAC permissions ");
    is_webhook || is_plugin
}
