//! Checks of the fields of a cluster and a user. All errors are reported at once, as in kubectl (k8s.io/client-go/tools/clientcmd, `validateClusterInfo` and
//! `validateAuthInfo`).

use std::path::Path;

use http::HeaderValue;
use secrecy::ExposeSecret;

use super::error::ConfigError;
use super::kubeconfig::{Chosen, Cluster, Exec, User};
use super::proxy;

/// Checks what kubectl checks before the server's address.
///
/// # Errors
/// All contradictions and missing files.
pub(super) fn validate(chosen: &Chosen) -> Result<(), ConfigError> {
    let mut problems = Vec::new();
    cluster(
        &chosen.cluster,
        &named("cluster", &chosen.cluster_name),
        &mut problems,
    );
    user(
        &chosen.user,
        &named("user", &chosen.user_name),
        &mut problems,
    );
    if problems.is_empty() {
        Ok(())
    } else {
        Err(ConfigError::Unusable(problems.join("; ")))
    }
}

/// Returns "the user `u`", or "the user" if only flags define it.
pub(super) fn named(kind: &str, name: &str) -> String {
    match name {
        "" => format!("the {kind}"),
        name => format!("the {kind} `{name}`"),
    }
}

fn cluster(cluster: &Cluster, who: &str, problems: &mut Vec<String>) {
    if !cluster.proxy_url.is_empty()
        && let Err(error) = proxy::check(&cluster.proxy_url)
    {
        problems.push(error.to_string());
    }
    let has_file = !cluster.certificate_authority.is_empty();
    if has_file && !cluster.certificate_authority_data.0.is_empty() {
        problems.push(format!(
            "{who} has both `certificate-authority` and `certificate-authority-data`"
        ));
    }
    exists(
        "certificate authority",
        &cluster.certificate_authority,
        problems,
    );
}

fn user(user: &User, who: &str, problems: &mut Vec<String>) {
    let has_login = !user.username.is_empty() || !user.password.expose_secret().is_empty();
    if !user.token.expose_secret().is_empty() && has_login {
        problems.push(format!("{who} has both a token and a username or password"));
    }
    certificate(user, who, problems);
    if let Some(plugin) = &user.exec {
        if user.auth_provider.is_some() {
            problems.push(format!("{who} has both `exec` and `auth-provider`"));
        }
        exec(plugin, who, problems);
    }
    let describes = !user.impersonate_uid.is_empty()
        || !user.impersonate_groups.is_empty()
        || !user.impersonate_extra.is_empty();
    if describes && user.impersonate.is_empty() {
        problems.push(
            "--as-group, --as-uid and --as-user-extra describe a user, and --as names none"
                .to_owned(),
        );
    }
    let values = [&user.impersonate, &user.impersonate_uid]
        .into_iter()
        .chain(&user.impersonate_groups)
        .chain(user.impersonate_extra.values().flatten());
    for value in values {
        if HeaderValue::from_str(value).is_err() {
            problems
                .push("the user to impersonate contains a character that is not allowed in an HTTP header".into());
        }
    }
}

fn certificate(user: &User, who: &str, problems: &mut Vec<String>) {
    let (file, data) = (&user.client_certificate, &user.client_certificate_data.0);
    let (key_file, key_data) = (&user.client_key, &user.client_key_data.0);
    // A key without a certificate is passed over.
    if file.is_empty() && data.is_empty() {
        return;
    }
    if !file.is_empty() && !data.is_empty() {
        problems.push(format!(
            "{who} has both `client-certificate` and `client-certificate-data`"
        ));
    }
    match (key_file.is_empty(), key_data.is_empty()) {
        (true, true) => problems.push(format!("{who} has a client certificate and no client key")),
        (false, false) => {
            problems.push(format!("{who} has both `client-key` and `client-key-data`"));
        }
        _ => {}
    }
    exists("client certificate", file, problems);
    exists("client key", key_file, problems);
}

