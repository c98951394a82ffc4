//! The way to the cluster from inside a Pod: its service account
//! (k8s.io/client-go/rest, `InClusterConfig`).

use std::env;
use std::fs;
use std::path::Path;

use kube::config::{AuthInfo, Cluster, Context};

/// Where the kubelet mounts the service account.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// What the Pod that we run in says of its cluster; none outside of one.
pub(super) fn service_account() -> Option<(Cluster, AuthInfo, Context)> {
    let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let host = variable("KUBERNETES_SERVICE_HOST")?;
    let port = variable("KUBERNETES_SERVICE_PORT")?;
    let file = |name| {
        let path = Path::new(SERVICE_ACCOUNT).join(name);
        path.exists().then(|| path.display().to_string())
    };
    let token = file("token")?;
    let host = if host.contains(':') {
        format!("[{host}]")
    } else {
        host
    };
    let cluster = Cluster {
        server: Some(format!("https://{host}:{port}")),
        certificate_authority: file("ca.crt"),
        ..Cluster::default()
    };
    let user = AuthInfo {
        token_file: Some(token),
        ..AuthInfo::default()
    };
    let namespace = file("namespace").and_then(|path| fs::read_to_string(path).ok());
    let context = Context {
        namespace: namespace.map(|text| text.trim().to_owned()),
        ..Context::default()
    };
    Some((cluster, user, context))
}
