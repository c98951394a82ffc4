//! The schema of an object, by its `apiVersion` and `kind`.
//!
//! Source: `SimpleMetaFactory.Interpret` of k8s.io/apimachinery
//! (runtime/serializer/json) and `schema.ParseGroupVersion`.

use super::value::describe;
use crate::finding::Finding;
use crate::invisible;
use crate::manifest::Document;
use crate::nearest::nearest;
use crate::path::FieldPath;
use crate::rules;
use crate::schema::{DefinitionId, KindRow, builtin, is_builtin_group};
use crate::tree::Kind;
use crate::version::KubernetesVersion;

/// The result of resolving the kind of an object.
pub(super) enum Resolved {
    /// It is one of Kubernetes' own, with this schema.
    Builtin(DefinitionId),
    /// Its group is not one of Kubernetes' own.
    Custom,
    /// A finding says what is wrong.
    Unknown,
}

/// Finds the schema, or says why there is none.
pub(super) fn resolve(
    document: &Document,
    version: KubernetesVersion,
    findings: &mut Vec<Finding>,
) -> Resolved {
    let api_version = word(document, "apiVersion", document.api_version(), findings);
    let kind = word(document, "kind", document.kind(), findings);
    let (Some(api_version), Some(kind)) = (api_version, kind) else {
        return Resolved::Unknown;
    };
    // An empty group is the core group.
    let api_version = api_version.strip_prefix('/').unwrap_or(api_version);
    let (group, name) = api_version.split_once('/').unwrap_or(("", api_version));
    if name.is_empty() || name.contains('/') {
        let message = format!("expected GROUP/VERSION in `apiVersion`, found `{api_version}`");
        let finding = error("apiVersion", message).label("expected one slash and a version");
        findings.push(finding.redacted("expected GROUP/VERSION in `apiVersion`"));
        return Resolved::Unknown;
    }
    if let Some(definition) = builtin().definition(api_version, kind, version) {
        return Resolved::Builtin(definition);
    }
    // `List` is taken apart before; one without items has nothing to check.
    if (api_version, kind) == ("v1", "List") || !is_builtin_group(group) {
        return Resolved::Custom;
    }
    findings.push(unknown(api_version, kind, version));
    Resolved::Unknown
}

/// The text of `apiVersion` or `kind`, or a finding.
fn word<'a>(
    document: &Document,
    field: &'static str,
    text: Option<&'a str>,
    findings: &mut Vec<Finding>,
) -> Option<&'a str> {
    if let Some(text) = text.filter(|text| !text.is_empty() && *text != "/") {
        return Some(text);
    }
    let tree = document.tree();
    let path = FieldPath::root().field(field);
    match tree.get(document.root(), field) {
        Some(id) if !matches!(tree.kind(id), Kind::Null | Kind::String(_)) => {
            let there = describe(document, id);
            findings.push(
                Finding::new(
                    &rules::WRONG_TYPE,
                    path,
                    format!("`{field}` must be a string, found {there}"),
                )
                .label("expected a string")
                .redacted(format!("`{field}` must be a string")),
            );
        }
        _ => {
            let (rule, example) = match field {
                "kind" => (&rules::MISSING_KIND, "Pod"),
                _ => (&rules::MISSING_API_VERSION, "v1"),
            };
            let message = format!("missing field `{field}` in the object");
            let help = disguised(document, field)
                .unwrap_or_else(|| format!("add the field, such as `{field}: {example}`"));
            findings.push(
                Finding::new(rule, path, message.clone())
                    .label(format!("missing `{field}`"))
                    .help(help.clone())
                    .redacted(message)
                    .redacted_help(help),
            );
        }
    }
    None
}