fn exec(exec: &Exec, who: &str, problems: &mut Vec<String>) {
    if exec.command.is_empty() {
        problems.push(format!("`exec` of {who} has no `command`"));
    }
    if exec.api_version.is_empty() {
        problems.push(format!("`exec` of {who} has no `apiVersion`"));
    }
    if exec.env.iter().any(|variable| variable.name.is_empty()) {
        problems.push(format!("`exec` of {who} has a variable without a name"));
    }
    match exec.interactive_mode() {
        "" => problems.push(format!(
            "`exec` of {who} has no `interactiveMode`; expected Never, IfAvailable or Always"
        )),
        "Never" | "IfAvailable" | "Always" => {}
        other => problems.push(format!(
            "`exec` of {who} has the `interactiveMode` `{other}`; expected Never, IfAvailable or Always"
        )),
    }
}

impl Exec {
    /// Returns the mode, or the default of old versions (clientcmd/api/v1,
    /// `SetDefaults_ExecConfig`).
    pub(super) fn interactive_mode(&self) -> &str {
        match (self.interactive_mode.as_str(), self.api_version.as_str()) {
            (
                "",
                "client.authentication.k8s.io/v1beta1" | "client.authentication.k8s.io/v1alpha1",
            ) => "IfAvailable",
            (mode, _) => mode,
        }
    }
}

fn exists(what: &'static str, path: &str, problems: &mut Vec<String>) {
    if path.is_empty() {
        return;
    }
    if let Err(error) = Path::new(path).metadata() {
        let why = crate::error::system(&error);
        problems.push(format!("cannot read the {what} {path}: {why}"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::kubeconfig::Bytes;
    use super::*;

    /// Returns the errors of a user with these fields; `+` is an existing file.
    fn said(file: &str, data: &str, key_file: &str, key_data: &str) -> Vec<String> {
        let there = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let user = User {
            client_certificate: file.replace('+', there),
            client_certificate_data: Bytes(data.into()),
            client_key: key_file.replace('+', there),
            client_key_data: Bytes(key_data.into()),
            ..User::default()
        };
        let mut problems = Vec::new();
        certificate(&user, "it", &mut problems);
        problems
    }

    /// As `validateAuthInfo` of client-go.
    #[test]
    fn a_certificate_has_one_source_and_one_key() {
        let twice = "it has both `client-certificate` and `client-certificate-data`";
        let keys = "it has both `client-key` and `client-key-data`";
        let none = "it has a client certificate and no client key";
        let gone = |what: &str| format!("cannot read the {what} gone: no such file or directory");
        let (gone_certificate, gone_key) = (gone("client certificate"), gone("client key"));
        for (fields, problems) in [
            (["", "", "", ""], &[][..]),
            (["+", "", "+", ""], &[]),
            (["+", "", "", "k"], &[]),
            (["", "c", "+", ""], &[]),
            (["", "c", "", "k"], &[]),
            // A key without a certificate is passed over, whatever it is.
            (["", "", "+", ""], &[]),
            (["", "", "", "k"], &[]),
            (["", "", "gone", "k"], &[]),
            (["+", "", "", ""], &[none]),
            (["", "c", "", ""], &[none]),
            (["+", "", "+", "k"], &[keys]),
            (["", "c", "+", "k"], &[keys]),
            (["+", "c", "+", ""], &[twice]),
            (["+", "c", "", "k"], &[twice]),
            (["+", "c", "", ""], &[twice, none]),
            (["+", "c", "+", "k"], &[twice, keys]),
            (["gone", "", "+", ""], &[&*gone_certificate]),
            (["", "c", "gone", ""], &[&*gone_key]),
            (["gone", "", "gone", ""], &[&*gone_certificate, &*gone_key]),
        ] {
            let [file, data, key_file, key_data] = fields;
            assert_eq!(said(file, data, key_file, key_data), problems, "{fields:?}");
        }
    }
}
