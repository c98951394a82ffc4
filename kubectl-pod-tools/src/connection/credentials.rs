//! Whose credentials, made ready for the client library, and what is said when
//! they cannot be: never a token, and never what a plugin printed for us alone.

use std::fs;

use http::HeaderValue;
use kube::client::AuthError;
use kube::config::AuthInfo;
use secrecy::ExposeSecret;

use super::error::ConfigError;

/// What the library leaves to its callers.
///
/// # Errors
/// A file that cannot be read, groups to impersonate without a user.
pub(super) fn prepare(user: &mut AuthInfo) -> Result<(), ConfigError> {
    let of_a_user = user
        .impersonate_groups
        .as_ref()
        .is_some_and(|g| !g.is_empty())
        || user
            .impersonate_uid
            .as_ref()
            .is_some_and(|uid| !uid.is_empty())
        || user
            .impersonate_user_extra
            .as_ref()
            .is_some_and(|e| !e.is_empty());
    if of_a_user && user.impersonate.as_deref().is_none_or(str::is_empty) {
        // client-go refuses it, too (transport/round_trippers.go).
        return Err(ConfigError::Unusable(
            "--as-group, --as-uid and --as-user-extra describe a user, and --as names none"
                .to_owned(),
        ));
    }
    // The library does not say which of the files it could not read.
    if let Some(path) = user.client_certificate.as_deref().filter(|p| !p.is_empty()) {
        read("client certificate", path)?;
    }
    if let Some(path) = user.client_key.as_deref().filter(|p| !p.is_empty()) {
        read("client key", path)?;
    }
    take_token_file(user)?;
    let sendable = |token: &str| HeaderValue::from_str(token).is_ok();
    if user
        .token
        .as_ref()
        .is_some_and(|token| !sendable(token.expose_secret()))
    {
        return Err(ConfigError::Credentials(
            "the token holds a character that no HTTP header can".to_owned(),
        ));
    }
    Ok(())
}

fn take_token_file(user: &mut AuthInfo) -> Result<(), ConfigError> {
    let Some(path) = user.token_file.clone().filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    let text = read("token file", &path)?;
    // As client-go: what the file says wins over a token beside it.
    let token = text.trim();
    if token.len() == text.len() {
        // The library reads it again every minute, as it is.
        user.token = None;
    } else {
        user.token = Some(token.to_owned().into());
        user.token_file = None;
    }
    Ok(())
}

fn read(what: &'static str, path: &str) -> Result<String, ConfigError> {
    fs::read_to_string(path).map_err(|source| ConfigError::CredentialFile {
        what,
        path: path.to_owned(),
        source,
    })
}

/// Why there are no credentials, in one sentence. The library's own text
/// quotes the plugin's environment and output.
pub(crate) fn describe(error: &AuthError, plugin: Option<&str>) -> String {
    let plugin = plugin.map_or("the credential plugin".to_owned(), |command| {
        format!("the credential plugin `{command}`")
    });
    match error {
        AuthError::AuthExecStart(cause) => {
            format!(
                "{plugin} cannot be started: {}",
                crate::error::system(cause)
            )
        }
        AuthError::AuthExecRun { out, .. } => {
            let how = match out.status.code() {
                Some(code) => format!("exit code {code}"),
                None => out.status.to_string(),
            };
            let said = String::from_utf8_lossy(&out.stderr);
            match said.trim() {
                "" => format!("{plugin} failed ({how})"),
                said => format!("{plugin} failed ({how}): {said}"),
            }
        }
        AuthError::AuthExecParse(_) => format!("the output of {plugin} is no ExecCredential"),
        AuthError::ExecPluginFailed => format!("the output of {plugin} has no status"),
        AuthError::UnrefreshableTokenResponse => {
            format!("{plugin} gave a token once, and none when it had expired")
        }
        AuthError::InvalidBasicAuth(_) | AuthError::InvalidBearerToken(_) => {
            "the token or password holds a character that no HTTP header can".to_owned()
        }
        AuthError::MissingCommand => "the kubeconfig's `exec` names no command".to_owned(),
        AuthError::ReadTokenFile(cause, path) => format!(
            "the token file {} cannot be read: {}",
            path.display(),
            crate::error::system(cause)
        ),
        other => other.to_string(),
    }
}
