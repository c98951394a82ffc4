//! The short names of resources, out of the Go source of the registries: each
//! file that says `ShortNames()` names its resource, too.

#![allow(
    clippy::disallowed_methods,
    reason = "a program around the library may do what the library may not"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

/// By the resource's plural (or, for `componentstatus`, its singular): the
/// short names with commas between them, of all files below `folder`.
pub(crate) fn short_names(folder: &Path, out: &mut BTreeMap<String, String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            short_names(&path, out)?;
        } else if path.extension().is_some_and(|e| e == "go") {
            let text = fs::read_to_string(&path)?;
            out.extend(read(&text));
        }
    }
    Ok(())
}

/// Reads the resource and short name of a file, if it has any.
pub(crate) fn read(go: &str) -> Option<(String, String)> {
    let (_, function) = go.split_once(") ShortNames() []string {")?;
    let (_, list) = function.split_once("[]string{")?;
    let (list, _) = list.split_once('}')?;
    let (_, resource) = go.split_once("Resource(\"")?;
    let (resource, _) = resource.split_once('"')?;
    let names: Vec<_> = list
        .split(',')
        .map(|name| name.trim().trim_matches('"'))
        .collect();
    Some((resource.to_owned(), names.join(",")))
}
