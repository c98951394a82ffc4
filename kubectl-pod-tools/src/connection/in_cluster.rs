//! Configuration inside a Pod: its service account
//! (k8s.io/client-go/rest, `InClusterConfig`).

use std::env;
use std::path::Path;

use super::kubeconfig::{Chosen, Cluster, User, read_named};

/// Directory of the mounted service account.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
/// Maximum size of the file with the namespace, in bytes; a name has 63.
const MAX_NAMESPACE: usize = 4 << 10;

/// Returns the cluster of the Pod that the program runs in, or `None` outside of a Pod.
pub(super) fn service_account() -> Option<Chosen> {
    let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let host = variable("KUBERNETES_SERVICE_HOST")?;
    let port = variable("KUBERNETES_SERVICE_PORT")?;
    mounted(Path::new(SERVICE_ACCOUNT), &host, &port)
}

fn mounted(account: &Path, host: &str, port: &str) -> Option<Chosen> {
    let file = |name| {
        let path = account.join(name);
        path.exists().then(|| path.display().to_string())
    };
    let token_file = file("token")?;
    let namespace = file("namespace")
        .and_then(|path| read_named("namespace", &path, MAX_NAMESPACE).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    Some(Chosen {
        cluster: Cluster {
            server: url(host, port),
            certificate_authority: file("ca.crt").unwrap_or_default(),
            ..Cluster::default()
        },
        user: User {
            token_file,
            ..User::default()
        },
        namespace: namespace.unwrap_or_default().trim().to_owned(),
        ..Chosen::default()
    })
}

/// Joins host and port, as Go's `net.JoinHostPort`.
fn url(host: &str, port: &str) -> String {
    if host.contains(':') {
        format!("https://[{host}]:{port}")
    } else {
        format!("https://{host}:{port}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::server::Server;

    #[test]
    fn the_environments_port_is_a_port_or_an_error() {
        for (host, port, uri) in [
            ("10.0.0.1", "443", Some("https://10.0.0.1:443/")),
            ("fd00::1", "6443", Some("https://[fd00::1]:6443/")),
            ("10.0.0.1", "7443x", None),
            ("10.0.0.1", "99999", None),
            ("10.0.0.1", "tcp://10.0.0.1:443", None),
            ("fe80::1%eth0", "443", None),
        ] {
            let server = Server::parse(&url(host, port)).ok();
            let parsed = server.map(|server| server.uri.to_string());
            assert_eq!(parsed.as_deref(), uri, "{host} {port}");
        }
    }

    #[test]
    fn a_service_account_is_its_token_and_what_is_beside_it() {
        let account = tempfile::tempdir().unwrap();
        let path = |name: &str| account.path().join(name).display().to_string();
        let mounted = || mounted(account.path(), "10.0.0.1", "443");
        std::fs::write(path("namespace"), "mine\n").unwrap();
        std::fs::write(path("ca.crt"), "x").unwrap();
        assert!(mounted().is_none(), "without a token there is none");
        std::fs::write(path("token"), "secret").unwrap();
        let found = mounted().unwrap();
        assert_eq!(found.cluster.server, "https://10.0.0.1:443");
        assert_eq!(found.cluster.certificate_authority, path("ca.crt"));
        // The kubelet writes it anew: it is read when it is needed.
        assert_eq!(found.user.token_file, path("token"));
        assert_eq!(found.namespace, "mine");
        std::fs::remove_file(path("ca.crt")).unwrap();
        std::fs::write(path("namespace"), " ").unwrap();
        let found = mounted().unwrap();
        assert_eq!(found.cluster.certificate_authority, "");
        assert_eq!(found.namespace, "");
        std::fs::remove_file(path("namespace")).unwrap();
        assert_eq!(mounted().unwrap().namespace, "");
    }
}
