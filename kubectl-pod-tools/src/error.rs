//! Failures in words for people: what happened, the way out, and the exit
//! code, chosen here and nowhere else.

use std::io;

use crate::cluster::{ClusterError, Request, innermost};
use crate::connection::ConfigError;
use crate::exit::Exit;
use crate::input::InputError;

/// Why a command ended before its answer.
#[derive(Debug)]
pub(crate) enum CommandError {
    /// Something to tell.
    Failed(Failure),
    /// Already told in full.
    Told(Exit),
}

/// One failure as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// How the command ends.
    pub exit: Exit,
    /// A lower-case phrase that names the thing.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Failure {
    /// A failure without a way out.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            help: None,
        }
    }

    /// Wrong usage.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Says what to do.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<Failure> for CommandError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<io::Error> for CommandError {
    /// Of a report that is laid out. Where it goes keeps its failures to itself
    /// ([`crate::ui::Ui::finish`]).
    fn from(error: io::Error) -> Self {
        Failure::new(
            Exit::No,
            format!("the report cannot be written: {}", system(&error)),
        )
        .into()
    }
}

impl From<serde_json::Error> for CommandError {
    /// Of writing a report.
    fn from(error: serde_json::Error) -> Self {
        Failure::new(Exit::No, format!("the report cannot be written: {error}")).into()
    }
}

/// The system's words without its number.
pub(crate) fn system(error: &dyn std::error::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_lowercase(),
        None => text,
    }
}

macro_rules! told_as_failure {
    ($($error:ty),*) => {
        $(impl From<$error> for CommandError {
            fn from(error: $error) -> Self {
                Self::Failed(error.into())
            }
        })*
    };
}
told_as_failure!(ClusterError, ConfigError, InputError);

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        let failure = Self::new(Exit::No, error.to_string());
        match error {
            InputError::Url(url) => {
                failure.help(format!("fetch it and pipe it in: curl -fsS {url} | … -f -"))
            }
            InputError::EmptyDirectory(_) | InputError::TooLarge(_) => {
                failure.help("name the manifest's own file")
            }
            InputError::NotRecursive(_) => failure.help("add -R to go into them"),
            InputError::Silent { .. } => failure.help("start its writer, or name a file"),
            InputError::Io { .. } => failure,
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let mut message = error.to_string();
        if let ConfigError::Read { source, .. } | ConfigError::CredentialFile { source, .. } =
            &error
        {
            message = format!("{message}: {}", system(source));
        }
        let failure = Self::new(Exit::Cluster, message);
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
            ConfigError::Client(error) => Self {
                message: format!(
                    "the connection cannot be prepared: {}",
                    innermost(error.as_ref())
                ),
                ..failure
            },
            ConfigError::Credentials(_) => {
                failure.help("log in again, or name other credentials with --user or --token")
            }
            ConfigError::Unusable(_)
            | ConfigError::Read { .. }
            | ConfigError::Parse { .. }
            | ConfigError::CredentialFile { .. } => failure,
        }
    }
}

impl From<ClusterError> for Failure {
    fn from(error: ClusterError) -> Self {
        let message = error.to_string();
        let cluster = |message: String| Self::new(Exit::Cluster, message);
        match &error {
            ClusterError::Unreachable { .. } => cluster(message)
                .help("is the server up, and is this the right --context? `kubectl cluster-info` asks the same server"),
            ClusterError::Tls { cause, .. } => {
                let failure = cluster(message);
                if cause.contains("CaUsedAsEndEntity") || cause.contains("UnknownIssuer") {
                    failure.help("give the authority that signed it with --certificate-authority (a server's own certificate is not taken as one)")
                } else {
                    failure.help("give the name that it was made for with --tls-server-name, or a fitting --certificate-authority")
                }
            }
            ClusterError::Credentials { .. } => {
                cluster(message).help("log in again, or name other credentials with --user or --token")
            }
            ClusterError::TimedOut { .. } => cluster(message).help("raise --request-timeout"),
            ClusterError::NotAnApi { .. } => cluster(message).help("is this the address of an API server?"),
            ClusterError::UnknownKind { .. } => Self::new(Exit::No, message)
                .help("`kubectl api-resources` lists what it has; a CustomResourceDefinition comes before its objects"),
            ClusterError::UnknownType { .. } => Self::usage(message)
                .help("`kubectl api-resources` lists the types that it has"),
            ClusterError::Refused { request, status } => refused(request, status.code, &message),
        }
    }
}

fn refused(request: &Request, code: u16, message: &str) -> Failure {
    match code {
        401 => Failure::new(
            Exit::Cluster,
            "the server does not accept the credentials (401 Unauthorized)",
        )
        .help("they may have expired: log in again, or name others with --user or --token"),
        403 if message.contains("violates PodSecurity") => {
            Failure::new(Exit::No, format!("not allowed: {message}")).help(
                "`create pod|job --profile restricted` writes what the strictest level asks for",
            )
        }
        403 if message.contains("exceeded quota") => {
            Failure::new(Exit::No, format!("not allowed: {message}"))
        }
        // Admission says so of what the object refers to.
        403 if message.contains("error looking up service account")
            || message.contains("no PriorityClass with name") =>
        {
            Failure::new(Exit::No, message.to_owned())
        }
        403 => Failure::new(
            Exit::Cluster,
            format!("not allowed to {request}: {message}"),
        )
        .help(format!(
            "ask for the right to {} {}; `kubectl auth can-i {} {}` says whether it is there",
            request.verb, request.resource, request.verb, request.resource
        )),
        404 if message.starts_with("namespaces \"") => Failure::new(Exit::Gone, message.to_owned())
            .help("`kubectl create namespace NAME` creates it; -n chooses another"),
        404 => Failure::new(Exit::Gone, message.to_owned()),
        409 if message.contains("already exists") => Failure::new(Exit::No, message.to_owned())
            .help("`apply` changes what exists; `kubectl delete` removes it first"),
        // The server is there and says that it is unwell.
        429 | 500.. => Failure::new(
            Exit::Cluster,
            format!("the server failed to {request} ({code}): {message}"),
        ),
        _ => Failure::new(Exit::No, message.to_owned()),
    }
}
