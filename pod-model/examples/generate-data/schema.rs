//! The schema of Kubernetes' own kinds, from upstream's
//! `api/openapi-spec/swagger.json`, for defaults of keys `api/openapi-spec/v3`,
//! and for short names `pkg/registry`. `trim.rs` says what its lines mean.

#![allow(
    clippy::disallowed_methods,
    reason = "a program around the library may do what the library may not"
)]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::releases::Releases;
use crate::{short_names, trim};

/// Returns the text of the schema of all releases.
pub(crate) fn schema(releases: &Releases) -> Result<String, Box<dyn Error>> {
    let mut versions = Vec::new();
    for release in &releases.all {
        let specs = releases.kubernetes(release).join("api/openapi-spec");
        versions.push(trim::Version {
            minor: release.minor,
            name: release.name.clone(),
            swagger: serde_json::from_slice(&fs::read(specs.join("swagger.json"))?)?,
            defaults: defaults(&specs.join("v3"))?,
        });
    }
    let latest = releases.latest()?;
    let mut short_names = BTreeMap::new();
    for module in [
        releases.kubernetes(latest),
        releases.staging("apiextensions-apiserver", latest),
    ] {
        short_names::short_names(&module.join("pkg/registry"), &mut short_names)?;
    }
    Ok(trim::trim(&versions, &short_names)?)
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
