//! Cases that stand for a rule each.

use super::Case;
use super::whole_files::FILES;

/// Flags and their values.
pub(crate) type Flags = &'static [(&'static str, &'static str)];

/// A kubeconfig with one cluster and one user.
fn one(cluster: &str, user: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: c\n\
         clusters:\n- {{name: k, cluster: {{{cluster}}}}}\n\
         users:\n- {{name: u, user: {{{user}}}}}\n\
         contexts:\n- {{name: c, context: {{cluster: k, user: u, namespace: team}}}}\n"
    )
}

const TLS: &str = "server: 'https://one:6443'";
const PLAIN: &str = "server: 'http://one:8080'";
const EXEC: &str = "exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin, interactiveMode: Never}";
const CERTIFICATE: &str = "client-certificate: client.crt, client-key: client.key";

/// Clusters, users and flags.
const CASES: &[(&str, &str, Flags)] = &[
    // Nothing secret goes over plain HTTP.
    (PLAIN, "token: t", &[]),
    (PLAIN, "tokenFile: gone", &[]),
    (PLAIN, "username: a, password: b", &[]),
    (PLAIN, CERTIFICATE, &[]),
    (PLAIN, EXEC, &[]),
    (PLAIN, "auth-provider: {name: gcp}", &[]),
    (PLAIN, "", &[("token", "t")]),
    (PLAIN, "token: t, as: jane", &[("as-group", "devs")]),
    (TLS, "token: t", &[("server", "http://one")]),
    (TLS, "token: t", &[("server", "one:8080")]),
    (
        TLS,
        "token: t",
        &[
            ("server", "one:8080"),
            ("certificate-authority", "DIR/ca.crt"),
        ],
    ),
    (
        "server: 'one:6443', certificate-authority: ca.crt",
        "token: t",
        &[],
    ),
    (
        "server: 'one:6443', insecure-skip-tls-verify: true",
        CERTIFICATE,
        &[],
    ),
    (PLAIN, "token: t", &[("server", "https://one")]),
    (
        PLAIN,
        "client-certificate: gone, client-key: client.key",
        &[],
    ),
    ("server: 'http://one', certificate-authority: gone", "", &[]),
    (
        "server: 'http://one', certificate-authority: ca.crt, insecure-skip-tls-verify: true",
        "",
        &[],
    ),
    // Servers.
    ("server: 'https://one'", "token: t", &[]),
    ("server: 'https://one/k8s/clusters/c'", "token: t", &[]),
    ("server: 'https://one:7443x'", "", &[]),
    ("server: 'https://one:99999'", "", &[]),
    ("server: 'https://one:'", "", &[]),
    ("server: 'https://[fd00::1]:6443'", "", &[]),
    ("server: 'https://[fd00::1'", "", &[]),
    ("server: 'https://fd00::1:6443'", "", &[]),
    ("server: 'https://[fe80::1%25eth0]:6443'", "", &[]),
    ("server: 'https://a:b@one'", "", &[]),
    ("server: 'https://a:b@one'", "token: t", &[]),
    ("server: 'https://a:b@one'", EXEC, &[]),
    ("server: 'ftp://one'", "", &[]),
    ("server: 'https://'", "", &[]),
    ("server: 'a b'", "", &[]),
    ("server: ''", "", &[]),
    ("", "token: t", &[]),
    // Trust.
    (
        "server: 'https://one', certificate-authority: ca.crt",
        "",
        &[],
    ),
    (
        "server: 'https://one', certificate-authority: gone",
        "",
        &[],
    ),
    (
        "server: 'https://one', certificate-authority: broken.crt",
        "",
        &[],
    ),
    (
        "server: 'https://one', certificate-authority: ca.crt, insecure-skip-tls-verify: true",
        "",
        &[],
    ),
    (
        "server: 'https://one', certificate-authority: ca.crt, certificate-authority-data: YQ==",
        "",
        &[],
    ),
    (
        "server: 'https://one', certificate-authority-data: '*'",
        "",
        &[],
    ),
    (
        "server: 'https://one', certificate-authority: ca.crt",
        "",
        &[("insecure-skip-tls-verify", "true")],
    ),
    (
        "server: 'https://one', insecure-skip-tls-verify: true",
        "",
        &[("certificate-authority", "DIR/ca.crt")],
    ),
    (
        TLS,
        "",
        &[
            ("certificate-authority", "DIR/ca.crt"),
            ("insecure-skip-tls-verify", "true"),
        ],
    ),
    ("server: 'https://one', tls-server-name: one.test", "", &[]),
    (
        "server: 'https://one', tls-server-name: one.test",
        "",
        &[("server", "https://two")],
    ),
    (
        "server: 'https://one', tls-server-name: one.test",
        "",
        &[("server", "https://two"), ("tls-server-name", "two.test")],
    ),
    (
        "server: 'https://one', tls-server-name: one.test",
        "",
        &[("tls-server-name", "two.test")],
    ),
    // Credentials that do not go together, or are not whole.
    (TLS, "token: t, username: a", &[]),
    (TLS, "token: t, password: b", &[]),
    (TLS, "token: t", &[("username", "a")]),
    (TLS, "username: a, password: b", &[("token", "t")]),
    (TLS, "tokenFile: token, username: a", &[]),
    (TLS, "tokenFile: token, password: b", &[]),
    (TLS, "tokenFile: token", &[]),
    (TLS, "tokenFile: gone", &[]),
    (TLS, "tokenFile: empty", &[]),
    (TLS, "tokenFile: blank", &[]),
    (TLS, "tokenFile: gone, token: t", &[]),
    (TLS, "tokenFile: token, token: t", &[]),
    (TLS, "username: a", &[]),
    (TLS, "password: b", &[]),
    (TLS, "username: a, password: b", &[("password", "c")]),
    (TLS, CERTIFICATE, &[]),
    (TLS, "client-certificate: client.crt", &[]),
    (TLS, "client-key: client.key", &[]),
    (
        TLS,
        "client-certificate: client.crt, client-key: server.key",
        &[],
    ),
    (
        TLS,
        "client-certificate: broken.crt, client-key: client.key",
        &[],
    ),
    (
        TLS,
        "client-certificate: client.crt, client-key: broken.crt",
        &[],
    ),
    (
        TLS,
        "client-certificate: client.crt, client-certificate-data: YQ==, client-key: client.key",
        &[],
    ),
    (
        TLS,
        "client-certificate: client.crt, client-key: client.key, client-key-data: YQ==",
        &[],
    ),
    (
        TLS,
        "client-certificate-data: YQ==, client-key-data: YQ==",
        &[
            ("client-certificate", "DIR/client.crt"),
            ("client-key", "DIR/client.key"),
        ],
    ),
    (
        TLS,
        "client-certificate: client.crt, client-key: client.key, token: t",
        &[],
    ),
    // Plugins.
    (TLS, EXEC, &[]),
    (TLS, EXEC, &[("token", "t")]),
    (TLS, EXEC, &[("username", "a")]),
    (TLS, EXEC, &[("password", "b")]),
    (
        TLS,
        EXEC,
        &[
            ("client-certificate", "DIR/client.crt"),
            ("client-key", "DIR/client.key"),
        ],
    ),
    (TLS, EXEC, &[("client-key", "DIR/client.key")]),
    (
        TLS,
        "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: no-such-plugin}",
        &[],
    ),
    (
        TLS,
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin}",
        &[],
    ),
    (
        TLS,
        "exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: no-such-plugin}",
        &[],
    ),
    (
        TLS,
        "exec: {apiVersion: v1, command: no-such-plugin, interactiveMode: Never}",
        &[],
    ),
    (
        TLS,
        "exec: {command: no-such-plugin, interactiveMode: Never}",
        &[],
    ),
    (
        TLS,
        "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}",
        &[],
    ),
    (
        TLS,
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin, interactiveMode: Now}",
        &[],
    ),
    (
        TLS,
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin, interactiveMode: Never, env: [{value: x}]}",
        &[],
    ),
    (
        TLS,
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin, interactiveMode: Never, env: [{name: A, value: x}], args: [a, b]}",
        &[],
    ),
    (
        "server: 'https://one', certificate-authority: ca.crt, tls-server-name: n, proxy-url: 'http://p'",
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin, interactiveMode: Never, provideClusterInfo: true}",
        &[],
    ),
    (
        TLS,
        "exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin, interactiveMode: Never}, auth-provider: {name: gcp}",
        &[],
    ),
    (TLS, "auth-provider: {name: gcp}", &[]),
    (TLS, "auth-provider: {name: azure}", &[("token", "t")]),
    (TLS, "auth-provider: {name: what}", &[]),
    // Impersonation.
    (
        TLS,
        "as: jane, as-uid: '1', as-groups: [a, b], as-user-extra: {k: [v, w]}",
        &[],
    ),
    (
        TLS,
        "as: jane, as-user-extra: {k: [v], l: [x]}",
        &[("as-user-extra", "k=n"), ("as-user-extra", "k=m")],
    ),
    (
        TLS,
        "as: jane, as-groups: [a]",
        &[("as-group", "b"), ("as", "joe")],
    ),
    (TLS, "as-uid: '1'", &[]),
    (TLS, "", &[("as-group", "a")]),
    (TLS, "", &[("as-user-extra", "a=b")]),
    (TLS, "as-groups: [a]", &[("as", "jane")]),
    // Proxies.
    ("server: 'https://one', proxy-url: 'http://p:3128'", "", &[]),
    (
        "server: 'https://one', proxy-url: 'socks5://p:1080'",
        "",
        &[],
    ),
    ("server: 'https://one', proxy-url: 'ftp://a:b@p'", "", &[]),
    ("server: 'https://one', proxy-url: 'p:3128'", "", &[]),
    ("server: 'https://one', proxy-url: 'http://p:port'", "", &[]),
    ("server: 'http://one', proxy-url: 'ftp://p'", "", &[]),
    // Names.
    (TLS, "token: t", &[("context", "x")]),
    (TLS, "token: t", &[("cluster", "x")]),
    (TLS, "token: t", &[("user", "x")]),
    (
        TLS,
        "token: t",
        &[
            ("context", ""),
            ("cluster", ""),
            ("user", ""),
            ("server", ""),
        ],
    ),
    (TLS, "token: t", &[("namespace", "n")]),
    (TLS, "token: t", &[("insecure-skip-tls-verify", "false")]),
    (
        "server: 'https://one', insecure-skip-tls-verify: true",
        "",
        &[("insecure-skip-tls-verify", "false")],
    ),
    ("server: 'https://one', disable-compression: true", "", &[]),
    (
        "server: null, certificate-authority: null",
        "token: null",
        &[("server", "https://two")],
    ),
];

pub(crate) fn cases() -> Vec<Case> {
    let flags = |flags: &[(&str, &str)]| -> Vec<(String, String)> {
        let flags = flags.iter();
        flags
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    };
    let small = CASES.iter().map(|(cluster, user, given)| Case {
        files: vec![one(cluster, user)],
        flags: flags(given),
    });
    let whole = FILES.iter().map(|(files, given)| Case {
        files: files.iter().map(ToString::to_string).collect(),
        flags: flags(given),
    });
    small.chain(whole).collect()
}
