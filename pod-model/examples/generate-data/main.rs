//! Writes the data that pod-model takes from upstream's modules (Apache-2.0):
//!
//! | file | from |
//! |---|---|
//! | `pod-model/src/schema/builtin.gz` | `api/openapi-spec` and `pkg/registry` |
//! | `pod-model/src/features/gates.rs` | `pkg/features` |
//!
//! ```text
//! for v in $(cat tests/cluster/versions); do go mod download k8s.io/kubernetes@v$v; done
//! go mod download k8s.io/apiextensions-apiserver@v0.37.2
//! cargo run -p pod-model --example generate-data -- "$(go env GOMODCACHE)" tests/cluster/versions .
//! ```
//!
//! `tests/cluster/versions` names the patch of each minor version that is read,
//! the oldest first. With `--check` as the last argument nothing is written, and
//! the exit code says whether the files are what would be written.

#![allow(
    clippy::disallowed_methods,
    reason = "a program around the library may do what the library may not"
)]

mod gates;
mod releases;
mod schema;
mod short_names;
mod trim;

use std::error::Error;
use std::io::{Read, Write};
use std::path::Path;
use std::{env, fs};

use releases::Releases;

const SCHEMA: &str = "pod-model/src/schema/builtin.gz";
const GATES: &str = "pod-model/src/features/gates.rs";

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let [cache, list, top, rest @ ..] = args.as_slice() else {
        return Err("usage: generate-data GOMODCACHE RELEASES TOP [--check]".into());
    };
    let releases = Releases::read(Path::new(cache), Path::new(list))?;
    let is_check = rest.iter().any(|arg| arg == "--check");
    for (name, text) in [
        (SCHEMA, schema::schema(&releases)?),
        (GATES, gates(&releases)?),
    ] {
        let file = Path::new(top).join(name);
        if !is_check {
            write(&file, &text)?;
        } else if read(&file)? != text {
            return Err(format!("{name} is not what upstream says: generate it again").into());
        }
    }
    Ok(())
}

/// Returns the table of feature gates of all releases.
fn gates(releases: &Releases) -> Result<String, Box<dyn Error>> {
    let mut versions = Vec::new();
    for release in &releases.all {
        let mut go = String::new();
        for entry in fs::read_dir(releases.kubernetes(release).join("pkg/features"))? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            if name.is_some_and(|name| name.ends_with("kube_features.go")) {
                go += &fs::read_to_string(path)?;
            }
        }
        let states = gates::states(&go, release.minor);
        let states = states.map_err(|why| format!("{}: {why}", release.name))?;
        versions.push((release.minor, states));
    }
    Ok(gates::table(&versions, &releases.names()))
}

fn is_gz(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "gz")
}

fn read(file: &Path) -> Result<String, Box<dyn Error>> {
    if !is_gz(file) {
        return Ok(fs::read_to_string(file)?);
    }
    let mut text = String::new();
    flate2::read::GzDecoder::new(fs::File::open(file)?).read_to_string(&mut text)?;
    Ok(text)
}

fn write(file: &Path, text: &str) -> Result<(), Box<dyn Error>> {
    let mut bytes = text.as_bytes().to_vec();
    if is_gz(file) {
        let mut gz = flate2::GzBuilder::new().write(Vec::new(), flate2::Compression::best());
        gz.write_all(&bytes)?;
        bytes = gz.finish()?;
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, bytes)?;
    Ok(())
}
