//! From the swagger files of several versions to one text of lines.
//!
//! ```text
//! # what it is
//! =DEFINITION [RANGE]
//! :APIVERSION KIND PLURAL|- n|c|- [~SHORT,SHORT] [RANGE]
//!                                  a kind that it is the schema of;
//!                                  n: namespaced, c: cluster-wide
//! FIELD TYPE [!] [$|=KEY[:DEFAULT],…] [RANGE]
//!                                  !: required; $: a list that is a set;
//!                                  =: keys of a list that is a map
//! ```
//!
//! RANGE is the minor versions that have it, `33-35`; without one, those of its
//! definition, and for a definition, all. TYPE is one of `s` string, `b`
//! boolean, `i` int32, `l` int64, `n` number, `q` quantity, `x` int-or-string,
//! `t` time, `u` time with microseconds, `y` base64, `?` anything,
//! `[TYPE` list, `{TYPE` map, `@DEFINITION` object.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::Value;

/// Types that decode themselves, and what they take.
///
/// Sources: the `UnmarshalJSON` methods of k8s.io/apimachinery and
/// k8s.io/apiextensions-apiserver (pkg/apis/apiextensions/v1/marshal.go).
const OWN_DECODERS: &[(&str, &str)] = &[
    ("io.k8s.apimachinery.pkg.api.resource.Quantity", "q"),
    ("io.k8s.apimachinery.pkg.util.intstr.IntOrString", "x"),
    ("io.k8s.apimachinery.pkg.apis.meta.v1.Time", "t"),
    ("io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime", "u"),
    ("io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1", "?"),
    ("io.k8s.apimachinery.pkg.runtime.RawExtension", "?"),
];

/// The definitions with these suffixes hold anything.
const ANYTHING: &[&str] = &[
    ".apiextensions.v1.JSON",
    ".JSONSchemaPropsOrArray",
    ".JSONSchemaPropsOrBool",
    ".JSONSchemaPropsOrStringArray",
    ".meta.v1.Patch",
];

/// Kinds that every group has, and that nobody writes into a file.
const REQUEST_KINDS: &[&str] = &["DeleteOptions", "WatchEvent"];

/// The data of one version.
pub(crate) struct Version {
    pub(crate) minor: u8,
    /// `1.35.4`.
    pub(crate) name: String,
    pub(crate) swagger: Value,
    pub(crate) defaults: Defaults,
}

/// By definition and field.
pub(crate) type Defaults = BTreeMap<(String, String), Value>;

/// A line without its range.
type Line = String;
type Minors = BTreeSet<u8>;

#[derive(Default)]
struct Definition {
    minors: Minors,
    /// In the order of their kinds.
    kinds: BTreeMap<Line, Minors>,
    /// In the order of their names: the reader searches them.
    fields: BTreeMap<(String, Line), Minors>,
}

/// The text for the given versions, the oldest first, and the short names by
/// plural or singular.
pub(crate) fn trim(
    versions: &[Version],
    short_names: &BTreeMap<String, String>,
) -> Result<String, String> {
    let mut all: BTreeMap<String, Definition> = BTreeMap::new();
    for version in versions {
        let (minor, swagger) = (&version.minor, &version.swagger);
        let resources = resources(swagger);
        let definitions = swagger["definitions"].as_object().ok_or("no definitions")?;
        for (name, schema) in definitions {
            if own_decoder(name).is_some() {
                continue;
            }
            let definition = all.entry(name.clone()).or_default();
            definition.minors.insert(*minor);
            for line in kinds(schema, &resources, short_names) {
                definition.kinds.entry(line).or_default().insert(*minor);
            }
            for field in fields(name, schema, &version.defaults)? {
                definition.fields.entry(field).or_default().insert(*minor);
            }
        }
    }
    let names: Vec<&str> = versions.iter().map(|own| own.name.as_str()).collect();
    let mut out = format!(
        "# Kubernetes API {}, by examples/generate-data\n",
        names.join(" ")
    );
    let every: Minors = versions.iter().map(|own| own.minor).collect();
    for (name, definition) in &all {
        write_line(&mut out, &format!("={name}"), &definition.minors, &every);
        for (line, minors) in &definition.kinds {
            write_line(&mut out, line, minors, &definition.minors);
        }
        for ((_, line), minors) in &definition.fields {
            write_line(&mut out, line, minors, &definition.minors);
        }
    }
    Ok(out)
}

/// Writes a line once for each run of versions that have it.
fn write_line(out: &mut String, line: &str, minors: &Minors, usual: &Minors) {
    if minors == usual {
        let _ = writeln!(out, "{line}");
        return;
    }
    let mut rest = minors.iter().copied().peekable();
    while let Some(first) = rest.next() {
        let mut last = first;
        while let Some(next) = rest.next_if(|next| *next == last + 1) {
            last = next;
        }
        let _ = writeln!(out, "{line} {first}-{last}");
    }
}

