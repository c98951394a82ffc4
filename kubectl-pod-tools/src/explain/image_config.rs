//! Reads the variables and the user of an image from its OCI config
//! (github.com/opencontainers/image-spec, config.md).

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::bounded::{self, Bounds};
use crate::error::Failure;
use crate::exit::Exit;

/// Limit of a config in bytes; those of real images have a few KiB.
const MAX_BYTES: usize = 8 << 20;

#[derive(Deserialize)]
struct Inspected {
    config: Option<ImageConfig>,
    /// The spelling of `docker image inspect`.
    #[serde(rename = "Config")]
    inspected: Option<ImageConfig>,
}

/// The part of an image's config that a container gets.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::explain) struct ImageConfig {
    #[serde(default, rename = "Env")]
    env: Option<Vec<String>>,
    #[serde(default, rename = "User")]
    user: Option<String>,
}

impl ImageConfig {
    /// Returns the variables, each as NAME=VALUE.
    pub(in crate::explain) fn env(&self) -> &[String] {
        self.env.as_deref().unwrap_or_default()
    }

    /// Returns the user, perhaps with a group: `1000`, `nginx`, `1000:1000`. An image without one has
    /// the empty text, and runs as root.
    pub(in crate::explain) fn user(&self) -> &str {
        self.user.as_deref().unwrap_or_default()
    }
}

/// The files that `--image-config` names, read once.
#[derive(Debug, Default)]
pub(in crate::explain) struct ImageConfigs {
    /// By container, for CONTAINER=FILE.
    named: BTreeMap<String, ImageConfig>,
    /// That of all other containers.
    others: Option<ImageConfig>,
}

impl ImageConfigs {
    /// Reads FILEs and CONTAINER=FILEs; a file may have a `=` in its name.
    ///
    /// # Errors
    /// Two files for one container or two for all, a file that cannot be read, a file
    /// that is not an image config.
    pub(in crate::explain) fn read(typed: &[String]) -> Result<Self, Failure> {
        let mut files: BTreeMap<Option<&str>, &str> = BTreeMap::new();
        for text in typed {
            let (container, file) = match text.split_once('=') {
                Some((container, file)) if !Path::new(text).exists() => (Some(container), file),
                _ => (None, text.as_str()),
            };
            if let Some(first) = files.insert(container, file) {
                return Err(two_files(container, first, file));
            }
        }
        let mut configs = Self::default();
        for (container, file) in files {
            let config = read(file)?;
            match container {
                Some(container) => {
                    configs.named.insert(container.to_owned(), config);
                }
                None => configs.others = Some(config),
            }
        }
        Ok(configs)
    }

    /// Returns the containers of CONTAINER=FILE.
    pub(in crate::explain) fn containers(&self) -> impl Iterator<Item = &str> {
        self.named.keys().map(String::as_str)
    }

    /// Returns the config of a container's image, or `None` if it is not known.
    pub(in crate::explain) fn of(&self, container: &str) -> Option<&ImageConfig> {
        self.named.get(container).or(self.others.as_ref())
    }
}

/// Returns the failure for two files that one `--image-config` would override.
fn two_files(container: Option<&str>, first: &str, second: &str) -> Failure {
    let of = match container {
        Some(container) => format!("container `{container}`"),
        None => "all containers".to_owned(),
    };
    Failure::usage(format!(
        "`--image-config` names two files for {of}: {first} and {second}"
    ))
    .help("use `--image-config CONTAINER=FILE` once for each container")
}

fn read(file: &str) -> Result<ImageConfig, Failure> {
    let wrong = |why: String| {
        Failure::new(
            Exit::Failure,
            format!("expected an OCI image config in {file}: {why}"),
        )
        .help("use JSON with `config`, such as the output of `docker image inspect IMAGE`")
    };
    let bytes = bounded::read_file(Path::new(file), Bounds::file(MAX_BYTES), || {})
        .map_err(|error| Failure::new(Exit::Failure, format!("cannot read {file}: {error}")))?;
    // `docker image inspect` prints a list, of one image here.
    let configs: Vec<Inspected> = serde_json::from_slice(&bytes)
        .or_else(|_| serde_json::from_slice(&bytes).map(|one| vec![one]))
        .map_err(|error| wrong(error.to_string()))?;
    let [config] = <[Inspected; 1]>::try_from(configs)
        .map_err(|all| wrong(format!("found {} images, expected 1", all.len())))?;
    let config = config.config.or(config.inspected);
    config.ok_or_else(|| wrong("found no `config`".to_owned()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn image_configs_of_oci_and_docker_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = dir.path().join(name);
            fs::write(&path, text).unwrap();
            path.display().to_string()
        };
        let oci = file(
            "oci",
            r#"{"architecture": "amd64", "config": {"Env": ["PATH=/bin"]}}"#,
        );
        let docker = file(
            "docker",
            r#"[{"Id": "x", "Config": {"Env": ["A=1"], "User": "1000:5"}}]"#,
        );
        let typed = [format!("b={docker}"), oci, docker];
        let twice = ImageConfigs::read(&typed).unwrap_err();
        assert!(twice.message.contains("two files"), "{twice:?}");
        let found = ImageConfigs::read(&typed[..2]).unwrap();
        let of = |name: &str| found.of(name).unwrap();
        assert_eq!(
            (of("a").env(), of("a").user()),
            (&["PATH=/bin".to_owned()][..], "")
        );
        assert_eq!(
            (of("b").env(), of("b").user()),
            (&["A=1".to_owned()][..], "1000:5")
        );
        for broken in ["{}", "[]", "no", r#"{"config": {"Env": 1}}"#] {
            let path = file("broken", broken);
            assert!(ImageConfigs::read(&[path]).is_err(), "{broken}");
        }
    }
}
