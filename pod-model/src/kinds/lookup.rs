//! From what a manifest says, or a person types, to a kind.

use serde_json::Value;

use super::table::{KINDS, KindInfo};
use crate::path::FieldPath;

/// Returns the group of an `apiVersion`; empty for the core group.
pub fn group_of(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

/// The kind of a manifest's `apiVersion` and `kind`.
pub fn by_kind(api_version: &str, kind: &str) -> Option<&'static KindInfo> {
    KINDS.iter().find(|row| row.is(api_version, kind))
}

/// The kind that a person means by TYPE: `pods`, `pod`, `po`, `Pod`,
/// `deployments.apps`, `jobs.v1.batch`.
///
/// As with kubectl, the case of a plural or singular does not count, that of a
/// short name does, and the beginning of a group is enough (`sc.storage`).
///
/// Source: `Builder.mappingFor` (k8s.io/cli-runtime/pkg/resource),
/// `DefaultRESTMapper.ResourcesFor` (k8s.io/apimachinery/pkg/api/meta) and
/// `expandResourceShortcut` (k8s.io/client-go/restmapper).
pub fn by_type(text: &str) -> Option<&'static KindInfo> {
    let Some((name, rest)) = text.split_once('.') else {
        return KINDS.iter().find(|row| is_named(row, text));
    };
    let named = || KINDS.iter().filter(|row| is_named(row, name));
    if let Some((version, group)) = rest.split_once('.') {
        let mut exact = named();
        let full = exact.find(|row| row.version == version && row.group == group);
        if full.is_some() {
            return full;
        }
    }
    let exact = named().find(|row| row.group == rest);
    exact.or_else(|| named().find(|row| !rest.is_empty() && row.group.starts_with(rest)))
}

fn is_named(row: &KindInfo, name: &str) -> bool {
    // A singular is the kind in small letters.
    name.eq_ignore_ascii_case(row.plural)
        || name.eq_ignore_ascii_case(row.kind)
        || row.short_names.contains(&name)
}

/// The path of the Pod's template in an object of this kind: the root for a
/// Pod, `spec.jobTemplate.spec.template` for a CronJob; none for what makes no
/// Pods.
pub fn pod_template_path(api_version: &str, kind: &str) -> Option<FieldPath> {
    by_kind(api_version, kind)?.pod_template_path()
}

/// Paths at which custom resources have the template of their Pods, as the built-in kinds
/// have it.
const USUAL_TEMPLATES: [&[&str]; 2] = [
    &["spec", "template"],
    &["spec", "jobTemplate", "spec", "template"],
];

/// Returns the path of the Pod's template in a custom resource, or `None` if it has none at a
/// usual path. A template is what has a container, and each of those has a name; `has` says
/// whether the object has a field.
pub fn usual_pod_template(has: impl Fn(&FieldPath) -> bool) -> Option<FieldPath> {
    let mut paths = USUAL_TEMPLATES.into_iter().map(|steps| {
        let root = FieldPath::root();
        steps.iter().fold(root, |path, step| path.field(*step))
    });
    paths.find(|path| {
        let first = path.field("spec").field("containers").index(0);
        has(&first.field("name"))
    })
}

/// Returns whether a group is one of the built-in kinds'.
pub fn has_built_in_group(group: &str) -> bool {
    KINDS.iter().any(|row| row.group == group)
}

/// Returns whether a word names a kind that is not built in: `rollout`, `rollouts` or
/// `rollouts.argoproj.io`. Without a server the plural is guessed as upstream guesses it
/// (`UnsafeGuessKindToResource` in k8s.io/apimachinery/pkg/api/meta).
pub fn names_kind(word: &str, group: &str, kind: &str) -> bool {
    let (name, of_group) = word.split_once('.').unwrap_or((word, ""));
    let singular = kind.to_ascii_lowercase();
    let plural = match singular.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if singular.ends_with('s') => format!("{singular}es"),
        None => format!("{singular}s"),
    };
    let name = name.to_ascii_lowercase();
    (name == singular || name == plural) && group.starts_with(of_group)
}

