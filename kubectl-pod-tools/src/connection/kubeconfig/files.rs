//! kubeconfig files, found and merged as kubectl does
//! (k8s.io/client-go/tools/clientcmd, `ClientConfigLoadingRules`).

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use kube::config::Kubeconfig;

use crate::connection::error::ConfigError;

/// What the files define together.
pub(super) struct Files {
    /// None where they define nothing.
    pub(super) merged: Option<Kubeconfig>,
    /// Those of `$KUBECONFIG` that are not there.
    pub(super) missing: Vec<String>,
}

/// Reads the file that is named, those of `$KUBECONFIG`, or the one in the home
/// directory.
///
/// # Errors
/// A named file that is not there, and any that is no kubeconfig.
pub(super) fn read(explicit: Option<&Path>) -> Result<Files, ConfigError> {
    let mut missing = Vec::new();
    let variable = env::var_os("KUBECONFIG").filter(|list| !list.is_empty());
    let paths: Vec<PathBuf> = match explicit {
        Some(path) => {
            let merged = Some(read_file(path)?);
            return Ok(Files { merged, missing });
        }
        None => match &variable {
            Some(list) => env::split_paths(list)
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
            if variable.is_some() {
                missing.push(path.display().to_string());
            }
            continue;
        }
        let next = read_file(&path)?;
        merged = Some(match merged {
            Some(before) => before.merge(next).map_err(|e| ConfigError::kube(&e))?,
            None => next,
        });
    }
    // An empty file is as good as none: in a Pod, its service account serves.
    let merged = merged.filter(|config| !config.clusters.is_empty() || !config.contexts.is_empty());
    Ok(Files { merged, missing })
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
            message: error.clone().without_values().message,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_relative_to_their_kubeconfig() {
        let text = "
clusters:
- {name: c1, cluster: {server: 'https://one', certificate-authority: ca.crt}}
users:
- {name: u1, user: {token: t1}}
- {name: u2, user: {client-certificate: u.crt, client-key: /abs/u.key}}
";
        let manifest = pod_model::manifest::read("config", text.as_bytes().to_vec());
        let mut loaded: Kubeconfig = manifest.documents[0].decode().unwrap();
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
