//! One cluster, user and namespace out of all that the files define
//! (k8s.io/client-go/tools/clientcmd, `DirectClientConfig`).

use kube::config::{
    AuthInfo, Cluster, Context, Kubeconfig, NamedAuthInfo, NamedCluster, NamedContext,
};

use crate::connection::error::ConfigError;
use crate::connection::flags::ConnectionFlags;
use crate::url::without_user;

pub(super) fn choose(
    merged: &Kubeconfig,
    flags: &ConnectionFlags,
) -> Result<Kubeconfig, ConfigError> {
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
            "the server `{}` is not a URL such as https://HOST:PORT",
            without_user(server)
        )))
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

/// A kubeconfig with nothing but these.
pub(super) fn single(cluster: Cluster, user: AuthInfo, context: Context) -> Kubeconfig {
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
}