/// The Pod's template in an object: the value with `metadata` and `spec`. For
/// a Pod it is the Pod.
pub fn pod_template(object: &Value) -> Option<&Value> {
    let text = |name| object.get(name).and_then(Value::as_str);
    let row = by_kind(text("apiVersion")?, text("kind")?)?;
    let mut steps = row.pod_template?.iter();
    steps.try_fold(object, |value, step| value.get(*step))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema::{Type, builtin};
    use crate::version::KubernetesVersion;

    fn meant(text: &str) -> Option<(String, &'static str)> {
        by_type(text).map(|row| (row.api_version(), row.kind))
    }

    #[test]
    fn a_type_is_found_by_every_name_that_kubectl_takes() {
        for (text, api_version, kind) in [
            ("po", "v1", "Pod"),
            ("pod", "v1", "Pod"),
            ("pods", "v1", "Pod"),
            ("PODS", "v1", "Pod"),
            ("Pod", "v1", "Pod"),
            ("pods.v1.", "v1", "Pod"),
            ("deploy", "apps/v1", "Deployment"),
            ("deployments.apps", "apps/v1", "Deployment"),
            ("deployments.app", "apps/v1", "Deployment"),
            ("Deployment.v1.apps", "apps/v1", "Deployment"),
            ("deploy.apps", "apps/v1", "Deployment"),
            ("jobs.v1.batch", "batch/v1", "Job"),
            ("cj", "batch/v1", "CronJob"),
            (
                "ingresses.networking.k8s.io",
                "networking.k8s.io/v1",
                "Ingress",
            ),
            ("ing.networking", "networking.k8s.io/v1", "Ingress"),
            ("ev", "v1", "Event"),
            ("events.events.k8s.io", "events.k8s.io/v1", "Event"),
            ("hpa", "autoscaling/v2", "HorizontalPodAutoscaler"),
            (
                "hpa.v1.autoscaling",
                "autoscaling/v1",
                "HorizontalPodAutoscaler",
            ),
        ] {
            assert_eq!(meant(text), Some((api_version.to_owned(), kind)), "{text}");
        }
        for text in [
            "",
            ".",
            "PO",
            "podz",
            "deployments.batch",
            "jobs.v2.batch",
            "po.x",
        ] {
            assert_eq!(meant(text), None, "{text}");
        }
    }

    #[test]
    fn the_table_is_what_upstream_serves() {
        let stable =
            |api_version: &str| !api_version.contains("alpha") && !api_version.contains("beta");
        let served = builtin().resources(KubernetesVersion::LATEST);
        let mut served: Vec<_> = served
            .filter(|r| stable(r.api_version))
            .map(|r| {
                (
                    r.api_version.to_owned(),
                    r.kind,
                    r.plural,
                    r.short_names.to_owned(),
                    r.namespaced,
                )
            })
            .collect();
        let mut ours: Vec<_> = KINDS
            .iter()
            .map(|r| {
                (
                    r.api_version(),
                    r.kind,
                    r.plural,
                    r.short_names.join(","),
                    r.namespaced,
                )
            })
            .collect();
        served.sort();
        ours.sort();
        assert_eq!(ours, served);
    }

    /// The way to each field of type `PodTemplateSpec`, by the schema.
    #[test]
    fn every_kind_with_a_template_has_its_path() {
        let (schema, version) = (builtin(), KubernetesVersion::LATEST);
        for row in KINDS {
            let id = schema
                .definition(&row.api_version(), row.kind, version)
                .unwrap();
            let mut found = None;
            let mut level = vec![(id, FieldPath::root())];
            for _ in 0..4 {
                let mut next = Vec::new();
                for (id, path) in level {
                    if schema.name(id).ends_with(".PodTemplateSpec") {
                        found.get_or_insert(path.clone());
                    }
                    next.extend(
                        schema
                            .fields(id, version)
                            .filter_map(|field| match field.kind {
                                Type::Object(id) => Some((id, path.field(field.name))),
                                _ => None,
                            }),
                    );
                }
                level = next;
            }
            if row.kind == "Pod" {
                found = Some(FieldPath::root());
            }
            // The template is four levels down in a CronJob: `level` has it.
            let last = level
                .into_iter()
                .find(|(id, _)| schema.name(*id).ends_with(".PodTemplateSpec"));
            let found = found.or(last.map(|(_, path)| path));
            assert_eq!(
                pod_template_path(&row.api_version(), row.kind),
                found,
                "{}",
                row.kind
            );
        }
    }

    #[test]
    fn a_custom_resource_has_its_template_at_a_usual_path() {
        let found = |fields: &[&str]| {
            let path = usual_pod_template(|path| fields.contains(&&*path.to_string()));
            path.map(|path| path.to_string())
        };
        let (template, job) = (
            "spec.template.spec.containers[0].name",
            "spec.jobTemplate.spec.template.spec.containers[0].name",
        );
        for (fields, expected) in [
            (&[template][..], Some("spec.template")),
            (&[job], Some("spec.jobTemplate.spec.template")),
            (&[job, template], Some("spec.template")),
            (&["spec.template.spec.containers", "spec.containers"], None),
        ] {
            assert_eq!(found(fields).as_deref(), expected, "{fields:?}");
        }
        assert!(has_built_in_group("apps") && !has_built_in_group("argoproj.io"));
    }

    #[test]
    fn a_custom_kind_is_named_by_its_words() {
        for (word, kind, expected) in [
            ("rollout", "Rollout", true),
            ("Rollouts", "Rollout", true),
            ("rollouts.argoproj.io", "Rollout", true),
            ("rollout.argoproj", "Rollout", true),
            ("rollouts.example.com", "Rollout", false),
            ("roll", "Rollout", false),
            ("proxies", "Proxy", true),
            ("bosses", "Boss", true),
            ("bosss", "Boss", false),
        ] {
            assert_eq!(names_kind(word, "argoproj.io", kind), expected, "{word}");
        }
    }

    #[test]
    fn a_template_is_found_in_an_object() {
        let object =
            json!({"apiVersion": "batch/v1", "kind": "Job", "spec": {"template": {"spec": {}}}});
        assert_eq!(pod_template(&object), Some(&json!({"spec": {}})));
        let pod = json!({"apiVersion": "v1", "kind": "Pod"});
        assert_eq!(pod_template(&pod), Some(&pod));
        assert_eq!(
            pod_template(&json!({"apiVersion": "v1", "kind": "Secret"})),
            None
        );
        assert_eq!(
            pod_template(&json!({"apiVersion": "batch/v1", "kind": "Job"})),
            None
        );
    }
}
