//! Comments of `--explain-flags`: the meaning of each field.

use pod_model::{FieldPath, Segment};

use super::field_docs::FIELDS;

/// Probes, whose fields have the same meanings.
const PROBES: [&str; 3] = ["livenessProbe", "readinessProbe", "startupProbe"];

/// Returns the meaning of a field, or `None` if its name says it.
pub(crate) fn explanation(path: &FieldPath) -> Option<&'static str> {
    let mut names: Vec<&str> = path
        .segments()
        .iter()
        .filter_map(|segment| match segment {
            Segment::Field(name) => Some(&**name),
            Segment::Index(_) => None,
        })
        .collect();
    if names.starts_with(&["spec", "template"]) {
        names.drain(1..=1);
        if names.get(1) == Some(&"spec") {
            names.remove(1);
        }
    }
    if let Some(list) = names.get_mut(1)
        && ["containers", "initContainers"].contains(list)
        && names.len() > 2
    {
        names[1] = "container";
        if names.len() > 3 && PROBES.contains(&names[2]) {
            names.remove(2);
        }
    }
    let wanted = names.join(".");
    let row = FIELDS.iter().find(|(field, _)| *field == wanted);
    row.map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pod_model::rules;

    #[test]
    fn template_of_job_reads_as_pod() {
        let text = |path| explanation(&FieldPath::parse(path));
        let same = [
            ["spec.restartPolicy", "spec.template.spec.restartPolicy"],
            [
                "spec.containers[0].env",
                "spec.template.spec.initContainers[3].env",
            ],
            [
                "spec.containers[0].livenessProbe.periodSeconds",
                "spec.template.spec.containers[1].startupProbe.periodSeconds",
            ],
        ];
        for [one, other] in same {
            assert!(text(one).is_some(), "{one}");
            assert_eq!(text(one), text(other), "{other}");
        }
        assert!(text("spec.containers[0].name").is_none());
        assert!(text("metadata.name").is_none());
    }

    /// A field that the API does not have would never be explained.
    #[test]
    fn row_is_a_field_of_the_api() {
        for (field, text) in FIELDS {
            assert!(text.len() <= 120, "{field}: too long for a line");
            let lists = ["topologySpreadConstraints", "volumes", "ports"];
            let path = lists.iter().fold(
                field.replace("spec.container.", "spec.containers[0]."),
                |path, list| path.replace(&format!("{list}."), &format!("{list}[0].")),
            );
            let as_job = path.replace("spec.", "spec.template.spec.");
            let known = [
                ("v1", "Pod", path.clone()),
                ("batch/v1", "Job", path),
                ("batch/v1", "Job", as_job),
            ]
            .into_iter()
            .any(|(version, kind, path)| {
                knows(version, kind, &path) || knows_in_probe(version, kind, &path)
            });
            assert!(known, "{field}");
        }
    }

    fn knows_in_probe(version: &str, kind: &str, path: &str) -> bool {
        let path = path.replace("containers[0].", "containers[0].livenessProbe.");
        knows(version, kind, &path)
    }

    /// Returns whether the schema has the field: an invalid value is not an unknown field.
    fn knows(version: &str, kind: &str, path: &str) -> bool {
        let mut object = serde_json::json!({});
        let mut place = &mut object;
        for step in FieldPath::parse(path).segments() {
            place = match step {
                Segment::Field(name) => &mut place[name.as_ref()],
                Segment::Index(_) => {
                    *place = serde_json::json!([{}]);
                    &mut place[0]
                }
            };
        }
        *place = serde_json::json!({});
        object["apiVersion"] = version.into();
        object["kind"] = kind.into();
        let manifest = pod_model::manifest::read("x", object.to_string().into_bytes());
        let findings =
            pod_model::check(&manifest.documents[0], pod_model::KubernetesVersion::LATEST);
        !findings.iter().any(|finding| {
            finding.is(&rules::UNKNOWN_FIELD)
                || (finding.is(&rules::WRONG_TYPE) && finding.path.to_string() != path)
        })
    }
}
