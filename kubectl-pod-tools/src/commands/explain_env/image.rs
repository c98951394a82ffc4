//! The variables that an image brings, out of its OCI config
//! (github.com/opencontainers/image-spec, config.md).

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;

use crate::error::Failure;
use crate::exit::Exit;

#[derive(Deserialize)]
struct ImageConfig {
    config: Option<Config>,
    /// As `docker image inspect` writes it.
    #[serde(rename = "Config")]
    inspected: Option<Config>,
}

#[derive(Deserialize)]
struct Config {
    #[serde(rename = "Env")]
    env: Option<Vec<String>>,
}

/// The `Env` of each container's image, as far as files were named for it.
pub(super) fn image_env(
    named: &[String],
    containers: &[&str],
) -> Result<BTreeMap<String, Vec<String>>, Failure> {
    let mut found = BTreeMap::new();
    for text in named {
        let (container, file) = match text.split_once('=') {
            Some((name, file)) if containers.contains(&name) => (Some(name), file),
            _ => (None, text.as_str()),
        };
        let env = read(file)?;
        match container {
            Some(name) => drop(found.insert(name.to_owned(), env)),
            None => {
                for name in containers {
                    found
                        .entry((*name).to_owned())
                        .or_insert_with(|| env.clone());
                }
            }
        }
    }
    Ok(found)
}

fn read(file: &str) -> Result<Vec<String>, Failure> {
    let wrong = |why: String| {
        Failure::new(Exit::No, format!("{file} is no image config: {why}"))
            .help("an OCI image config is JSON with `config.Env`; `docker image inspect IMAGE` prints one, too")
    };
    let bytes = fs::read(file)
        .map_err(|error| Failure::new(Exit::No, format!("cannot read {file}: {error}")))?;
    // `docker image inspect` prints a list, of one image here.
    let configs: Vec<ImageConfig> = serde_json::from_slice(&bytes)
        .or_else(|_| serde_json::from_slice(&bytes).map(|one| vec![one]))
        .map_err(|error| wrong(error.to_string()))?;
    let [config] = <[ImageConfig; 1]>::try_from(configs)
        .map_err(|all| wrong(format!("it holds {} images", all.len())))?;
    let config = config.config.or(config.inspected);
    let config = config.ok_or_else(|| wrong("it has no `config`".to_owned()))?;
    Ok(config.env.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_notations_are_read_and_one_file_serves_all_containers() {
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
        let docker = file("docker", r#"[{"Id": "x", "Config": {"Env": ["A=1"]}}]"#);
        let found = image_env(&[format!("b={docker}"), oci], &["a", "b"]).unwrap();
        assert_eq!(found["a"], ["PATH=/bin"]);
        assert_eq!(found["b"], ["A=1"]);
        for broken in ["{}", "[]", "no", r#"{"config": {"Env": 1}}"#] {
            let path = file("broken", broken);
            assert!(image_env(&[path], &["a"]).is_err(), "{broken}");
        }
    }
}
