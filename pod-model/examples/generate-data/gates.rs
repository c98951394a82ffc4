//! The feature gates of all releases, out of the Go source of `pkg/features`.
//!
//! The state of a gate in a minor version is that of the version's own files at
//! that version. Gates that another module defines (`genericfeatures.X`) are
//! about servers, not about Pods, and are left out.

use std::collections::BTreeMap;
use std::fmt::Write;

/// By name: the state of a gate.
pub(crate) type States = BTreeMap<String, String>;

/// Returns the Rust source of the table, the changes of a gate in a line.
pub(crate) fn table(versions: &[(u8, States)], names: &str) -> String {
    let mut all: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut last = &States::new();
    for (minor, states) in versions {
        for name in last.keys().filter(|name| !states.contains_key(*name)) {
            all.entry(name)
                .or_default()
                .push(format!("{minor} removed"));
        }
        for (name, state) in states {
            if last.get(name) != Some(state) {
                all.entry(name)
                    .or_default()
                    .push(format!("{minor} {state}"));
            }
        }
        last = states;
    }
    let mut out = format!(
        "//! The feature gates of Kubernetes {names}, by `examples/generate-data`.\n\n\
         use super::state::{{gates, state}};\n\ngates! {{\n"
    );
    let minors: Vec<String> = versions
        .iter()
        .map(|(minor, _)| minor.to_string())
        .collect();
    let _ = writeln!(out, "    minors {};", minors.join(" "));
    for (name, changes) in all {
        let _ = writeln!(out, "    {name}: {};", changes.join(", "));
    }
    out + "}\n"
}

/// Reads the state of each gate at a minor version from the text of its files.
pub(crate) fn states(go: &str, minor: u8) -> Result<States, String> {
    let mut names = BTreeMap::new();
    let mut states = States::new();
    let mut is_table = false;
    let mut gate = None;
    for line in go.lines() {
        let line = line.split("//").next().unwrap_or_default().trim_end();
        if let Some((constant, name)) = constant(line) {
            names.insert(constant.to_owned(), name.to_owned());
        } else if line.starts_with("var ") && line.ends_with('{') {
            is_table = line.ends_with("featuregate.VersionedSpecs{")
                || line.ends_with("featuregate.FeatureSpec{");
        } else if line == "}" {
            is_table = false;
        } else if is_table {
            entry(line.trim(), minor, &mut gate, &mut states)?;
        }
    }
    if states.is_empty() {
        return Err("no feature gates found".to_owned());
    }
    // A constant's name need not be the gate's.
    let own = states.into_iter().filter(|(name, _)| !name.contains('.'));
    own.map(|(constant, state)| match names.get(&constant) {
        Some(name) => Ok((name.clone(), state)),
        None => Err(format!("no constant {constant}")),
    })
    .collect()
}

/// Reads the declaration of a gate's name, typed (`X featuregate.Feature = "X"`),
/// converted (`X = featuregate.Feature("X")`) or plain (`X = "X"`).
fn constant(line: &str) -> Option<(&str, &str)> {
    let (constant, value) = line.split_once(" = ")?;
    let (_, name) = value.split_once('"')?;
    let (name, _) = name.split_once('"')?;
    Some((constant.split_whitespace().next()?, name))
}

/// Reads a line of the table: a gate with its only state, or a gate, a state of
/// it, and its end.
fn entry(
    line: &str,
    minor: u8,
    gate: &mut Option<String>,
    states: &mut States,
) -> Result<(), String> {
    let unexpected = || format!("unexpected line: {line}");
    match line {
        "" => {}
        "}," => *gate = None,
        _ => {
            if let Some(name) = line.strip_suffix(": {") {
                *gate = Some(name.to_owned());
                return Ok(());
            }
            let (head, spec) = line.split_once('{').ok_or_else(unexpected)?;
            let spec = spec.strip_suffix("},").ok_or_else(unexpected)?;
            let name = match (head.trim_end().strip_suffix(':'), &gate) {
                (Some(name), None) => name.to_owned(),
                (None, Some(name)) if head.is_empty() => name.clone(),
                _ => return Err(unexpected()),
            };
            // Later specs are those of later versions.
            if let Some(state) = state(spec, minor).map_err(|UnknownForm| unexpected())? {
                states.insert(name, state);
            }
        }
    }
    Ok(())
}

/// A line of a gate that is not understood.
struct UnknownForm;

/// Returns the state that a spec gives, or `None` if it is not in force in the
/// version.
fn state(spec: &str, minor: u8) -> Result<Option<String>, UnknownForm> {
    let (mut default, mut stage, mut locked) = (None, "Alpha", "");
    for field in spec.split(',').filter(|field| !field.trim().is_empty()) {
        match field.trim().split_once(": ").ok_or(UnknownForm)? {
            ("Version", version) if version_of(version)? > minor => return Ok(None),
            // A control plane is compatible with the minor version before it,
            // unless it is told otherwise (`featureSpecAtEmulationAndMinCompatVersion`).
            ("MinCompatibilityVersion", version) if version_of(version)? >= minor => {
                return Ok(None);
            }
            ("Version" | "MinCompatibilityVersion", _) => {}
            ("Default", "true") => default = Some("on"),
            ("Default", "false") => default = Some("off"),
            ("LockToDefault", "true") => locked = " locked",
            ("LockToDefault", "false") => locked = "",
            ("PreRelease", "featuregate.Alpha") => stage = "Alpha",
            ("PreRelease", "featuregate.Beta") => stage = "Beta",
            ("PreRelease", "featuregate.GA") => stage = "Ga",
            ("PreRelease", "featuregate.Deprecated") => stage = "Deprecated",
            _ => return Err(UnknownForm),
        }
    }
    let default = default.ok_or(UnknownForm)?;
    Ok(Some(format!("{stage} {default}{locked}")))
}

/// Reads `version.MustParse("1.37")`.
fn version_of(go: &str) -> Result<u8, UnknownForm> {
    let version = go.strip_prefix("version.MustParse(\"1.");
    let version = version.and_then(|rest| rest.strip_suffix("\")"));
    version
        .and_then(|minor| minor.parse().ok())
        .ok_or(UnknownForm)
}
