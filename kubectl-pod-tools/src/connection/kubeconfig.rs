//! kubeconfig files, found and merged as kubectl does
//! (k8s.io/client-go/tools/clientcmd, `ClientConfigLoadingRules`).

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kube::config::{
    AuthInfo, Cluster, Context, Kubeconfig, KubeconfigError, NamedAuthInfo, NamedCluster,
    NamedContext,
};

use super::flags::ConnectionFlags;
use super::in_cluster;

/// Why there is no way to a cluster.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// Neither a kubeconfig nor a Pod's service account nor `--server`.
    #[error("no cluster is configured")]
    NoCluster,
    /// A file that was named, or exists and cannot be read.
    #[error("cannot read the kubeconfig {path}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A file that is no kubeconfig.
    #[error("{place} is not a kubeconfig: {message}")]
    Parse {
        /// The file, with line and column where they are known.
        place: String,
        /// What is wrong with it.
        message: String,
    },
    /// A file with the user's credentials.
    #[error("cannot read the {what} {path}")]
    CredentialFile {
        /// `token file`, `client certificate` or `client key`.
        what: &'static str,
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The user's credentials cannot be made.
    #[error("no credentials: {0}")]
    Credentials(String),
    /// A context, cluster or user that no file defines.
    #[error("the kubeconfig has no {kind} named `{name}`")]
    Unknown {
        /// `context`, `cluster` or `user`.
        kind: &'static str,
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// No context is chosen, or one without a server.
    #[error("{0}")]
    NoServer(String),
    /// What the files or flags hold cannot be used.
    #[error("{0}")]
    Unusable(String),
    /// The client refuses the configuration.
    #[error("the connection cannot be prepared")]
    Client(#[source] Arc<kube::Error>),
}

impl ConfigError {
    pub(super) fn kube(error: &KubeconfigError) -> Self {
        // The library nests "failed to …: …" around each cause; the innermost
        // one says what is wrong.
        let mut message = error.to_string();
        let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
        while let Some(inner) = cause {
            let text = inner.to_string();
            if !message.contains(&text) {
                message = format!("{message}: {text}");
            }
            cause = inner.source();
        }
        Self::Unusable(message)
    }
}

/// The one cluster, user and namespace that the flags choose from the files;
/// when no file says anything and no server is named, those of the Pod that we
/// run in.
pub(super) fn effective(flags: &ConnectionFlags) -> Result<Kubeconfig, ConfigError> {
    let merged = read(flags.kubeconfig.as_deref())?;
    // Who names something of a kubeconfig does not mean the cluster that this
    // Pod runs in.
    let is_named = flags.server.is_some()
        || flags.context.is_some()
        || flags.cluster.is_some()
        || flags.user.is_some();
    if let Some(merged) = merged.or_else(|| is_named.then(Kubeconfig::default)) {
        return choose(&merged, flags);
    }
    let (mut cluster, mut user, context) =
        in_cluster::service_account().ok_or(ConfigError::NoCluster)?;
    flags.apply_to_cluster(&mut cluster);
    flags.apply_to_user(&mut user);
    Ok(single(cluster, user, context))
}

fn read(explicit: Option<&Path>) -> Result<Option<Kubeconfig>, ConfigError> {
    let paths: Vec<PathBuf> = match explicit {
        Some(path) => return read_file(path).map(Some),
        None => match env::var_os("KUBECONFIG").filter(|list| !list.is_empty()) {
            Some(list) => env::split_paths(&list)
                .filter(|path| !path.as_os_str().is_empty())
                .collect(),
            None => env::home_dir()
                .map(|home| home.join(".kube").join("config"))
                .into_iter()
                .collect(),
        },
    };
    let mut merged: Option<Kubeconfig> = None;
    for path in paths {
        // As kubectl: a file of the list that is not there is passed over.
        if !path.exists() {
            continue;
        }
        let next = read_file(&path)?;
        merged = Some(match merged {
            Some(before) => before.merge(next).map_err(|e| ConfigError::kube(&e))?,
            None => next,
        });
    }
    // An empty file is as good as none: in a Pod, its service account serves.
    Ok(merged.filter(|config| !config.clusters.is_empty() || !config.contexts.is_empty()))
}

fn read_file(path: &Path) -> Result<Kubeconfig, ConfigError> {
    let shown = path.display().to_string();
    let bytes = fs::read(path).map_err(|source| ConfigError::Read {
        path: shown.clone(),
        source,
    })?;
    let manifest = pod_model::manifest::read(&shown, bytes);
    if let Some(error) = manifest.errors.first() {
        return Err(ConfigError::Parse {
            place: error.location.as_ref().map_or(shown, ToString::to_string),
            message: error.message.clone(),
        });
    }
    let mut merged = Kubeconfig::default();
    for document in &manifest.documents {
        let mut config: Kubeconfig = document.decode().map_err(|error| ConfigError::Parse {
            place: document.location(error.span).to_string(),
            message: format!("{}: {}", error.path, without_value(&error.message)),
        })?;
        if let Some(dir) = path.parent() {
            make_absolute(&mut config, dir);
        }
        merged = merged.merge(config).map_err(|e| ConfigError::kube(&e))?;
    }
    Ok(merged)
}

/// `invalid type: string "…", expected a map` without what is there: it may be
/// a token.
fn without_value(message: &str) -> String {
    match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => "not what is expected there".to_owned(),
    }
}

/// Files are named relative to the kubeconfig that names them. A plugin's
/// command is, too, when it holds a path separator; otherwise it is searched
/// for in PATH.
fn make_absolute(config: &mut Kubeconfig, dir: &Path) {
    let resolve = |file: &mut Option<String>| {
        if let Some(name) = file
            && !name.is_empty()
            && Path::new(name).is_relative()
        {
            *name = dir.join(&*name).display().to_string();
        }
    };
    for cluster in config
        .clusters
        .iter_mut()
        .filter_map(|c| c.cluster.as_mut())
    {
        resolve(&mut cluster.certificate_authority);
    }
    for user in config
        .auth_infos
        .iter_mut()
        .filter_map(|u| u.auth_info.as_mut())
    {
        resolve(&mut user.client_certificate);
        resolve(&mut user.client_key);
        resolve(&mut user.token_file);
        if let Some(exec) = &mut user.exec
            && exec
                .command
                .as_ref()
                .is_some_and(|c| c.contains(std::path::MAIN_SEPARATOR))
        {
            resolve(&mut exec.command);
        }
    }
}

fn choose(merged: &Kubeconfig, flags: &ConnectionFlags) -> Result<Kubeconfig, ConfigError> {
    let current = merged
        .current_context
        .clone()
        .filter(|name| !name.is_empty());
    let context_name = flags.context.clone().or(current);
    let context = match &context_name {
        Some(name) => match merged.contexts.iter().find(|c| c.name == *name) {
            Some(named) => named.context.clone().unwrap_or_default(),
            // kubectl forgives a current context that does not exist, as long
            // as the flags name a server.
            None if flags.context.is_none() && flags.server.is_some() => Context::default(),
            None => {
                return Err(unknown(
                    "context",
                    name,
                    merged.contexts.iter().map(|c| &c.name),
                ));
            }
        },
        None => Context::default(),
    };
    let cluster_name = flags
        .cluster
        .clone()
        .unwrap_or_else(|| context.cluster.clone());
    let mut cluster = match merged.clusters.iter().find(|c| c.name == cluster_name) {
        Some(named) => named.cluster.clone().unwrap_or_default(),
        None if flags.cluster.is_none() && (cluster_name.is_empty() || flags.server.is_some()) => {
            Cluster::default()
        }
        None => {
            return Err(unknown(
                "cluster",
                &cluster_name,
                merged.clusters.iter().map(|c| &c.name),
            ));
        }
    };
    let user_name = flags
        .user
        .clone()
        .or_else(|| context.user.clone())
        .unwrap_or_default();
    let mut user = match merged.auth_infos.iter().find(|u| u.name == user_name) {
        Some(named) => named.auth_info.clone().unwrap_or_default(),
        None if flags.user.is_none() => AuthInfo::default(),
        None => {
            return Err(unknown(
                "user",
                &user_name,
                merged.auth_infos.iter().map(|u| &u.name),
            ));
        }
    };
    flags.apply_to_cluster(&mut cluster);
    flags.apply_to_user(&mut user);
    if cluster.server.as_deref().is_none_or(str::is_empty) {
        return Err(match context_name {
            Some(name) => ConfigError::NoServer(format!(
                "the context `{name}` of the kubeconfig names no server"
            )),
            None => ConfigError::NoServer("the kubeconfig has no current context".to_owned()),
        });
    }
    cluster.server = Some(server_url(&cluster, &user)?);
    Ok(single(cluster, user, context))
}

/// A server without a scheme is reached by TLS when something about TLS is
/// configured (client-go/rest/url_utils.go, `DefaultServerURL`).
fn server_url(cluster: &Cluster, user: &AuthInfo) -> Result<String, ConfigError> {
    let server = cluster.server.as_deref().unwrap_or_default();
    let url = match server.split_once("://") {
        Some(_) => server.to_owned(),
        None => {
            let tls = cluster.certificate_authority.is_some()
                || cluster.certificate_authority_data.is_some()
                || cluster.insecure_skip_tls_verify == Some(true)
                || user.client_certificate.is_some()
                || user.client_certificate_data.is_some();
            format!("{}://{server}", if tls { "https" } else { "http" })
        }
    };
    let fits = url.parse::<http::Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some()
    });
    if fits {
        Ok(url)
    } else {
        Err(ConfigError::Unusable(format!(
            "the server `{server}` is not a URL such as https://HOST:PORT"
        )))
    }
}