/// The help where the field is there, with a character in its name that is not seen, such
/// as the byte order mark of a file that was joined to another.
fn disguised(document: &Document, field: &str) -> Option<String> {
    let tree = document.tree();
    let Kind::Mapping(entries) = tree.kind(document.root()) else {
        return None;
    };
    let looks_so = |key: &str| {
        let seen = |c: &char| !c.is_whitespace() && invisible::name(*c).is_none();
        key.chars().filter(seen).eq(field.chars())
    };
    let key = &entries.iter().find(|entry| looks_so(&entry.key))?.key;
    let c = invisible::first_in(key)?;
    let place = format!("in the key `{field}`, which makes it a different key");
    Some(invisible::help(c, &place))
}

fn error(field: &'static str, message: String) -> Finding {
    Finding::new(
        &rules::UNKNOWN_KIND,
        FieldPath::root().field(field),
        message,
    )
}

fn unknown(api_version: &str, kind: &str, version: KubernetesVersion) -> Finding {
    let builtin = builtin();
    let here = |row: &&KindRow| row.range.has(version);
    let finding = |field: &'static str| {
        let message = format!("unknown kind `{kind}` in `{api_version}`");
        error(field, message).redacted(format!("unknown `{field}`"))
    };
    // Right, but not in this version of Kubernetes.
    if let Some(row) = builtin
        .rows(kind)
        .find(|row| row.api_version == api_version)
    {
        let bound = if row.range.since > version.minor() {
            format!("added in 1.{}", row.range.since)
        } else {
            format!("served until 1.{}", row.range.until)
        };
        let message =
            format!("no kind `{kind}` in `{api_version}` of Kubernetes {version}: {bound}");
        let finding = error("apiVersion", message).label(bound);
        let finding = finding.redacted("this version of Kubernetes does not have the kind");
        return match preferred(builtin.rows(kind).filter(here), api_version) {
            Some(row) => with_help(finding, format!("use `apiVersion: {}`", row.api_version)),
            None => finding,
        };
    }
    // The kind lives in another group or version.
    if let Some(row) = preferred(builtin.rows(kind).filter(here), api_version) {
        let finding = finding("apiVersion").label("another API version");
        return with_help(finding, format!("use `apiVersion: {}`", row.api_version));
    }
    // The kind is misspelt.
    let rows = || builtin.kinds.iter().filter(here);
    let same_group = rows().filter(|row| row.api_version == api_version);
    let meant = nearest(kind, same_group.map(|row| row.kind))
        .or_else(|| nearest(kind, rows().map(|row| row.kind)));
    let finding = finding("kind").label("unknown kind");
    let Some(meant) = meant else {
        return finding;
    };
    match preferred(builtin.rows(meant).filter(here), api_version) {
        Some(row) if row.api_version != api_version => {
            let version = row.api_version;
            let help = format!("did you mean `kind: {meant}` with `apiVersion: {version}`?");
            with_help(finding, help)
        }
        _ => with_help(finding, format!("did you mean `{meant}`?")),
    }
}

/// Help that names nothing but what Kubernetes has.
fn with_help(finding: Finding, help: String) -> Finding {
    finding.redacted_help(help.clone()).help(help)
}

/// Of one kind's rows the one to use: of the same group and version, of the
/// same group, of a group of nearly that name; and stable before beta.
fn preferred<'a>(
    rows: impl Iterator<Item = &'a KindRow>,
    api_version: &str,
) -> Option<&'a KindRow> {
    let group = |text: &str| {
        let (group, _) = text.split_once('/').unwrap_or(("", text));
        group.split('.').next().unwrap_or("").to_owned()
    };
    rows.min_by_key(|row| {
        let (_, version) = row
            .api_version
            .split_once('/')
            .unwrap_or(("", row.api_version));
        let stable = !version.contains("alpha") && !version.contains("beta");
        (
            row.api_version != api_version,
            group(row.api_version) != group(api_version),
            // `Event` lives in the core group and in its own.
            !stable,
            row.api_version.contains('.'),
            std::cmp::Reverse(version),
        )
    })
}
