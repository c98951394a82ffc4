//! Turns errors of input, connection and cluster into failures: message, help and exit code.

use pod_model::nearest;

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
                failure.help("use `-f` with the file of a manifest")
            }
            InputError::NotRecursive(_) => failure.help("add `-R` to search them"),
            InputError::Silent { .. } => {
                failure.help("start the program that writes to it, or use a file")
            }
            InputError::NoMatch(_) => failure.help("`*` does not match a `/`, as in kubectl"),
            InputError::BadPattern { .. } => {
                failure.help("write `\\` before a special character of a file name")
            }
            InputError::Io { .. } => failure,
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let failure = Failure::new(Exit::Cluster, error.to_string());
        match error {
            ConfigError::NoCluster { .. } => {
                failure.help("set --kubeconfig, $KUBECONFIG or --server")
            }
            ConfigError::Unknown { kind, known, .. } if known.is_empty() => failure.help(format!(
                "the kubeconfig has no {kind}; set --kubeconfig or $KUBECONFIG"
            )),
            ConfigError::Unknown { name, known, .. } => {
                let nearest = nearest(&name, known.iter().map(String::as_str));
                failure.help(match nearest {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => format!("expected one of: {}", known.join(", ")),
                })
            }
            ConfigError::NoServer(_) => {
                failure.help("use --context, or `kubectl config use-context NAME`")
            }
            ConfigError::Provider {
                instead: Some(plugin),
                ..
            } => failure.help(format!("use the credential plugin `{plugin}` instead")),
            ConfigError::Provider { .. } => {
                failure.help("use a credential plugin (`exec`) instead")
            }
            ConfigError::Credentials(_) => {
                failure.help("log in again, or use other credentials with --user or --token")
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
                .help("check the server and --context with `kubectl cluster-info`"),
            ClusterError::Proxy { .. } => cluster(message).help(
                "check `proxy-url` in the kubeconfig and $HTTPS_PROXY; $NO_PROXY lists servers without a proxy",
            ),
            ClusterError::Tls { problem, .. } => cluster(message).help(problem.help()),
            ClusterError::Credentials { .. } => {
                cluster(message).help("log in again, or use other credentials with --user or --token")
            }
            ClusterError::TimedOut { .. } => cluster(message).help("raise --request-timeout"),
            ClusterError::NotAnApi { .. } => cluster(message).help("check the address of the server with `kubectl cluster-info`"),
            ClusterError::Foreign { status, answer, .. } => {
                cluster(message).help(foreign_help(*status, answer))
            }
            ClusterError::TooLarge { limit: Bound::Collection(_), .. } => {
                cluster(message).help("select fewer objects by name, or with a label selector (-l)")
            }
            ClusterError::TooLarge { .. } => {
                cluster(message).help("no object of the API is that large; check the address of the server")
            }
            ClusterError::Unknown { request, cause } => {
                let mut help = check_command(request);
                if let ClusterError::Foreign { status, answer, .. } = &**cause {
                    help.push_str(&format!("; {}", foreign_help(*status, answer)));
                }
                cluster(message).help(help)
            }
            ClusterError::UnknownKind { .. } => Failure::new(Exit::Failure, message)
                .help("check with `kubectl api-resources`; create the CustomResourceDefinition before its objects"),
            ClusterError::Undiscovered { .. } => cluster(message)
                .help("check with `kubectl get apiservices`; use TYPE.GROUP for a type of another group"),
            ClusterError::OtherVersion { .. } => cluster(message)
                .help("its objects still exist; use the type without its version"),
            ClusterError::UnknownType { .. } => Self::usage(message)
                .help("`kubectl api-resources` lists the types of the server"),
            // "Not found" about another object says nothing about the requested one.
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

/// Returns the help for a response that is not the API server's.
fn foreign_help(status: u16, answer: &str) -> &'static str {
    match status {
        407 => {
            "the proxy requires a user and a password: add them to its URL, in `proxy-url` or HTTPS_PROXY"
        }
        300..400 => {
            "a login page or proxy answered instead of the server; check --server, `proxy-url` and HTTPS_PROXY, or log in"
        }
        500.. => "a proxy or load balancer answered instead of the server, which it may not reach",
        _ if answer.contains("HTTPS server") => "use https:// in the URL of the server",
        _ => {
            "check the URL of the server with its path, `proxy-url` and HTTPS_PROXY; a login page may have answered"
        }
    }
}

/// Returns the help with the command that shows the outcome of a change.
fn check_command(request: &Request) -> String {
    let mut command = format!("kubectl get {}", quoted(&request.resource));
    if let Some(name) = &request.name {
        command.push_str(&format!(" {}", quoted(name)));
    }
    if let Some(namespace) = &request.namespace {
        command.push_str(&format!(" -n {}", quoted(namespace)));
    }
    format!("check the result with `{command}` before retrying")
}

/// Returns the failure of a "not found" about something else than the requested object.
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
    .help("check the URL of the server with its path, and `kubectl api-resources`")
}

/// Returns a message with the name of the object, unless the server's message has it.
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
        .help("log in again if they have expired, or use others with --user or --token"),
        403 if message.contains("violates PodSecurity") => {
            Failure::new(Exit::Failure, format!("not allowed: {message}"))
                .help("use `create pod|job --profile restricted` to meet the strictest level")
        }
        403 if message.contains("exceeded quota") => {
            Failure::new(Exit::Failure, format!("not allowed: {message}"))
        }
        // Messages of admission about objects that the object refers to.
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
        .help(format!("check with `{}`", request.can_i_command())),
        404 if message.starts_with("namespaces \"") => {
            Failure::new(Exit::NotFound, message.to_owned())
                .help("create it with `kubectl create namespace NAME`, or use -n")
        }
        404 if message == NOT_SERVED => not_served(request, message),
        // A list or a part of every server cannot be missing.
        404 if request.name.is_none() && !is_change => Failure::new(
            Exit::Cluster,
            format!("the server refused to {request} ({code}): {message}"),
        ),
        404 => Failure::new(Exit::NotFound, named(request, message)),
        409 if message.contains("already exists") => {
            Failure::new(Exit::Failure, message.to_owned())
                .help("use `apply` to update it, or `kubectl delete` to remove it first")
        }
        500 if is_change && message.starts_with(NOT_MERGED) => {
            Failure::new(Exit::Failure, message.to_owned())
        }
        // The server is reachable and reports a failure.
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

/// Returns whether a change is refused for a missing right: a message of an authorizer
/// (k8s.io/apiserver/pkg/endpoints/handlers/responsewriters, `forbiddenMessage`).
fn is_unauthorized(message: &str) -> bool {
    let who = message.split_once("forbidden: User \"");
    who.is_some_and(|(_, rest)| rest.contains("\" cannot "))
}

/// Returns whether admission refuses the object: a webhook (k8s.io/apiserver/pkg/admission,
/// plugin/webhook/errors, `ToStatusErr`), or a plugin or policy of the server
/// (`NewForbidden`). A right that may not be granted (`ConfirmNoEscalation` in
/// pkg/registry/rbac/validation) is a missing right.
fn is_denied(message: &str) -> bool {
    let is_webhook =
        message.starts_with("admission webhook \"") && message.contains(" denied the request");
    let is_plugin = message.contains(" is forbidden: ")
        && !is_unauthorized(message)
        && !message.contains(" is attempting to grant RBAC permissions ");
    is_webhook || is_plugin
}