fn single(cluster: Cluster, user: AuthInfo, context: Context) -> Kubeconfig {
    let name = || "effective".to_owned();
    Kubeconfig {
        clusters: vec![NamedCluster {
            name: name(),
            cluster: Some(cluster),
            ..Default::default()
        }],
        auth_infos: vec![NamedAuthInfo {
            name: name(),
            auth_info: Some(user),
            ..Default::default()
        }],
        contexts: vec![NamedContext {
            name: name(),
            context: Some(Context {
                cluster: name(),
                user: Some(name()),
                ..context
            }),
            ..Default::default()
        }],
        current_context: Some(name()),
        ..Default::default()
    }
}

fn unknown<'a>(
    kind: &'static str,
    name: &str,
    known: impl Iterator<Item = &'a String>,
) -> ConfigError {
    ConfigError::Unknown {
        kind,
        name: name.to_owned(),
        known: known.cloned().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Kubeconfig {
        let manifest = pod_model::manifest::read("config", text.as_bytes().to_vec());
        manifest.documents[0].decode().unwrap()
    }

    const TWO: &str = "
current-context: a
clusters:
- {name: c1, cluster: {server: 'https://one', certificate-authority: ca.crt}}
- {name: c2, cluster: {server: 'https://two'}}
users:
- {name: u1, user: {token: t1}}
- {name: u2, user: {client-certificate: u.crt, client-key: /abs/u.key}}
contexts:
- {name: a, context: {cluster: c1, user: u1, namespace: n1}}
- {name: b, context: {cluster: c2, user: u2}}
";

    fn server(flags: &ConnectionFlags) -> Result<String, String> {
        let chosen = choose(&config(TWO), flags).map_err(|e| e.to_string())?;
        Ok(chosen.clusters[0]
            .cluster
            .as_ref()
            .unwrap()
            .server
            .clone()
            .unwrap())
    }

    #[test]
    fn flags_choose_context_cluster_and_user() {
        let flags = ConnectionFlags::default();
        assert_eq!(server(&flags), Ok("https://one".into()));
        let b = ConnectionFlags {
            context: Some("b".into()),
            ..flags.clone()
        };
        assert_eq!(server(&b), Ok("https://two".into()));
        let c2 = ConnectionFlags {
            cluster: Some("c2".into()),
            ..flags.clone()
        };
        assert_eq!(server(&c2), Ok("https://two".into()));
        let s = ConnectionFlags {
            server: Some("https://three".into()),
            ..flags.clone()
        };
        assert_eq!(server(&s), Ok("https://three".into()));
        let no = ConnectionFlags {
            context: Some("z".into()),
            ..flags
        };
        assert_eq!(
            server(&no),
            Err("the kubeconfig has no context named `z`".into())
        );
    }

    #[test]
    fn a_token_flag_wins_over_what_the_file_says() {
        let flags = ConnectionFlags {
            context: Some("b".into()),
            token: Some("given".into()),
            ..ConnectionFlags::default()
        };
        let chosen = choose(&config(TWO), &flags).unwrap();
        let user = chosen.auth_infos[0].auth_info.as_ref().unwrap();
        assert!(user.token.is_some() && user.exec.is_none());
    }

    #[test]
    fn files_are_named_relative_to_their_kubeconfig() {
        let mut loaded = config(TWO);
        make_absolute(&mut loaded, Path::new("/etc/k"));
        let ca = &loaded.clusters[0]
            .cluster
            .as_ref()
            .unwrap()
            .certificate_authority;
        assert_eq!(ca.as_deref(), Some("/etc/k/ca.crt"));
        let user = loaded.auth_infos[1].auth_info.as_ref().unwrap();
        assert_eq!(user.client_certificate.as_deref(), Some("/etc/k/u.crt"));
        assert_eq!(user.client_key.as_deref(), Some("/abs/u.key"));
    }
}
