//! Writes `pod-model/src/schema/builtin.gz`, the schema of Kubernetes' own
//! kinds, from upstream's `api/openapi-spec/swagger.json`, for defaults of keys
//! `api/openapi-spec/v3`, and for short names `pkg/registry` (Apache-2.0).
//!
//! ```text
//! for v in 1.31.14 1.32.13 1.33.13 1.34.4 1.35.4 1.36.3 1.37.2; do go mod download k8s.io/kubernetes@v$v; done
//! go mod download k8s.io/apiextensions-apiserver@v0.37.2
//! cargo run -p pod-model --example generate-schema -- "$(go env GOMODCACHE)" pod-model/src/schema/builtin.gz
//! ```
//!
//! `go list -m -versions k8s.io/kubernetes` names the patches there are; of
//! each minor version the latest in the module cache is taken. With `--check`
//! behind the two arguments nothing is written, and the exit code says whether
//! the file is what would be written. `zcat` shows its lines; `trim.rs` says
//! what they mean.

#![allow(
    clippy::disallowed_methods,
    reason = "a program around the library may do what the library may not"
)]

mod short_names;
mod trim;

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{Read, Write};
use std::path::Path;
use std::{env, fs};

use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let [cache, file, rest @ ..] = args.as_slice() else {
        return Err("usage: generate-schema GOMODCACHE FILE [--check]".into());
    };
    let mut versions = Vec::new();
    for (minor, patch) in patches(&Path::new(cache).join("k8s.io"))? {
        let module = format!("k8s.io/kubernetes@v1.{minor}.{patch}");
        let specs = Path::new(cache).join(module).join("api/openapi-spec");
        versions.push(trim::Version {
            minor,
            name: format!("1.{minor}.{patch}"),
            swagger: serde_json::from_slice(&fs::read(specs.join("swagger.json"))?)?,
            defaults: defaults(&specs.join("v3"))?,
        });
    }
    let latest = versions.last().map_or("", |version| version.name.as_str());
    let staging = latest.replacen("1.", "0.", 1);
    let mut short_names = BTreeMap::new();
    for module in [
        format!("k8s.io/kubernetes@v{latest}"),
        format!("k8s.io/apiextensions-apiserver@v{staging}"),
    ] {
        let registry = Path::new(cache).join(module).join("pkg/registry");
        short_names::short_names(&registry, &mut short_names)?;
    }
    let text = trim::trim(&versions, &short_names)?;
    if rest.iter().any(|arg| arg == "--check") {
        let mut old = String::new();
        flate2::read::GzDecoder::new(fs::File::open(file)?).read_to_string(&mut old)?;
        if old != text {
            return Err(format!("{file} is not what upstream says: generate it again").into());
        }
        return Ok(());
    }
    let mut gz = flate2::GzBuilder::new().write(Vec::new(), flate2::Compression::best());
    gz.write_all(text.as_bytes())?;
    fs::write(file, gz.finish()?)?;
    Ok(())
}

/// The defaults of all definitions: the old format has none.
fn defaults(folder: &Path) -> Result<trim::Defaults, Box<dyn Error>> {
    let mut defaults = trim::Defaults::new();
    for entry in fs::read_dir(folder)? {
        let spec: Value = serde_json::from_slice(&fs::read(entry?.path())?)?;
        let schemas = spec["components"]["schemas"].as_object();
        for (name, schema) in schemas.into_iter().flatten() {
            for (field, schema) in schema["properties"].as_object().into_iter().flatten() {
                if let Some(default) = schema.get("default") {
                    defaults.insert((name.clone(), field.clone()), default.clone());
                }
            }
        }
    }
    Ok(defaults)
}

/// The latest patch of each minor version in the module cache.
fn patches(modules: &Path) -> Result<BTreeMap<u8, u32>, Box<dyn Error>> {
    let mut latest = BTreeMap::new();
    for entry in fs::read_dir(modules)? {
        let name = entry?.file_name();
        let Some(version) = name.to_str().and_then(|n| n.strip_prefix("kubernetes@v1.")) else {
            continue;
        };
        let Some((minor, patch)) = version.split_once('.') else {
            continue;
        };
        // A pre-release is no patch.
        if let (Ok(minor), Ok(patch)) = (minor.parse(), patch.parse())
            && (31..=37).contains(&minor)
        {
            let known: &mut u32 = latest.entry(minor).or_insert(patch);
            *known = patch.max(*known);
        }
    }
    if latest.len() != 7 {
        return Err(format!(
            "{} holds k8s.io/kubernetes of {} minor versions, not of 1.31 to 1.37",
            modules.display(),
            latest.len()
        )
        .into());
    }
    Ok(latest)
}