fn own_decoder(name: &str) -> Option<&'static str> {
    let known = OWN_DECODERS.iter().find(|(own, _)| *own == name);
    known.map(|(_, letter)| *letter).or_else(|| {
        let anything = ANYTHING.iter().any(|suffix| name.ends_with(suffix));
        anything.then_some("?")
    })
}

/// Of each group, version and kind that can be read by name: its plural, and
/// `n` or `c`.
fn resources(swagger: &Value) -> BTreeMap<(String, String), String> {
    let mut found = BTreeMap::new();
    let paths = swagger["paths"].as_object().into_iter().flatten();
    for (path, operations) in paths {
        let gvk = &operations["get"]["x-kubernetes-group-version-kind"];
        let steps: Vec<&str> = path.split('/').collect();
        if let [.., plural, "{name}"] = steps.as_slice()
            && !steps.contains(&"watch")
            && gvk.is_object()
        {
            let scope = if steps.contains(&"{namespace}") {
                "n"
            } else {
                "c"
            };
            let key = (api_version(gvk), text(&gvk["kind"]).to_owned());
            found.insert(key, format!("{plural} {scope}"));
        }
    }
    found
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn api_version(gvk: &Value) -> String {
    match text(&gvk["group"]) {
        "" => text(&gvk["version"]).to_owned(),
        group => format!("{group}/{}", text(&gvk["version"])),
    }
}

fn kinds(
    schema: &Value,
    resources: &BTreeMap<(String, String), String>,
    short_names: &BTreeMap<String, String>,
) -> Vec<Line> {
    let gvks = schema["x-kubernetes-group-version-kind"].as_array();
    gvks.into_iter()
        .flatten()
        .map(|gvk| (api_version(gvk), text(&gvk["kind"]).to_owned()))
        .filter(|(_, kind)| !REQUEST_KINDS.contains(&kind.as_str()))
        .map(|key| {
            let (api_version, kind) = &key;
            let Some(resource) = resources.get(&key) else {
                return format!(":{api_version} {kind} - -");
            };
            let plural = resource.split(' ').next().unwrap_or_default();
            let short = short_names.get(plural);
            match short.or_else(|| short_names.get(&kind.to_lowercase())) {
                Some(names) => format!(":{api_version} {kind} {resource} ~{names}"),
                None => format!(":{api_version} {kind} {resource}"),
            }
        })
        .collect()
}

fn fields(
    definition: &str,
    schema: &Value,
    defaults: &Defaults,
) -> Result<Vec<(String, Line)>, String> {
    let required = schema["required"].as_array();
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties
        .map(|(name, schema)| {
            let letters = letters(schema).map_err(|why| format!("{definition}.{name}: {why}"))?;
            let mut line = format!("{name} {letters}");
            if required.is_some_and(|names| names.iter().any(|n| n == name)) {
                line += " !";
            }
            if let Some(keys) = schema["x-kubernetes-list-map-keys"].as_array() {
                let element = text(&schema["items"]["$ref"]).trim_start_matches("#/definitions/");
                let keys: Vec<String> = keys
                    .iter()
                    .map(|key| with_default(element, text(key), defaults))
                    .collect();
                let _ = write!(line, " ={}", keys.join(","));
            } else if text(&schema["x-kubernetes-list-type"]) == "set" {
                line += " $";
            }
            Ok((name.clone(), line))
        })
        .collect()
}

/// A key of a list's elements, with what it is where they do not say.
fn with_default(element: &str, key: &str, defaults: &Defaults) -> String {
    match defaults.get(&(element.to_owned(), key.to_owned())) {
        None => key.to_owned(),
        Some(Value::String(default)) => format!("{key}:{default}"),
        Some(default) => format!("{key}:{default}"),
    }
}

fn letters(schema: &Value) -> Result<String, String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.trim_start_matches("#/definitions/");
        return Ok(own_decoder(name).map_or_else(|| format!("@{name}"), str::to_owned));
    }
    Ok(match (text(&schema["type"]), text(&schema["format"])) {
        ("string", "") => "s".into(),
        ("string", "byte") => "y".into(),
        ("string", "int-or-string") => "x".into(),
        ("boolean", "") => "b".into(),
        ("integer", "int32") => "i".into(),
        ("integer", "int64") => "l".into(),
        ("number", "double") => "n".into(),
        ("array", "") => format!("[{}", letters(&schema["items"])?),
        ("object", "") if schema["additionalProperties"].is_object() => {
            format!("{{{}", letters(&schema["additionalProperties"])?)
        }
        (kind, format) => return Err(format!("unknown type `{kind}` of format `{format}`")),
    })
}
