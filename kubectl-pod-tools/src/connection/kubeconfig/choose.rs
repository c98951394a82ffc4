//! Chooses one cluster, user and namespace of the files
//! (k8s.io/client-go/tools/clientcmd, `DirectClientConfig`).

use super::model::{Cluster, Context, Kubeconfig, User};
use crate::connection::error::ConfigError;
use crate::connection::flags::ConnectionFlags;

/// A cluster and a user; flags override the files.
#[derive(Clone, Debug, Default)]
pub(in crate::connection) struct Chosen {
    pub context: String,
    pub cluster_name: String,
    pub cluster: Cluster,
    pub user_name: String,
    pub user: User,
    pub namespace: String,
}

/// Returns the choice of the flags and of the current context.
///
/// # Errors
/// An unknown name.
pub(in crate::connection) fn choose(
    merged: &Kubeconfig,
    flags: &ConnectionFlags,
) -> Result<Chosen, ConfigError> {
    let given = |flag: &Option<String>| flag.clone().filter(|name| !name.is_empty());
    let context_name = given(&flags.context).unwrap_or_else(|| merged.current_context.clone());
    let context = merged.contexts.iter().find(|c| c.name == context_name);
    let context = match context {
        Some(named) => named.context.clone(),
        None if context_name.is_empty() => Context::default(),
        None => {
            let known = merged.contexts.iter().map(|c| &c.name);
            return Err(unknown("context", &context_name, known));
        }
    };
    let cluster_flag = given(&flags.cluster);
    let cluster_name = cluster_flag.clone().unwrap_or(context.cluster);
    let cluster = merged.clusters.iter().find(|c| c.name == cluster_name);
    let cluster = match cluster {
        Some(named) => named.cluster.clone(),
        // --server makes a cluster of its own of what a context has no cluster for.
        None if cluster_flag.is_none()
            && (cluster_name.is_empty() || given(&flags.server).is_some()) =>
        {
            Cluster::default()
        }
        None => {
            let known = merged.clusters.iter().map(|c| &c.name);
            return Err(unknown("cluster", &cluster_name, known));
        }
    };
    let user_flag = given(&flags.user);
    let user_name = user_flag.clone().unwrap_or(context.user);
    let user = merged.users.iter().find(|u| u.name == user_name);
    let user = match user {
        Some(named) => named.user.clone(),
        None if user_flag.is_none() => User::default(),
        None => {
            let known = merged.users.iter().map(|u| &u.name);
            return Err(unknown("user", &user_name, known));
        }
    };
    let mut chosen = Chosen {
        context: context_name,
        cluster_name,
        cluster,
        user_name,
        user,
        namespace: context.namespace,
    };
    flags.apply(&mut chosen);
    Ok(chosen)
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
    use secrecy::ExposeSecret;

    use super::*;

    fn config(text: &str) -> Kubeconfig {
        let manifest = pod_model::manifest::read("config", text.as_bytes().to_vec());
        manifest.documents[0].decode().unwrap()
    }

    const TWO: &str = "
current-context: a
clusters:
- {name: c1, cluster: {server: 'https://one', certificate-authority: ca.crt, tls-server-name: one.test}}
- {name: c2, cluster: {server: 'https://two', insecure-skip-tls-verify: true}}
users:
- {name: u1, user: {token: t1}}
- {name: u2, user: {client-certificate: u.crt, client-key: /abs/u.key, as-user-extra: {a: [1, 2], b: [3]}}}
contexts:
- {name: a, context: {cluster: c1, user: u1, namespace: n1}}
- {name: b, context: {cluster: c2, user: u2}}
";

    fn chosen(flags: &ConnectionFlags) -> Chosen {
        choose(
            &config(&TWO.replace("[1, 2]", "['1', '2']").replace("[3]", "['3']")),
            flags,
        )
        .unwrap()
    }

    fn of(context: &str) -> ConnectionFlags {
        ConnectionFlags {
            context: Some(context.into()),
            ..ConnectionFlags::default()
        }
    }

    #[test]
    fn flags_choose_context_cluster_and_user() {
        let none = ConnectionFlags::default();
        assert_eq!(chosen(&none).cluster.server, "https://one");
        assert_eq!(chosen(&of("b")).cluster.server, "https://two");
        assert_eq!(chosen(&of("")).cluster.server, "https://one");
        let c2 = ConnectionFlags {
            cluster: Some("c2".into()),
            ..none.clone()
        };
        assert_eq!(chosen(&c2).cluster.server, "https://two");
        assert_eq!(chosen(&c2).user.token.expose_secret(), "t1");
        let error = choose(&config("{}"), &of("z")).unwrap_err();
        assert_eq!(error.to_string(), "the kubeconfig has no context named `z`");
    }

    #[test]
    fn a_tls_server_name_belongs_to_its_server() {
        let mut flags = ConnectionFlags::default();
        assert_eq!(chosen(&flags).cluster.tls_server_name, "one.test");
        flags.server = Some("https://three".into());
        assert_eq!(chosen(&flags).cluster.tls_server_name, "");
        flags.tls_server_name = Some("three.test".into());
        assert_eq!(chosen(&flags).cluster.tls_server_name, "three.test");
        flags.server = None;
        assert_eq!(chosen(&flags).cluster.tls_server_name, "three.test");
    }

    #[test]
    fn an_authority_by_flag_ends_the_trust_in_everybody() {
        let mut flags = of("b");
        flags.certificate_authority = Some("mine.crt".into());
        let cluster = chosen(&flags).cluster;
        assert_eq!(cluster.certificate_authority, "mine.crt");
        assert!(!cluster.insecure_skip_tls_verify);
        let mut flags = of("a");
        flags.insecure_skip_tls_verify = Some(true);
        let cluster = chosen(&flags).cluster;
        assert_eq!(cluster.certificate_authority, "");
        assert!(cluster.insecure_skip_tls_verify);
    }

    #[test]
    fn extra_values_of_flags_replace_those_of_the_same_key() {
        let mut flags = of("b");
        flags.impersonate_extra = vec![("a".into(), "x".into()), ("c".into(), "y".into())];
        let extra = chosen(&flags).user.impersonate_extra;
        assert_eq!(extra["a"], ["x"]);
        assert_eq!(extra["b"], ["3"]);
        assert_eq!(extra["c"], ["y"]);
    }
}
